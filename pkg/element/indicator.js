// Three dots that breathe while somebody types; while they record, one that pulses.

import { make } from "./dom.js";

export function dots() {
  return make("span", { part: "indicator", class: "dots", "aria-hidden": "true" }, make("i"), make("i"), make("i"));
}
