// What happened, for the log: a short sentence, and why. The sentences beside the chat say what holds, these say what changed.

/** @returns {{ what: string, why?: string }} What an entry of the package's log says, after the name of who did it. */
export function turnWords({ event, reason }) {
  const turn = turns[event];
  return typeof turn === "string" ? { what: turn } : (turn(reason) ?? { what: event });
}

/** How late something was told, where that is worth saying. */
export function lateWords({ lagMs }) {
  return lagMs < LATE_MS ? null : `told ${(lagMs / 1_000).toFixed(1)} s late`;
}

/** Networks differ by less from one moment to the next. */
const LATE_MS = 500;

const endings = {
  paused: "they paused",
  ttl: "nothing repeated it in time",
  message: "their message came",
  offline: "they went offline",
};
const waits = {
  queued: { what: "The chat waits its turn", why: "chats are asked for slowly" },
  asked: { what: "WhatsApp was asked" },
  silent: { what: "No answer yet", why: "that does not mean offline" },
};
const lives = {
  vouched: { what: "The gateway tells us of changes" },
  stretched: { what: "The gateway may stop telling us of changes", why: "no subscription vouches for it at the moment" },
};
const lapses = {
  lease: { what: "The subscription ended", why: "it was not renewed in time" },
  session: { what: "The subscription was lost", why: "the gateway is not connected to WhatsApp" },
  feed: { what: "The subscription was lost", why: "we do not reach the gateway" },
};
const hidings = {
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
const turns = {
  "typing-began": "started typing",
  "typing-ended": (reason) => ({ what: "stopped typing", why: endings[reason] }),
  "recording-began": "started recording",
  "recording-ended": (reason) => ({ what: "stopped recording", why: endings[reason] }),
  online: "is online",
  offline: "is offline",
  unknown: "is no longer known to be online or not",
  message: "wrote a message",
  read: "A message of ours was read",
  unwatched: "The chat is not watched any more",
  waiting: (reason) => waits[reason],
  live: (reason) => lives[reason],
  lapsed: (reason) => lapses[reason],
  hidden: (reason) => hidings[reason],
  refused: (reason) => refusals[reason],
};
