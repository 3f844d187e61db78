// What is wrong, in a place nobody misses. One trouble at a time: the one to do something about.

import { setAttribute, setHidden, setText } from "../dom.js";
import { troubleWords } from "../words/trouble.js";

export class Banner {
  #parts;
  #facts;

  /** @param facts `{ kind, vendor?, host, session }` of the gateway, for the sentences. */
  constructor(parts, facts) {
    this.#parts = parts;
    this.#facts = facts;
  }

  /** @param trouble Its word, or `null` when all is well. */
  show(trouble) {
    const { root, title, text } = this.#parts;
    setHidden(root, trouble === null);
    setAttribute(root, "data-trouble", trouble);
    const words = trouble === null ? { title: "", text: "" } : troubleWords(trouble, this.#facts);
    setText(title, words.title);
    setText(text, words.text);
  }
}
