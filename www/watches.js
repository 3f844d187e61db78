// One watch per chat of the page, and how much each matters: the open conversation first, then what is on the screen.

import { isChatId } from "./package.js";

export class Watches {
  #presence;
  #watches = new Map();
  #byCanonical = new Map();
  #visible = new Set();
  #focused = null;

  constructor(presence) {
    this.#presence = presence;
  }

  /** Watches a chat, and answers with the key it goes by on this page: the id it was first known by. `null` if it is none. */
  add(id) {
    if (this.#watches.has(id)) return id;
    if (!isChatId(id)) return null;
    this.#watches.set(id, this.#presence.watch(id, { priority: "background" }));
    this.#byCanonical.clear();
    return id;
  }

  has(key) {
    return this.#watches.has(key);
  }

  snapshot(key) {
    return this.#watches.get(key).snapshot;
  }

  /** How long the gateway keeps telling of a chat; `null` without a subscription. */
  lease(key) {
    return this.#watches.get(key).lease;
  }

  keys() {
    return [...this.#watches.keys()];
  }

  /** The key of a chat by its canonical id, which a learned alias can change. `null` if the page does not show it. */
  keyOf(canonical) {
    if (!this.#byCanonical.has(canonical)) {
      this.#byCanonical = new Map([...this.#watches].map(([key, watch]) => [watch.id, key]));
    }
    return this.#byCanonical.get(canonical) ?? null;
  }

  focus(key) {
    const before = this.#focused;
    this.#focused = key;
    for (const one of [before, key]) if (one !== null) this.#weigh(one);
  }

  /** The chats somebody can see: the open one first. */
  shown() {
    return [...new Set([this.#focused, ...this.#visible])].filter((key) => key !== null);
  }

  setVisible(key, visible) {
    if (visible) this.#visible.add(key);
    else this.#visible.delete(key);
    this.#weigh(key);
  }

  #weigh(key) {
    const shown = this.#visible.has(key) ? "visible" : "background";
    const priority = key === this.#focused ? "focused" : shown;
    const watch = this.#watches.get(key);
    if (watch.priority !== priority) watch.priority = priority;
  }
}
