// What happened in the open chat, newest first: "14:03:22 Ana started typing (pushed)".

import { make } from "../dom.js";
import { clockTime } from "../words/time.js";
import { causeWords } from "../words/turns.js";

export class Log {
  #list;
  #people;
  #newest = null;

  constructor(list, people) {
    this.#list = list;
    this.#people = people;
  }

  update(entries) {
    if (entries.length === 0) {
      this.clear();
      this.#list.append(make("li", { class: "log-empty" }, "Nothing has happened since this page was opened."));
      return;
    }
    if (entries[0] === this.#newest) return;
    this.#newest = entries[0];
    this.#list.replaceChildren(...entries.map((entry) => this.#line(entry)));
  }

  clear() {
    this.#newest = null;
    this.#list.replaceChildren();
  }

  #line({ atMs, who, what, why, cause }) {
    const name = who === null ? null : make("b", {}, this.#people.of(who).name);
    const words = `${what}${why === undefined ? "" : `: ${why}`}`;
    const text = make("span", { class: "log-text" }, ...(name === null ? [words] : [name, ` ${words}`]));
    // The spaces are for those who copy a line.
    const about = who === null ? "knowledge" : "person";
    const time = make("time", {}, clockTime(atMs));
    return make("li", { "data-about": about }, time, " ", text, " ", make("span", { class: "log-cause" }, `(${causeWords[cause]})`));
  }
}
