// Tells users of screen readers what changes in the open chat, and only there: fourteen chats at once would drown them. It
// waits until a state has settled, and leaves pauses.

import { setText } from "../dom.js";

const SETTLE_MS = 800;
const PAUSE_MS = 4_000;

export class Announcer {
  #region;
  #said = "";
  #saidAt = 0;
  #next = null;
  #timer = null;

  constructor(region) {
    this.#region = region;
  }

  /** The state of the open chat as a sentence. It is said if it is still true in a moment. */
  follow(sentence) {
    this.#next = sentence;
    if (this.#timer !== null) return;
    const wait = Math.max(SETTLE_MS, this.#saidAt + PAUSE_MS - Date.now());
    this.#timer = setTimeout(() => this.#speak(), wait);
  }

  /** Another chat was opened; the reader hears its name by itself, and then what it read there is not repeated. */
  reset(sentence) {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#said = sentence;
    setText(this.#region, "");
  }

  #speak() {
    this.#timer = null;
    if (this.#next === this.#said) return;
    this.#said = this.#next;
    this.#saidAt = Date.now();
    setText(this.#region, this.#said);
  }
}
