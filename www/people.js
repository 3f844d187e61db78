// Who is behind an id: the `people(id)` that every product has in some form. Here it is a list fetched once.
//
// An id never leaves this module except into calls of the package: the page's markup names chats by slugs, because markup
// ends up in screenshots, bug reports and session recordings.

import { formatNumber, initialsOf } from "./words/names.js";

const HUES = 8;

export class People {
  #entries = [];
  #byId = new Map();
  #slugs = new Map();

  /** Fetches the list. Without one, everybody is a number. */
  static async load(url) {
    const people = new People();
    if (url === null) return people;
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`expected a list of people, found HTTP ${answer.status}`);
    for (const entry of await answer.json()) people.add(entry);
    return people;
  }

  /** Takes in somebody, or a group. */
  add({ id, lid = null, name = null, avatar = null }) {
    const entry = { id, name, avatarUrl: avatar };
    this.#entries.push(entry);
    this.#byId.set(id, entry);
    // Gateways name the same person by either id, sometimes within a minute.
    if (lid !== null) this.#byId.set(lid, entry);
  }

  /** The ids of all that are listed, in their order. */
  ids() {
    return this.#entries.map((entry) => entry.id);
  }

  /** Who is known under two ids: `[hidden id, number]` each. */
  aliases() {
    return [...this.#byId].filter(([id, entry]) => id !== entry.id && id.endsWith("@lid")).map(([lid, entry]) => [lid, entry.id]);
  }

  /** How to show an id: always an answer, with a number and initials where nobody knows more. */
  of(id) {
    const entry = this.#byId.get(id);
    const name = entry?.name || formatNumber(id);
    return {
      name,
      avatarUrl: entry?.avatarUrl ?? null,
      initials: initialsOf(name),
      hue: hueOf(entry?.id ?? id),
      slug: this.#slugOf(entry?.id ?? id, name),
    };
  }

  /** A short name for the markup: letters only, so that no number can get in by way of a name. */
  #slugOf(id, name) {
    const known = this.#slugs.get(id);
    if (known !== undefined) return known;
    const letters = name.toLowerCase().match(/\p{L}+/gu) ?? [];
    const wanted = letters.join("-").slice(0, 40) || "chat";
    const taken = new Set(this.#slugs.values());
    let slug = wanted;
    for (let copy = 2; taken.has(slug); copy += 1) slug = `${wanted}-${copy}`;
    this.#slugs.set(id, slug);
    return slug;
  }
}

function hueOf(id) {
  let hash = 0;
  for (const letter of id) hash = (hash * 31 + letter.codePointAt(0)) % 9973;
  return hash % HUES;
}
