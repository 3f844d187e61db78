// Tickets for a relay, from the server of this page: it knows who is logged in, and signs what they may see. The package asks for
// each in time; what it makes of one that cannot be had is its affair, and that there is none is the page's to say.

export class Tickets {
  /** Whether the last one could not be had. */
  missing = false;
  #url;
  #onChange = () => {};

  /** @param url Where they are had, on the server of this page. */
  constructor(url) {
    this.#url = url;
  }

  /** @param callback Called when the last one could be had, and the one before could not, or the other way round. */
  listen(callback) {
    this.#onChange = callback;
  }

  /** One for these chats. */
  async get({ chats }) {
    try {
      const ticket = await this.#ask(chats);
      this.#turn(false);
      return ticket;
    } catch (error) {
      this.#turn(true);
      throw error;
    }
  }

  async #ask(chats) {
    const answer = await fetch(this.#url, {
      method: "POST",
      mode: "same-origin",
      cache: "no-store",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ chats }),
    });
    if (!answer.ok) throw new Error(`expected a ticket, found HTTP ${answer.status}`);
    return answer.text();
  }

  #turn(missing) {
    if (this.missing === missing) return;
    this.missing = missing;
    this.#onChange();
  }
}
