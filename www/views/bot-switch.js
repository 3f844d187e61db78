// The switch of the open chat's bot, and what the bot is at.

import { setAttribute, setText } from "../dom.js";
import { botLine } from "../words/bot.js";

export class BotSwitch {
  #parts;
  #bots;
  #key = null;

  constructor(parts, bots) {
    this.#parts = parts;
    this.#bots = bots;
    parts.button.addEventListener("click", () => bots.toggle(this.#key));
  }

  open(key) {
    this.#key = key;
  }

  /** @param active Whether they type or record. */
  update(active) {
    const state = this.#bots.state(this.#key);
    setAttribute(this.#parts.root, "data-bot", state);
    setAttribute(this.#parts.button, "aria-checked", String(this.#bots.isOn(this.#key)));
    setText(this.#parts.state, botLine(state, active));
  }
}
