// Where to send a conversation, in words: a human at once, or a ticket.

import { duration } from "./time.js";

const labels = { priority: "Priority", standard: "Standard", unknown: "Unknown" };
const reasons = {
  online: "they are there: to a human, at once",
  offline: "they are not there: a ticket will do",
  "no-data": "nothing certain came in time",
  withheld: "the gateway tells nothing of them",
};

/** While nobody knows yet. */
export const asking = { label: "Checking…", why: "whether they are there" };
/** Where the question itself failed: that says nothing of them. */
export const unasked = { label: labels.unknown, why: "the question could not be asked" };

/** @returns {{ label: string, why: string }} */
export function routingWords({ route, reason }) {
  return { label: labels[route], why: reasons[reason] };
}

/** How old what the answer rests on is, at any moment after it came; nothing where it rests on nothing. */
export function ageLine({ ageMs }, answeredAtMs, nowMs) {
  return ageMs === null ? "" : `as of ${duration(ageMs + nowMs - answeredAtMs)} ago`;
}
