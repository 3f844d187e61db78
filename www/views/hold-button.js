// A button that does something for as long as it is held: by a finger, a mouse, Space or Enter. Assistive technology presses
// without holding; there one press begins and the next one ends.

import { setAttribute } from "../dom.js";

export class HoldButton {
  #button;
  #on;
  #held = false;

  /** @param on `begin()` and `end()`. */
  constructor(button, on) {
    this.#button = button;
    this.#on = on;
    button.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      button.setPointerCapture(event.pointerId);
      this.#begin();
    });
    for (const name of ["pointerup", "pointercancel", "blur"]) button.addEventListener(name, () => this.end());
    button.addEventListener("keydown", (event) => this.#handleKey(event, () => !event.repeat && this.#begin()));
    button.addEventListener("keyup", (event) => this.#handleKey(event, () => this.end()));
    // A press that nothing was held for: pointers and keys have been dealt with above.
    button.addEventListener("click", ({ detail }) => detail === 0 && (this.#held ? this.end() : this.#begin()));
    // A long touch would open a menu.
    button.addEventListener("contextmenu", (event) => event.preventDefault());
  }

  end() {
    if (!this.#held) return;
    this.#turn(false);
    this.#on.end();
  }

  #begin() {
    if (this.#held || this.#button.disabled) return;
    this.#turn(true);
    this.#on.begin();
  }

  #turn(held) {
    this.#held = held;
    setAttribute(this.#button, "aria-pressed", String(held));
  }

  #handleKey(event, act) {
    if (event.key !== " " && event.key !== "Enter") return;
    // Else the browser makes a click of it.
    event.preventDefault();
    act();
  }
}
