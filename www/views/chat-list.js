// The list of chats: a listbox with one tab stop. Arrows move, Enter or Space opens, a letter jumps to a name.

import { setHidden, setText } from "../dom.js";
import { ChatRow } from "./chat-row.js";

export class ChatList {
  #root;
  #summary;
  #empty;
  #rows = new Map();
  #snapshots = new Map();
  #nameOf;
  #open;
  #onVisible;
  #reachable = null;
  #observer;

  /**
   * @param parts The elements of the page: `list`, `summary`, `empty`.
   * @param on `open(key)` when a chat is chosen, `visible(key, visible)` when it scrolls in or out.
   */
  constructor({ list, summary, empty }, nameOf, on) {
    this.#root = list;
    this.#summary = summary;
    this.#empty = empty;
    this.#nameOf = nameOf;
    this.#open = on.open;
    this.#onVisible = on.visible;
    this.#observer = new IntersectionObserver((entries) => this.#handleScroll(entries), { root: list });
    list.addEventListener("click", (event) => this.#handleClick(event));
    list.addEventListener("keydown", (event) => this.#handleKey(event));
    list.addEventListener("focusin", (event) => this.#reach(event.target.closest("[role=option]")));
  }

  add(key, person, kind) {
    const row = new ChatRow(person, kind, this.#rows.size);
    this.#rows.set(key, row);
    this.#root.append(row.root);
    this.#observer.observe(row.root);
    if (this.#reachable === null) this.#reach(row.root);
    setHidden(this.#empty, true);
  }

  update(key, snapshot, nowMs) {
    this.#snapshots.set(key, snapshot);
    this.#rows.get(key).update(snapshot, this.#nameOf, nowMs);
    this.#sum();
  }

  /** Renders again what depends on the time. */
  tick(nowMs) {
    for (const [key, snapshot] of this.#snapshots) this.#rows.get(key).update(snapshot, this.#nameOf, nowMs);
  }

  /** Draws what is left of a chat's subscription. */
  draw(key, lease, nowMs) {
    this.#rows.get(key).draw(lease, nowMs);
  }

  /** Marks what goes on between us and a chat. */
  tag(key, tags) {
    this.#rows.get(key).tag(tags);
  }

  select(key) {
    for (const [other, row] of this.#rows) row.select(other === key);
    this.#reach(this.#rows.get(key)?.root ?? null);
  }

  focus(key) {
    this.#rows.get(key)?.root.focus();
  }

  #sum() {
    const all = [...this.#snapshots.values()];
    const busy = all.reduce((sum, { active }) => sum + active.length, 0);
    const online = all.filter(({ kind, availability }) => kind === "contact" && availability === "online").length;
    setText(this.#summary, `${online} online${busy === 0 ? "" : ` · ${busy} typing or recording`}`);
  }

  #keyOf(node) {
    for (const [key, row] of this.#rows) if (row.root === node) return key;
    return null;
  }

  #reach(node) {
    if (node === null) return;
    this.#reachable = node;
    for (const row of this.#rows.values()) row.reach(row.root === node);
  }

  #handleClick({ target }) {
    const key = this.#keyOf(target.closest("[role=option]"));
    if (key !== null) this.#open(key);
  }

  #handleKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const nodes = [...this.#rows.values()].map((row) => row.root);
    const at = nodes.indexOf(document.activeElement);
    if (at < 0) return;
    const target = steps[event.key]?.(at, nodes.length) ?? this.#named(event.key, at);
    if (event.key === "Enter" || event.key === " ") this.#open(this.#keyOf(nodes[at]));
    else if (target === null) return;
    else nodes[target].focus();
    event.preventDefault();
  }

  /** The next row whose name begins with a letter. */
  #named(key, at) {
    if ([...key].length !== 1 || key === " ") return null;
    const names = [...this.#rows.values()].map(({ name }) => name.toLowerCase());
    for (let step = 1; step <= names.length; step += 1) {
      const next = (at + step) % names.length;
      if (names[next].startsWith(key.toLowerCase())) return next;
    }
    return null;
  }

  #handleScroll(entries) {
    for (const { target, isIntersecting } of entries) {
      const key = this.#keyOf(target);
      if (key !== null) this.#onVisible(key, isIntersecting);
    }
  }
}

const steps = {
  ArrowDown: (at, count) => Math.min(at + 1, count - 1),
  ArrowUp: (at) => Math.max(at - 1, 0),
  Home: () => 0,
  End: (_, count) => count - 1,
};
