// Patterns that are others in sequence, around work of the caller's. They hold nothing but that work: what they wait for and what is
// shown is the module's.

import { PresenceError } from "./error.js";

/** Gives a client the patterns that are made of others. */
export function completeConversation({ Presence, ActivityLog }) {
  Presence.prototype.respond = respond;
  Presence.prototype.sendWhenOnline = sendWhenOnline;
  ActivityLog.prototype[Symbol.iterator] = function entries() {
    return this.entries()[Symbol.iterator]();
  };
}

async function respond(chat, work, options = {}) {
  if (typeof work !== "function") throw refused("work: expected a function");
  const { signal, participant } = options;
  const waited = await this.whenQuiet(chat, options);
  // Theirs, while we work, makes the answer out of date; so does whoever gives up.
  const turn = new AbortController();
  const listening = new AbortController();
  const giveUp = () => turn.abort(signal.reason);
  let overtaken = false;
  signal?.addEventListener("abort", giveUp);
  const composer = composerOf(this, chat);
  try {
    if (signal?.aborted) giveUp();
    this.whenMessage(chat, { participant, maxWaitMs: 86_400_000, signal: listening.signal }).then(
      (written) => {
        overtaken ||= written;
        if (written) turn.abort(new DOMException("they wrote meanwhile", "AbortError"));
      },
      () => {},
    );
    composer?.work();
    const value = await work(Object.freeze({ waited, signal: turn.signal }));
    return Object.freeze({ value, waited, overtaken });
  } finally {
    signal?.removeEventListener("abort", giveUp);
    listening.abort();
    composer?.close();
  }
}

/** Where nobody can be shown that we type, we take turns all the same. */
function composerOf(presence, chat) {
  try {
    return presence.composer(chat);
  } catch (error) {
    if (error.code === "unsupported") return null;
    throw error;
  }
}

async function sendWhenOnline(chat, send, options = {}) {
  if (typeof send !== "function") throw refused("send: expected a function");
  const { otherwise = "send", ...wait } = options;
  if (otherwise !== "send" && otherwise !== "drop") {
    throw refused('options.otherwise: expected "send" or "drop", found another value');
  }
  const arrival = await this.whenOnline(chat, wait);
  const sent = arrival.reason === "online" || otherwise === "send";
  return Object.freeze({ sent, reason: arrival.reason, value: sent ? await send(arrival) : null });
}

function refused(message) {
  return new PresenceError("invalid-option", message);
}
