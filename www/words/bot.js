// A bot that waits its turn, in words.

/** @param state What it is at; `active` says whether they type or record right now. */
export function botLine(state, active) {
  const waits = state === "waiting" || state === "overtaken";
  return waits && active ? "They are typing, the bot waits" : lines[state];
}

const lines = {
  off: "Off",
  listening: "Waiting for them to write",
  waiting: "The bot waits until it is quiet",
  typing: "The bot is typing…",
  answered: "The bot answered (nothing was sent), waiting for them to write",
  overtaken: "They wrote meanwhile, the bot starts again",
  failed: "The bot stopped: the presence client does not answer",
};
