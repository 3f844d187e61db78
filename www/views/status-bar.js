// The connection in words, at the top of the page.

import { setAttribute, setHidden, setText } from "../dom.js";
import { connectionWords, sessionWords } from "../words/connection.js";

export class StatusBar {
  #parts;

  constructor(parts) {
    this.#parts = parts;
  }

  /** Where we are connected to. Never more than the host: an address may carry credentials. */
  name({ baseUrl, session = "default" }) {
    setText(this.#parts.gateway, `${new URL(baseUrl).host} · session ${session}`);
  }

  update({ state, session }) {
    const { root, connection, session: words } = this.#parts;
    setText(connection, connectionWords[state]);
    setText(words, sessionWords[session]);
    setAttribute(root, "data-state", state);
    setAttribute(root, "data-session", session);
  }

  /** What watching costs the owner of the account. */
  warn({ watchMarksOnline }) {
    setHidden(this.#parts.notice, !watchMarksOnline);
  }
}
