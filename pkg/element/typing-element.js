// `<wa-typing>`: who types or records. While nobody does, what is inside of it.

import { activityLabel } from "./activity.js";
import { ChatElement } from "./chat-element.js";
import { make, mark, setText } from "./dom.js";
import { dots } from "./indicator.js";

export class WaTypingElement extends ChatElement {
  static announces = ["activity"];
  #text = make("span", { part: "text" });
  #base;
  #idle = make("slot");

  constructor() {
    super();
    const indicator = make("slot", { name: "indicator" }, dots());
    this.#base = make("span", { part: "base", class: "status" }, indicator, this.#text);
    this.shadowRoot.prepend(this.#base, this.#idle);
  }

  render({ snapshot, words, doing }) {
    this.#base.hidden = doing === null;
    this.#idle.hidden = doing !== null;
    setText(this.#text, doing ?? "");
    mark(this.#text, words, doing === null ? null : activityLabel(snapshot));
    return false;
  }
}
