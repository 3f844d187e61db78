// How their side of a conversation moves, in words: facts beside each other, each as short as it can be.

import { clockTime, duration } from "./time.js";

/** @returns {string[]} What is known, most recent concern first; nothing seen is said too. */
export function momentumLines(momentum, availability, nowMs) {
  if (momentum === null) return ["Nothing was seen of their side yet."];
  const lines = [composing(momentum, nowMs), read(momentum, availability), replied(momentum.lastReply)];
  return lines.filter((line) => line !== null);
}

/** A hint for whoever could help. Calm: nobody knows why they hesitate. */
export function strugglingLine(name, { composingMs }) {
  return `${name} has been composing for ${duration(composingMs)} and sent nothing. A hint or a call may help.`;
}

function composing({ firstComposingAtMs, bursts, composingMs }, nowMs) {
  if (firstComposingAtMs === null) return null;
  const began = duration(nowMs - firstComposingAtMs);
  return `First composed ${began} ago: ${count(bursts, "burst")}, ${duration(composingMs)} of composing, nothing sent yet`;
}

/** Read, there, and not answering is an answer too. Whoever composes or wrote since is answering. */
function read({ lastReadAtMs, lastReply, firstComposingAtMs }, availability) {
  if (lastReadAtMs === null || firstComposingAtMs !== null) return null;
  if (lastReply !== null && lastReply.atMs > lastReadAtMs) return null;
  const there = availability === "online" ? ", online" : "";
  return `Read at ${clockTime(lastReadAtMs)}${there}, not answering`;
}

function replied(reply) {
  if (reply === null) return null;
  const { atMs, afterMs, composingMs, bursts } = reply;
  const at = `Last wrote at ${clockTime(atMs)}`;
  if (afterMs === null) return `${at}, not seen composing it`;
  return `${at}, ${duration(afterMs)} after they began: ${duration(composingMs)} of composing in ${count(bursts, "burst")}`;
}

function count(number, noun) {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
