// Presence by asking, for pages that no news reach. It costs a call for each chat every few seconds and is late by as much, so it
// is chosen by name and never fallen back to. What the gateway remembers is read; watching is what makes it remember.

/** One chat after the other, never two at once: a list that is opened must not fire a volley. */
const GAP_MS = 250;
/** After a refusal. */
const PAUSE_MS = 3_000;
const LIMITED_PAUSE_MS = 60_000;

/**
 * Reads the chats on the screen, every `roundMs` or as often as there is time, until the client is closed.
 * @param shown The ids of those chats, as of now.
 */
export async function poll(presence, shown, roundMs) {
  while (!ended(presence)) {
    const began = Date.now();
    const pause = await round(presence, shown);
    await wait(pause ?? Math.max(GAP_MS, roundMs - (Date.now() - began)));
  }
}

/** Reads each once; the answers reach the client by themselves. What comes back is how long to wait, if that is not for the clock. */
async function round(presence, shown) {
  for (const chat of shown()) {
    // Nobody looks, or nobody would answer: it begins as soon as that is over.
    if (document.hidden || presence.connection.session !== "working") return GAP_MS;
    try {
      await presence.rest.snapshot(chat);
    } catch ({ code, retryAfterMs }) {
      return code === "rate-limited" ? (retryAfterMs ?? LIMITED_PAUSE_MS) : PAUSE_MS;
    }
    await wait(GAP_MS);
  }
  return null;
}

function ended({ connection: { state } }) {
  return state === "closed" || state === "unauthorized";
}

function wait(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
