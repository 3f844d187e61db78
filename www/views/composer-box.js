// Where somebody writes to the open chat, and what the chat sees of that. It sends nothing: the package sends no messages, and
// this page says so instead of pretending.

import { setAttribute, setHidden, setText } from "../dom.js";
import { recordObstacle, recordWords, showsLine, unsentLine } from "../words/composer.js";
import { gatewayName } from "../words/gateways.js";
import { HoldButton } from "./hold-button.js";

/** What is shown changes by itself, when an answer comes or nobody types any more, and no event tells of it. */
const LOOK_MS = 200;

export class ComposerBox {
  #parts;
  #presence;
  #record;
  #composer = null;
  #key = null;
  /** What was begun in other chats. */
  #drafts = new Map();

  constructor(parts, presence) {
    this.#parts = parts;
    this.#presence = presence;
    parts.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.#record = new HoldButton(parts.record, {
      begin: () => this.#recorded(true),
      end: () => this.#recorded(false),
    });
    setInterval(() => this.#look(), LOOK_MS);
  }

  /** Composes in this chat from here on; in the one before nobody does any more. */
  open(key) {
    const { text, unsent } = this.#parts;
    if (key === this.#key) return;
    this.#record.end();
    this.#composer?.close();
    if (this.#key !== null) this.#drafts.set(this.#key, text.value);
    this.#key = key;
    text.value = this.#drafts.get(key) ?? "";
    setHidden(unsent, true);
    this.#composer = this.#presence.composer(key);
    this.#composer.attach(text);
    this.#look();
  }

  /** Where recording cannot be shown, the button says why. An engine may turn out to be able to. */
  allow(capabilities) {
    const { record } = this.#parts;
    const obstacle = recordObstacle(capabilities, gatewayName(capabilities.gateway));
    if (obstacle !== null) this.#record.end();
    record.disabled = obstacle !== null;
    setAttribute(record, "title", obstacle);
  }

  #send() {
    const { text, unsent } = this.#parts;
    const written = text.value.trim();
    if (written === "" || this.#composer === null) return;
    text.value = "";
    this.#composer.sent();
    setHidden(unsent, false);
    setText(unsent, unsentLine(written));
    this.#look();
  }

  #recorded(begins) {
    if (begins) this.#composer.record();
    else this.#composer.stop();
    setText(this.#parts.recordWords, begins ? recordWords.recording : recordWords.idle);
    this.#look();
  }

  #look() {
    if (this.#composer === null) return;
    const shows = this.#composer.shows;
    setText(this.#parts.shows, showsLine(shows));
    setAttribute(this.#parts.root, "data-shows", shows);
  }
}
