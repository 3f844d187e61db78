// The connection in words, at the top of the page.

import { setAttribute, setHidden, setText } from "../dom.js";
import { connectionWords, sessionWords, watchingWarning } from "../words/connection.js";
import { placeLine } from "../words/gateways.js";

export class StatusBar {
  #parts;
  #kind;

  /** @param chosen The gateway, as `config.json` has it. */
  constructor(parts, chosen) {
    this.#parts = parts;
    this.#kind = chosen.gateway.kind;
    setText(parts.gateway, placeLine(chosen));
  }

  update({ state, session }) {
    const { root, connection, session: words } = this.#parts;
    setText(connection, connectionWords(state, this.#kind));
    setText(words, sessionWords[session]);
    setAttribute(root, "data-state", state);
    setAttribute(root, "data-session", session);
  }

  /** What watching costs the owner of the account. */
  warn(capabilities) {
    const warning = watchingWarning(capabilities);
    setHidden(this.#parts.notice, warning === null);
    setText(this.#parts.noticeText, warning ?? "");
  }
}
