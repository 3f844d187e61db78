// What happened lately in one chat, as the package's log tells it: lines to read, and spans to draw. Nothing is kept here; each
// view of it is made from the log anew.

export const WINDOW_MS = 5 * 60_000;
const MOST_LINES = 60;

export class Timeline {
  #entries;
  #who;

  /**
   * @param entries Of one chat, from the oldest to the newest.
   * @param who Turns a participant's id into a name for one person: gateways call the same one by two ids.
   */
  constructor(entries, who) {
    this.#entries = entries;
    this.#who = who;
  }

  /** The newest first. Of who types it goes without saying that they are online, and so does the end of it. */
  lines() {
    const inferred = new Set();
    const lines = this.#entries.filter(({ participant, event, reason }) => {
      const who = this.#who(participant);
      const dull = event === "online" ? reason === "inferred" : event === "unknown" && inferred.has(who);
      if (event === "online" || event === "offline" || event === "unknown") {
        if (reason === "inferred") inferred.add(who);
        else inferred.delete(who);
      }
      return !dull;
    });
    return lines.slice(-MOST_LINES).reverse();
  }

  /** The spans of everybody in the window that ends now: `(participant) => [{ kind, fromMs, toMs }]`, open ones up to its end. */
  spans(nowMs) {
    const lanes = new Map();
    const begin = Math.max(this.#entries[0]?.atMs ?? nowMs, nowMs - WINDOW_MS);
    for (const entry of this.#entries) {
      if (entry.participant === null || !(entry.event in moves)) continue;
      const who = this.#who(entry.participant);
      if (!lanes.has(who)) lanes.set(who, new Lane(begin));
      lanes.get(who).follow(entry);
    }
    return (participant) => lanes.get(this.#who(participant))?.within(nowMs) ?? [];
  }
}

/** One person's spans. Presence and activity go on side by side. */
class Lane {
  #begin;
  #spans = [];
  #open = { presence: null, activity: null };

  /** @param begin The first moment that is told of. */
  constructor(begin) {
    this.#begin = begin;
  }

  follow({ event, atMs }) {
    const { side, ends, begins } = moves[event];
    const open = this.#open[side];
    if (begins !== null && open?.kind === begins) return;
    if (open !== null) open.toMs = Math.max(open.fromMs, atMs);
    // What ended without having begun had begun before the log did.
    else if (ends !== null) this.#spans.push({ kind: ends, fromMs: this.#begin, toMs: atMs });
    this.#open[side] = begins === null ? null : { kind: begins, fromMs: atMs, toMs: null };
    if (begins !== null) this.#spans.push(this.#open[side]);
  }

  within(nowMs) {
    const cut = ({ kind, fromMs, toMs }) => ({ kind, fromMs: Math.max(fromMs, this.#begin), toMs: Math.min(toMs ?? nowMs, nowMs) });
    return this.#spans.map(cut).filter(({ fromMs, toMs }) => fromMs < toMs);
  }
}

/** What an event does to a lane: which side of it, what it begins there, and what it can only be the end of. */
const moves = {
  "typing-began": { side: "activity", begins: "typing", ends: null },
  "typing-ended": { side: "activity", begins: null, ends: "typing" },
  "recording-began": { side: "activity", begins: "recording", ends: null },
  "recording-ended": { side: "activity", begins: null, ends: "recording" },
  online: { side: "presence", begins: "online", ends: null },
  offline: { side: "presence", begins: null, ends: null },
  unknown: { side: "presence", begins: null, ends: null },
};
