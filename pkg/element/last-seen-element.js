// `<wa-last-seen>`: when they were last there, kept up to date, or why that is not known.

import { ChatElement } from "./chat-element.js";
import { make, mark, setAttribute, setText } from "./dom.js";
import { lineOf } from "./state.js";

export class WaLastSeenElement extends ChatElement {
  #before = make("span");
  #time = make("time", { part: "time" });
  #after = make("span");
  #text = make("span", { part: "text" }, this.#before, this.#time, this.#after);

  constructor() {
    super();
    this.shadowRoot.prepend(make("span", { part: "base", class: "base" }, this.#text, make("slot")));
  }

  render({ snapshot, words, nowMs }) {
    const line = snapshot === null ? null : lineOf(snapshot);
    const atMs = line?.atMs ?? null;
    const [before, time, after] = line === null ? ["", "", ""] : words.around(line.label, atMs, nowMs);
    setText(this.#before, before);
    setText(this.#time, time);
    setText(this.#after, after);
    setAttribute(this.#time, "datetime", atMs === null ? null : new Date(atMs).toISOString());
    setAttribute(this.#time, "title", atMs === null ? null : words.exactly(atMs));
    mark(this.#text, words, line?.label ?? null);
    return atMs !== null;
  }
}
