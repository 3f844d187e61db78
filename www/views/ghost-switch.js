// Keeps the account unseen, and lists what that costs here: the package knows what a gateway cannot hide.

import { make, setAttribute, setHidden, setText } from "../dom.js";
import { receiptsFailed, receiptsLine } from "../words/own.js";

export class GhostSwitch {
  #parts;
  #presence;
  #onChange;
  #ghost = null;

  constructor(parts, presence, onChange) {
    this.#parts = parts;
    this.#presence = presence;
    this.#onChange = onChange;
    parts.button.addEventListener("click", () => this.#toggle());
  }

  #toggle() {
    const { button, receipts, price, result } = this.#parts;
    this.#ghost?.close();
    this.#ghost = this.#ghost === null ? this.#begin(receipts.checked) : null;
    const on = this.#ghost !== null;
    setAttribute(button, "aria-checked", String(on));
    // They are switched once, as it begins.
    receipts.disabled = on;
    price.replaceChildren(...(this.#ghost?.price ?? []).map(({ code, detail }) => make("li", { "data-price": code }, detail)));
    setHidden(price.parentElement, !on);
    setText(result, "");
    this.#onChange();
  }

  #begin(off) {
    const ghost = this.#presence.ghost({ readReceipts: off ? "off" : "leave" });
    const say = (line) => off && ghost === this.#ghost && setText(this.#parts.result, line);
    ghost.readReceipts.then(
      (became) => say(receiptsLine(became)),
      () => say(receiptsFailed),
    );
    return ghost;
  }
}
