// The open chat: who it is, what is known and how well, the last five minutes, and what happened.

import { setAttribute, setHidden, setText } from "../dom.js";
import { Timeline } from "../timeline.js";
import { knowledgeSentence } from "../words/knowledge.js";
import { leaseLine } from "../words/lease.js";
import { markOf, statusLine } from "../words/presence.js";
import { Avatar } from "./avatar.js";
import { exportsLog } from "./export-button.js";
import { LeaseBar } from "./lease-bar.js";
import { Log } from "./log.js";
import { Participants } from "./participants.js";

const BAR_HEIGHT = 10;

export class Conversation {
  #parts;
  #people;
  #happened;
  #participants;
  #log;
  #lease = new LeaseBar(BAR_HEIGHT);
  #avatar = null;
  #key = null;
  #snapshot = null;

  /**
   * @param parts The elements of the page, by role.
   * @param happened The package's log.
   */
  constructor(parts, people, happened) {
    this.#parts = parts;
    this.#people = people;
    this.#happened = happened;
    this.#participants = new Participants({ list: parts.participants, more: parts.more }, people);
    this.#log = new Log(parts.log, people);
    parts.lease.bar.replaceChildren(this.#lease.root);
    exportsLog(parts.export, happened);
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
    this.#tell(nowMs);
  }

  /** Renders again what depends on the time, and what was told since without a change of the chat. */
  tick(nowMs) {
    if (this.#snapshot === null) return;
    setText(this.#parts.status, this.status(nowMs));
    this.#tell(nowMs);
  }

  /** Draws what is left of the subscription. */
  draw(lease, nowMs) {
    this.#lease.draw(lease, nowMs);
    setText(this.#parts.lease.text, leaseLine(lease, nowMs));
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

  /** What happened: in words, and as lanes. */
  #tell(nowMs) {
    const entries = this.#happened.entries(this.#key);
    const alone = this.#snapshot.kind === "contact";
    const timeline = new Timeline(entries, (id) => (alone || id === null ? null : this.#people.of(id).slug));
    // When each happened is told anew each time, by two clocks: what happened last is a better mark than when.
    const last = entries.at(-1);
    this.#log.update(timeline.lines(), `${this.#happened.dropped} ${entries.length} ${last?.event} ${last?.reason}`);
    this.#participants.update(this.#snapshot, timeline.spans(nowMs), nowMs);
  }
}
