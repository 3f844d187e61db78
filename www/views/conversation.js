// The open chat: who it is, what is known and how well, the last five minutes, and what happened.

import { setAttribute, setHidden, setText } from "../dom.js";
import { knowledgeSentence } from "../words/knowledge.js";
import { leaseLine } from "../words/lease.js";
import { markOf, statusLine } from "../words/presence.js";
import { Avatar } from "./avatar.js";
import { LeaseBar } from "./lease-bar.js";
import { Log } from "./log.js";
import { Participants } from "./participants.js";

const BAR_HEIGHT = 10;

export class Conversation {
  #parts;
  #people;
  #history;
  #participants;
  #log;
  #lease = new LeaseBar(BAR_HEIGHT);
  #avatar = null;
  #key = null;
  #snapshot = null;

  /** @param parts The elements of the page, by role. */
  constructor(parts, people, history) {
    this.#parts = parts;
    this.#people = people;
    this.#history = history;
    this.#participants = new Participants({ list: parts.participants, more: parts.more }, people);
    this.#log = new Log(parts.log, people);
    parts.lease.bar.replaceChildren(this.#lease.root);
  }

  /** Shows a chat in place of the one before. */
  open(key, snapshot, nowMs) {
    const person = this.#people.of(key);
    this.#key = key;
    this.#participants.clear();
    this.#log.clear();
    this.#avatar = new Avatar(person, "large");
    this.#parts.face.replaceChildren(this.#avatar.root);
    setText(this.#parts.name, person.name);
    setHidden(this.#parts.blank, true);
    setHidden(this.#parts.body, false);
    setAttribute(this.#parts.root, "data-chat", person.slug);
    this.update(snapshot, nowMs);
  }

  update(snapshot, nowMs) {
    this.#snapshot = snapshot;
    const { root, status } = this.#parts;
    const mark = markOf(snapshot, snapshot.knowledge);
    this.#avatar.mark(mark);
    setAttribute(root, "data-kind", snapshot.kind);
    setAttribute(root, "data-state", mark);
    setAttribute(root, "data-activity", snapshot.activity);
    setAttribute(root, "data-knowledge", snapshot.knowledge.state);
    setText(status, this.status(nowMs));
    this.#explain(knowledgeSentence(snapshot));
    this.#log.update(this.#history.entries(this.#key));
    this.#drawLanes(nowMs);
  }

  /** Renders again what depends on the time. */
  tick(nowMs) {
    if (this.#snapshot === null) return;
    setText(this.#parts.status, this.status(nowMs));
    this.#drawLanes(nowMs);
  }

  /** Draws what is left of the subscription; what that changed in the log is told as well. */
  draw(lease, nowMs) {
    this.#lease.draw(lease, nowMs);
    setText(this.#parts.lease.text, leaseLine(lease, nowMs));
    this.#log.update(this.#history.entries(this.#key));
  }

  /** The line under the name. */
  status(nowMs) {
    return statusLine(this.#snapshot, (id) => this.#people.of(id).name, nowMs);
  }

  #explain(sentence) {
    const { knowledge } = this.#parts;
    setHidden(knowledge, sentence === null);
    if (sentence === null) return;
    setText(knowledge, sentence.text);
    setAttribute(knowledge, "data-tone", sentence.tone);
  }

  #drawLanes(nowMs) {
    const spans = (participant) => this.#history.spans(this.#key, participant, nowMs);
    this.#participants.update(this.#snapshot, spans, nowMs);
  }
}
