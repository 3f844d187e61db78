// A snapshot in words a support agent understands. The order is the product's promise: what goes on first, then who is
// there, and silence is never called offline.

import { listed } from "./names.js";
import { relative } from "./time.js";

/** Which mark stands for a chat or a participant: `online`, `offline`, `unknown` or `lapsed`. */
export function markOf(person, knowledge) {
  if (person.availability === "online") return "online";
  if (person.availability === "offline" && person.certain) return "offline";
  return knowledge.state === "lapsed" ? "lapsed" : "unknown";
}

/** The line under a name. */
export function statusLine(snapshot, nameOf, nowMs) {
  const doing = activityLine(snapshot, nameOf);
  if (doing !== null) return doing;
  return snapshot.kind === "group" ? groupLine(snapshot) : personLine(snapshot, snapshot.knowledge, nowMs);
}

/** What goes on in a chat, or `null`. */
export function activityLine(snapshot, nameOf) {
  const { active, kind } = snapshot;
  if (active.length === 0) return null;
  if (kind === "contact") return `${active[0].kind}…`;
  const kinds = [...new Set(active.map((one) => one.kind))].sort().reverse();
  if (active.length > 2) return `${active.length} people ${kinds.length === 1 ? "are " : ""}${kinds.join(" or ")}…`;
  if (kinds.length === 2) return `${active.map((one) => `${nameOf(one.participant)} is ${one.kind}`).join(", ")}…`;
  const names = listed(active.map((one) => nameOf(one.participant)));
  return `${names} ${active.length === 1 ? "is" : "are"} ${kinds[0]}…`;
}

/** The same for one person, in a group or alone. */
export function personLine(person, knowledge, nowMs) {
  if (person.activity !== "none") return `${person.activity}…`;
  if (person.availability === "online") return "online";
  if (person.availability === "offline") return offlineLine(person, nowMs);
  return silenceLine(knowledge, person, nowMs);
}

function offlineLine({ certain, lastSeen }, nowMs) {
  if (lastSeen !== null) return `last seen ${relative(lastSeen.atMs, nowMs)}`;
  return certain ? "offline" : "offline, or hiding it";
}

function groupLine({ availability, knowledge, participants }) {
  if (knowledge.state === "lapsed" || knowledge.state === "refused") return silences[knowledge.state](knowledge);
  if (availability === "online") return "somebody is online";
  return participants.length === 0 ? "nobody has typed yet" : "quiet";
}

function silenceLine(knowledge, { lastKnown, lastSeen }, nowMs) {
  const past = pastLine(lastKnown, lastSeen, nowMs);
  // Of a live chat the past says more than "unknown" does.
  if (past !== null && (knowledge.state === "live" || knowledge.state === "lapsed")) return past;
  return silences[knowledge.state](knowledge);
}

function pastLine(lastKnown, lastSeen, nowMs) {
  if (lastKnown?.availability === "online") return `was online ${relative(lastKnown.atMs, nowMs)}`;
  return lastSeen === null ? null : `last seen ${relative(lastSeen.atMs, nowMs)}`;
}

const waits = { queued: "waiting its turn", asked: "asking WhatsApp…", silent: "no answer, perhaps hidden" };
const silences = {
  unwatched: () => "not watched",
  waiting: ({ reason }) => waits[reason],
  live: () => "nothing heard yet",
  lapsed: ({ reason }) => (reason === "lease" ? "out of date, asking again" : "lost contact"),
  hidden: () => "hides their presence",
  refused: () => "not available",
};
