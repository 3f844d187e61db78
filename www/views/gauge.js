// The calls that subscribe: how many left lately, how many may, who waits. Chats are asked for slowly, and this says why.

import { setAttribute, setHidden, setText } from "../dom.js";
import { queueLine, spentLine, unpromptedLine } from "../words/budget.js";
import { Bar } from "./bar.js";

const HEIGHT = 10;

export class Gauge {
  #parts;
  #bar;

  constructor(parts) {
    this.#parts = parts;
    const attributes = { role: "meter", "aria-labelledby": parts.title.id, "aria-valuemin": 0 };
    this.#bar = new Bar("gauge-bar", ["spent"], { height: HEIGHT, attributes });
    parts.bar.replaceChildren(this.#bar.root);
  }

  update(budget, unprompted, nowMs) {
    const { root, spent, queue, unprompted: unasked } = this.#parts;
    const share = budget.limit === 0 ? 1 : budget.spent / budget.limit;
    const words = spentLine(budget);
    this.#bar.draw(share);
    setAttribute(this.#bar.root, "aria-valuemax", budget.limit);
    setAttribute(this.#bar.root, "aria-valuenow", Math.min(budget.spent, budget.limit));
    setAttribute(this.#bar.root, "aria-valuetext", words);
    setAttribute(root, "data-level", level(share));
    setText(spent, words);
    setText(queue, queueLine(budget, nowMs));
    setText(unasked, unpromptedLine(unprompted));
    setHidden(unasked, unprompted === 0);
    setHidden(root, false);
  }
}

function level(share) {
  if (share >= 1) return "full";
  return share >= 0.75 ? "high" : "calm";
}
