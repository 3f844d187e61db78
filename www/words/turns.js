// What became of our knowledge of a chat, for the log: a short sentence and why. The sentences beside the chat say what holds,
// these say what changed.

/** @returns {{ what: string, why?: string } | null} `null` where nothing changed that is worth a line. */
export function knowledgeTurn(before, now) {
  const was = before?.state ?? "unwatched";
  if (was === now.state && reasonOf(before) === reasonOf(now)) return null;
  switch (now.state) {
    case "unwatched":
      return { what: "The chat is not watched any more" };
    case "waiting":
      return waits[now.reason];
    case "live":
      return live(was, now);
    case "lapsed":
      return lapses[now.reason];
    case "hidden":
      return hidden[now.reason];
    default:
      return refused(now);
  }
}

/** What to call the cause of a change. */
export const causeWords = {
  push: "pushed",
  read: "read",
  message: "message",
  expiry: "time passed",
  watch: "watching",
  lease: "subscription",
  connection: "connection",
  alias: "two ids, one person",
};

export const renewed = { what: "The subscription was renewed" };

/** Those who are live differ in how certain that is; all others in their reason. */
function reasonOf(knowledge) {
  return knowledge?.state === "live" ? String(knowledge.vouched) : (knowledge?.reason ?? null);
}

function live(was, { vouched }) {
  if (!vouched) return { what: "The subscription is no longer certain", why: "it was not renewed in time, and is asked for again" };
  if (was === "live") return renewed;
  return { what: was === "lapsed" ? "The gateway tells us of changes again" : "The gateway tells us of changes" };
}

function refused({ reason, detail }) {
  const turn = refusals[reason] ?? { what: "The gateway refused this chat" };
  return detail === null ? turn : { ...turn, why: `${turn.why === undefined ? "" : `${turn.why}, `}it says “${detail}”` };
}

const waits = {
  queued: { what: "The chat waits its turn", why: "chats are asked for slowly" },
  asked: { what: "WhatsApp was asked" },
  silent: { what: "No answer yet", why: "that does not mean offline" },
};
const lapses = {
  lease: { what: "The subscription ended", why: "it was not renewed in time" },
  session: { what: "The subscription was lost", why: "the gateway is not connected to WhatsApp" },
  feed: { what: "The subscription was lost", why: "we do not reach the gateway" },
};
const hidden = {
  deny: { what: "Presence is hidden", why: "by their privacy settings" },
  reciprocity: { what: "Presence is hidden", why: "this account does not show its own" },
};
const refusals = {
  "too-many": { what: "The chat is not watched", why: "too many others are" },
  "outside-24h": { what: "The chat is not watched", why: "they have not written in the last 24 h" },
  "not-found": { what: "The gateway refused this chat", why: "it does not know it" },
  forbidden: { what: "The gateway refused this chat", why: "we may not watch it" },
  "bad-request": { what: "The gateway refused this chat", why: "it does not accept it" },
  unsupported: { what: "The gateway refused this chat", why: "it cannot watch it" },
  engine: { what: "The gateway refused this chat", why: "its engine failed several times" },
};
