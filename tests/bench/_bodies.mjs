// Webhook bodies as WAHA sends them. Page side.

const encoder = new TextEncoder();
const decoder = new TextDecoder();
/** The size at which the targets are stated. */
const BYTES = 470;

let serial = 0;

/**
 * A `presence.update` with an id of its own, in three forms. The text is decoded from the bytes: one flat string, as a page
 * gets it from the network, where a string put together here would be a tree of pieces.
 */
export function presenceUpdate(chat, word) {
  serial += 1;
  const envelope = {
    id: `evt_01m7x3tm2tvbf2p${String(serial).padStart(11, "0")}`,
    timestamp: Date.now(),
    event: "presence.update",
    session: "default",
    me: { id: "10000000000@c.us", pushName: "Fake Me", lid: "990000000000@lid" },
    payload: { id: chat, presences: [{ participant: chat, lastKnownPresence: word, lastSeen: null }] },
    engine: "NOWEB",
    environment: {
      version: "2026.2.1",
      engine: "NOWEB",
      tier: "CORE",
      browser: null,
      platform: "linux/x64",
      worker: { id: null },
    },
  };
  // Worker ids are as long as whoever runs the server likes: the place to make up the size.
  const missing = BYTES - encoder.encode(JSON.stringify(envelope)).length;
  envelope.environment.worker.id = "w".repeat(Math.max(0, missing + "null".length - 2));
  const bytes = encoder.encode(JSON.stringify(envelope));
  if (bytes.length !== BYTES) throw new Error(`expected a body of ${BYTES} bytes, made one of ${bytes.length}`);
  return { bytes, text: decoder.decode(bytes) };
}

/** The number of a made-up contact. */
export function contact(n) {
  return `1555${String(n).padStart(7, "0")}@c.us`;
}
