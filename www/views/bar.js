// A bar in parts, from the left: each part has a kind and its share of the whole. Drawn by attributes of SVG, since the page's
// policy lets no element carry a style.

import { makeSvg, setAttribute } from "../dom.js";

export class Bar {
  root;
  #height;
  #parts = new Map();

  /**
   * @param name The class of the drawing.
   * @param kinds The kinds of parts, from the left; those named in `striped` are told apart by their pattern too.
   * @param attributes What it is to assistive technology: by default nothing, where the same is said in words beside it.
   */
  constructor(name, kinds, { height, striped = [], attributes = { "aria-hidden": "true" } }) {
    this.#height = height;
    this.root = makeSvg("svg", { class: `bar ${name}`, height, ...attributes });
    for (const kind of kinds) {
      const fill = this.#rect(`bar-part bar-${kind}`);
      const stripes = striped.includes(kind) ? [this.#rect("stripes", { fill: "url(#stripes)" })] : [];
      this.#parts.set(kind, [fill, ...stripes]);
      this.root.append(fill, ...stripes);
    }
  }

  /** @param shares From 0 to 1, in the order of the kinds. */
  draw(...shares) {
    let from = 0;
    for (const [index, rects] of [...this.#parts.values()].entries()) {
      const share = Math.min(Math.max(shares[index] ?? 0, 0), 1 - from);
      for (const rect of rects) {
        setAttribute(rect, "x", percent(from));
        setAttribute(rect, "width", percent(share));
      }
      from += share;
    }
  }

  #rect(name, more = {}) {
    return makeSvg("rect", { class: name, x: "0%", y: 0, width: "0%", height: this.#height, ...more });
  }
}

function percent(share) {
  return `${(share * 100).toFixed(2)}%`;
}
