// A document for frameworks to draw into, as the globals that they look for. Import it before them: some look once.

import { Window } from "happy-dom";

export const window = new Window({ url: "https://dashboard.example/" });

// Not everything a window has: timers and fetch stay Node's own.
const names = ["document", "navigator", "Node", "Element", "HTMLElement", "HTMLIFrameElement", "SVGElement", "Text", "Comment", "ShadowRoot",
  "Document", "DocumentFragment", "Event", "CustomEvent", "MutationObserver", "FormData", "HTMLMediaElement"];
for (const name of names) {
  Object.defineProperty(globalThis, name, { value: window[name], configurable: true, writable: true });
}
globalThis.window = window;
// What its elements are made of, which is neither Node's class nor the one it names so.
globalThis.EventTarget = Object.getPrototypeOf(window.Node);
globalThis.IS_REACT_ACT_ENVIRONMENT = true;

/** An element to draw into. */
export function container() {
  return document.body.appendChild(document.createElement("div"));
}
