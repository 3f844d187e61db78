// Who has composed for minutes without writing. The package tells of each once; that it is over, it is asked.

export class Struggles {
  #presence;
  #onChange;
  /** By chat and participant, as it was told. */
  #told = new Map();

  /**
   * @param keyOf The key of a chat by its canonical id, or `null`.
   * @param onChange Called with the key of a chat in which somebody struggles, or nobody does any more.
   */
  constructor(presence, keyOf, onChange) {
    this.#presence = presence;
    this.#onChange = onChange;
    presence.onStruggling((struggling) => {
      const key = keyOf(struggling.chat);
      if (key === null) return;
      if (!this.#told.has(key)) this.#told.set(key, new Map());
      this.#told.get(key).set(struggling.participant, struggling);
      onChange(key);
    });
  }

  /** Who struggles in a chat, the latest: `{ chat, participant, momentum }` as of then, or `null`. */
  of(key) {
    return [...(this.#told.get(key)?.values() ?? [])].at(-1) ?? null;
  }

  /** Looks who has written, or left off. */
  tick() {
    for (const [key, people] of this.#told) {
      for (const [participant, { chat }] of people) {
        if (!this.#presence.momentum(chat, participant)?.struggling) people.delete(participant);
      }
      if (people.size > 0) continue;
      this.#told.delete(key);
      this.#onChange(key);
    }
  }
}
