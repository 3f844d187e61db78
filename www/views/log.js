// What happened in the open chat, newest first: "14:03:22 Ana stopped typing: they paused".

import { make } from "../dom.js";
import { clockTime } from "../words/time.js";
import { lateWords, turnWords } from "../words/turns.js";

export class Log {
  #list;
  #people;
  #drawn = null;

  constructor(list, people) {
    this.#list = list;
    this.#people = people;
  }

  /**
   * @param lines The newest first.
   * @param version Differs when anything happened since: what is drawn already stays, and with it what somebody selected.
   */
  update(lines, version) {
    if (version === this.#drawn) return;
    this.#drawn = version;
    if (lines.length > 0) this.#list.replaceChildren(...lines.map((entry) => this.#line(entry)));
    else this.#list.replaceChildren(make("li", { class: "log-empty" }, "Nothing has happened since this page was opened."));
  }

  clear() {
    this.#drawn = null;
    this.#list.replaceChildren();
  }

  #line(entry) {
    const { what, why } = turnWords(entry);
    const name = entry.participant === null ? null : make("b", {}, this.#people.of(entry.participant).name);
    const words = `${what}${why === undefined ? "" : `: ${why}`}`;
    const text = make("span", { class: "log-text" }, ...(name === null ? [words] : [name, ` ${words}`]));
    const late = lateWords(entry);
    // The spaces are for those who copy a line.
    const note = late === null ? [] : [" ", make("span", { class: "log-note" }, `(${late})`)];
    const about = name === null ? "knowledge" : "person";
    return make("li", { "data-about": about }, make("time", {}, clockTime(entry.atMs)), " ", text, ...note);
  }
}
