// The connection as the page shows it: the client's own, and the way of the webhooks to this page where that is how news come.
// The client knows nothing of that way: to it, a gateway without a stream is open as soon as it is there.

const RETRY_MS = 3_000;

export class Link {
  #presence;
  #stream = null;
  #onChange = () => {};

  /** @param events Where the server of this page tells webhooks on; `undefined` where no stream but the client's own is needed. */
  constructor(presence, events) {
    this.#presence = presence;
    /** Settled once news can come, or are known to be held up: what is asked for earlier could be answered to nobody. */
    this.ready = events === undefined ? Promise.resolve() : new Promise((resolve) => this.#follow(events, resolve));
  }

  /** As `presence.connection`. Whatever is wrong with the client goes first. */
  get connection() {
    const own = this.#presence.connection;
    return own.state === "open" && this.#stream !== null ? { ...own, ...this.#stream } : own;
  }

  listen(callback) {
    this.#onChange = callback;
    this.#presence.listenConnection(callback);
  }

  #follow(events, settle) {
    this.#turn(this.#stream?.state ?? "connecting");
    const source = new EventSource(events);
    source.onmessage = ({ data }) => this.#take(data);
    source.onopen = () => {
      this.#turn("open");
      settle();
    };
    source.onerror = () => {
      this.#turn("reconnecting");
      settle();
      // The browser tries again by itself, unless the answer was no stream.
      if (source.readyState === EventSource.CLOSED) setTimeout(() => this.#follow(events, settle), RETRY_MS);
    };
  }

  #take(body) {
    try {
      this.#presence.ingest(body);
    } catch {
      // A body that is none, or a client that is closed: the client has counted the one, and the page has said the other.
    }
  }

  #turn(state) {
    if (this.#stream?.state === state) return;
    this.#stream = { state, sinceAtMs: Date.now() };
    this.#onChange();
  }
}
