// A face, or initials on a quiet colour, with the mark of presence on its edge.

import { make, setAttribute } from "../dom.js";

export class Avatar {
  root = make("span", { class: "avatar", "aria-hidden": "true" });
  #face = make("span", { class: "avatar-face" });
  #mark = make("span", { class: "mark" });

  constructor(person, size = "medium") {
    this.root.classList.add(`avatar-${size}`);
    this.root.append(this.#face, this.#mark);
    this.show(person);
  }

  show({ avatarUrl, initials, hue }) {
    setAttribute(this.#face, "data-hue", hue);
    this.#face.replaceChildren(initials);
    if (avatarUrl === null) return;
    const image = make("img", { alt: "", referrerpolicy: "no-referrer", decoding: "async" });
    // Initials stay until there is a face: a picture that never comes leaves no hole.
    image.addEventListener("load", () => this.#face.replaceChildren(image));
    image.src = avatarUrl;
  }

  mark(state) {
    setAttribute(this.#mark, "data-state", state);
  }
}
