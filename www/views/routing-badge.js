// Where to send the open conversation: a human at once, or a ticket. Asked when it is opened and when somebody wants to know.

import { setAttribute, setText } from "../dom.js";
import { ageLine, asking, routingWords, unasked } from "../words/routing.js";

export class RoutingBadge {
  #parts;
  #presence;
  #key = null;
  #asking = null;
  /** The answer, and when it came. */
  #answer = null;

  constructor(parts, presence) {
    this.#parts = parts;
    this.#presence = presence;
    parts.check.addEventListener("click", () => this.#ask());
  }

  open(key) {
    this.#key = key;
    this.#ask();
  }

  /** The answer grows old. */
  tick(nowMs) {
    setText(this.#parts.age, this.#answer === null ? "" : ageLine(this.#answer.routing, this.#answer.atMs, nowMs));
  }

  async #ask() {
    this.#asking?.abort();
    const asked = new AbortController();
    this.#asking = asked;
    this.#show(asking, "asking", null);
    try {
      const routing = await this.#presence.routing(this.#key, { signal: asked.signal });
      if (asked === this.#asking) this.#show(routingWords(routing), routing.route, { routing, atMs: Date.now() });
    } catch {
      if (asked === this.#asking) this.#show(unasked, "unknown", null);
    }
  }

  #show({ label, why }, route, answer) {
    this.#answer = answer;
    setAttribute(this.#parts.root, "data-route", route);
    setText(this.#parts.label, label);
    setText(this.#parts.why, why);
    this.tick(Date.now());
  }
}
