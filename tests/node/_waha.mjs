// A WAHA within the test: it takes every call, and says by its feed what the test lets people do.

let events = 0;

/** An event as WAHA tells it. */
export function presence(chat, word, participant = chat) {
  events += 1;
  return {
    id: `evt_${process.pid}_${events}`,
    timestamp: Date.now(),
    event: "presence.update",
    session: "default",
    payload: { id: chat, presences: [{ participant, lastKnownPresence: word, lastSeen: null }] },
  };
}

/** A gateway of its own: options for a client of it, and what clients did. */
export function waha(host = "waha.example") {
  const calls = [];
  const feeds = [];

  class Feed {
    constructor() {
      feeds.push(this);
      this.isOpen = true;
      setImmediate(() => this.onopen?.({ type: "open" }));
    }

    tell(event) {
      this.onmessage({ type: "message", data: JSON.stringify(event) });
    }

    close() {
      this.isOpen = false;
    }
  }

  const gateway = {
    options: {
      gateway: { kind: "waha", baseUrl: `https://${host}`, apiKey: "key_made-up", lookUpIds: false },
      webSocket: Feed,
      guard: "off",
      shareTabs: false,
    },
    /** What every call is answered with. */
    status: 200,
    /** Every call that was made, in order. */
    calls,
    /** Every feed that was opened: each client opens one. */
    feeds,
    /** How many clients are alive. */
    alive: () => feeds.filter((feed) => feed.isOpen).length,
    /** How often a call was made whose path ends so. */
    count: (end) => calls.filter((call) => call.endsWith(end)).length,
  };
  gateways.set(host, gateway);
  return gateway;
}

const gateways = new Map();

/** What a page posted to its own backend, which also hands out keys. */
export const posted = [];

globalThis.fetch = async (address, { method = "GET", body } = {}) => {
  const { host, pathname } = new URL(address, "https://dashboard.example/");
  if (!gateways.has(host)) {
    if (method === "POST") posted.push(body);
    return new Response("key_made-up");
  }
  const { calls, status } = gateways.get(host);
  calls.push(`${method} ${decodeURIComponent(pathname)}`);
  return new Response("{}", { status, headers: { "content-type": "application/json" } });
};

/** The watches that a client opens from here on. */
export function watchesOf(client) {
  const watches = [];
  const { watch } = client;
  client.watch = (...words) => {
    watches.push(watch.apply(client, words));
    return watches.at(-1);
  };
  return watches;
}

/** Waits until something is so, turn by turn; not for the 5 s after which a composer stops by itself. */
export async function until(isSo) {
  const began = performance.now();
  while (!(await isSo())) {
    if (performance.now() - began > 4_000) throw new Error(`waited in vain: ${isSo}`);
    await new Promise(setImmediate);
  }
}
