// The calls that subscribe, in words.

/** "12 of 45 in the last 62 s, 57 today" */
export function spentLine({ spent, limit, callsToday }) {
  return `${spent} of ${limit} in the last 62 s, ${callsToday} today`;
}

/** "14 chats watched, 3 waiting: next call in 2 s" */
export function queueLine(budget, nowMs) {
  const { watched, waiting } = budget;
  const chats = `${count(watched, "chat")} watched`;
  return waiting === 0 ? chats : `${chats}, ${waiting} waiting: ${next(budget, nowMs)}`;
}

/** Whom we watch unasked. */
export function unpromptedLine(unprompted) {
  return `${unprompted} without a message for 24 h, as far as known`;
}

function next({ nextAtMs }, nowMs) {
  if (nextAtMs === null) return "next call after an answer";
  const seconds = Math.ceil((nextAtMs - nowMs) / 1_000);
  return seconds <= 0 ? "next call now" : `next call in ${seconds} s`;
}

function count(number, noun) {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
