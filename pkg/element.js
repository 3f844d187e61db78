// Custom elements for pages without a framework: importing this file defines them. On a server it does nothing.

import { languageChanged } from "./element/language.js";
import { WaLastSeenElement } from "./element/last-seen-element.js";
import { WaPresenceElement } from "./element/presence-element.js";
import { WaPresenceSourceElement } from "./element/source-element.js";
import { WaTypingElement } from "./element/typing-element.js";
import * as words from "./element/words.js";

export { WaLastSeenElement, WaPresenceElement, WaPresenceSourceElement, WaTypingElement };

/** A source before those who look for one. */
const elements = {
  "wa-presence-source": WaPresenceSourceElement,
  "wa-presence": WaPresenceElement,
  "wa-typing": WaTypingElement,
  "wa-last-seen": WaLastSeenElement,
};

export function define() {
  const registry = globalThis.customElements;
  if (registry === undefined) return;
  // A page may hold two copies of this file: the first one counts.
  for (const [name, element] of Object.entries(elements)) if (registry.get(name) === undefined) registry.define(name, element);
}

export function addLanguage(lang, labels) {
  words.addLanguage(lang, labels);
  languageChanged();
}

define();
