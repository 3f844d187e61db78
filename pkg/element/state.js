// What a snapshot comes to: the state an element is in, and the line that says so, as the name of a label. The order is the product's
// promise: who is there first, then what was, and a silence is never called offline.

/**
 * `online` and `offline` are known. `uncertain` is an offline that may be a privacy setting. `unknown` is a chat that is live and of which
 * nothing came yet. The rest are the silences, by the names that `knowledge` has for them.
 */
export function stateOf({ availability, certain, knowledge }) {
  if (availability === "online") return "online";
  if (availability === "offline") return certain ? "offline" : "uncertain";
  return knowledge.state === "live" ? "unknown" : knowledge.state;
}

/** `{ label, atMs }`: what is said, and the instant that it speaks of; `null` where there is nothing to say. */
export function lineOf(snapshot) {
  return snapshot.kind === "group" ? groupLine(snapshot) : personLine(snapshot);
}

function personLine({ availability, certain, knowledge, lastSeen, lastKnown }) {
  if (availability === "online") return line("online");
  if (availability === "offline") return lastSeen === null ? line(certain ? "offline" : "uncertain") : line("lastSeen", lastSeen.atMs);
  const past = pastLine(lastKnown, lastSeen);
  // What was is worth more than "unknown", and stays true whatever came since; of a chat that is hidden or refused it would be a claim.
  if (past !== null && (knowledge.state === "live" || knowledge.state === "lapsed")) return past;
  return line(silence(knowledge));
}

function pastLine(lastKnown, lastSeen) {
  if (lastKnown?.availability === "online") return line("wasOnline", lastKnown.atMs);
  return lastSeen === null ? null : line("lastSeen", lastSeen.atMs);
}

/** WhatsApp tells of a group who types, and hardly ever who is there: its silence is how groups are. */
function groupLine({ availability, knowledge }) {
  if (availability === "online") return line("somebodyOnline");
  if (availability === "offline") return line("offline");
  return knowledge.state === "lapsed" || knowledge.state === "refused" ? line(silence(knowledge)) : null;
}

function silence({ state, reason }) {
  if (state === "live") return "unknown";
  return byReason[`${state} ${reason}`] ?? state;
}

/** Where the reason makes a difference to whoever reads it. */
const byReason = { "waiting silent": "silent", "lapsed lease": "outdated", "hidden reciprocity": "hiddenByUs" };

function line(label, atMs = null) {
  return { label, atMs };
}
