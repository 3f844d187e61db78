// Who takes part in the open chat: a face, what they do, and their lane.

import { make, setAttribute, setHidden, setText } from "../dom.js";
import { markOf, personLine } from "../words/presence.js";
import { Avatar } from "./avatar.js";
import { SwimLane } from "./swim-lane.js";

/** A group can have two thousand members; who was active lately comes first. */
const MOST_ROWS = 40;

export class Participants {
  #list;
  #more;
  #people;
  #rows = new Map();

  constructor({ list, more }, people) {
    this.#list = list;
    this.#more = more;
    this.#people = people;
  }

  /** @param spans `(participant) => spans` of the window that ends now. */
  update({ participants, knowledge, kind }, spans, nowMs) {
    const shown = participants.length > MOST_ROWS ? [...participants].sort(byActivity).slice(0, MOST_ROWS) : participants;
    const ids = new Set(shown.map(({ id }) => id));
    for (const [id, row] of this.#rows) {
      if (ids.has(id)) continue;
      row.root.remove();
      this.#rows.delete(id);
    }
    for (const person of shown) {
      const row = this.#row(person.id);
      row.update(person, knowledge, kind, nowMs);
      row.lane.draw(spans(person.id), nowMs);
    }
    const hidden = participants.length - shown.length;
    setHidden(this.#more, hidden === 0 && participants.length > 0);
    setText(this.#more, hidden > 0 ? `and ${hidden} more` : "Nobody has been heard of here yet.");
  }

  clear() {
    this.#rows.clear();
    this.#list.replaceChildren();
  }

  #row(id) {
    if (!this.#rows.has(id)) {
      const row = new Row(this.#people.of(id));
      this.#rows.set(id, row);
      this.#list.append(row.root);
    }
    return this.#rows.get(id);
  }
}

class Row {
  lane = new SwimLane();
  #avatar;
  #line = make("span", { class: "participant-line" });

  constructor(person) {
    this.#avatar = new Avatar(person, "small");
    const name = make("span", { class: "participant-name" }, person.name);
    const who = make("div", { class: "participant-who" }, this.#avatar.root, make("div", {}, name, this.#line));
    this.root = make("li", { class: "participant", "data-person": person.slug }, who, this.lane.root);
  }

  update(person, knowledge, kind, nowMs) {
    const mark = markOf(person, knowledge);
    this.#avatar.mark(mark);
    setText(this.#line, kind === "group" ? memberLine(person, nowMs) : personLine(person, knowledge, nowMs));
    setAttribute(this.root, "data-state", mark);
    setAttribute(this.root, "data-activity", person.activity);
  }
}

/** In a group the chat's knowledge says nothing of a member: WhatsApp tells only what they do there. */
function memberLine(person, nowMs) {
  if (person.activity === "none" && person.availability === "unknown") return "quiet";
  return personLine(person, { state: "live", vouched: true }, nowMs);
}

function byActivity(a, b) {
  return lastActiveAt(b) - lastActiveAt(a);
}

function lastActiveAt({ activity, lastActivity }) {
  return activity === "none" ? (lastActivity?.endedAtMs ?? 0) : Number.MAX_SAFE_INTEGER;
}
