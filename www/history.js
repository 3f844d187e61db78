// What happened lately in every chat: spans for the swim-lanes, entries for the log. Fed from changes only, so it shows what
// listeners were told, in the order they were told. Both are bounded: a dashboard stays open for weeks.

import { knowledgeTurn, renewed } from "./words/turns.js";

export const WINDOW_MS = 5 * 60_000;
const MOST_ENTRIES = 60;
/** A call is dated anew each time it is asked for, by two clocks: less than this is the same call. */
const SAME_CALL_MS = 500;

export class History {
  #chats = new Map();

  /** Takes in a change as a listener got it. The key stays when the chat's canonical id changes. */
  record(key, { snapshot, previous, cause }, nowMs) {
    const chat = this.#chat(key);
    const before = new Map((previous?.participants ?? []).map((person) => [person.id, person]));
    for (const person of snapshot.participants) {
      const was = before.get(person.id) ?? null;
      before.delete(person.id);
      chat.lane(person.id).follow(person, nowMs);
      for (const what of happenings(was, person)) chat.note({ ...what, who: person.id, cause, atMs: nowMs });
    }
    // Two ids turned out to be one person: the lane of the id that went must not go on for ever.
    for (const id of before.keys()) chat.lane(id).end(nowMs);
    chat.know(snapshot.knowledge, cause, nowMs);
  }

  /** Takes in a chat's subscription, of which no change tells: one that replaces another was renewed. */
  follow(key, lease, nowMs) {
    this.#chat(key).renew(lease?.sentAtMs ?? null, nowMs);
  }

  /** The spans of a participant in the window that ends at `nowMs`: `{ kind, fromMs, toMs }`, open ones up to its end. */
  spans(key, participant, nowMs) {
    return this.#chat(key).lane(participant).within(nowMs);
  }

  /** The newest entries first. */
  entries(key) {
    return this.#chat(key).entries;
  }

  #chat(key) {
    if (!this.#chats.has(key)) this.#chats.set(key, new ChatHistory());
    return this.#chats.get(key);
  }
}

class ChatHistory {
  entries = [];
  #lanes = new Map();
  #knowledge = null;
  #sentAtMs = null;

  lane(id) {
    if (!this.#lanes.has(id)) this.#lanes.set(id, new Lane());
    return this.#lanes.get(id);
  }

  note(entry) {
    this.entries.unshift(Object.freeze(entry));
    this.entries.length = Math.min(this.entries.length, MOST_ENTRIES);
  }

  /** By what we knew ourselves: how a watch began is told to nobody, and taken from the first snapshot. */
  know(knowledge, cause, nowMs) {
    const turn = knowledgeTurn(this.#knowledge, knowledge);
    this.#knowledge = knowledge;
    if (turn !== null) this.note({ ...turn, who: null, cause, atMs: nowMs });
  }

  renew(sentAtMs, nowMs) {
    const before = this.#sentAtMs;
    this.#sentAtMs = sentAtMs;
    const known = before === null || sentAtMs === null || Math.abs(sentAtMs - before) < SAME_CALL_MS;
    if (known) return;
    // Of renewals in a row the last is enough.
    if (this.entries[0]?.what === renewed.what) this.entries.shift();
    this.note({ ...renewed, who: null, cause: "lease", atMs: nowMs });
  }
}

/** One person's spans. Presence and activity go on side by side. */
class Lane {
  #spans = [];
  #open = { presence: null, activity: null };

  follow({ availability, activity, activitySinceAtMs, lastActivity }, nowMs) {
    this.#turn("presence", availability === "online" ? "online" : null, nowMs, nowMs);
    const ended = Math.min(lastActivity?.endedAtMs ?? nowMs, nowMs);
    this.#turn("activity", activity === "none" ? null : activity, activitySinceAtMs ?? nowMs, ended);
  }

  end(nowMs) {
    this.#turn("presence", null, nowMs, nowMs);
    this.#turn("activity", null, nowMs, nowMs);
  }

  within(nowMs) {
    const begin = nowMs - WINDOW_MS;
    this.#spans = this.#spans.filter((span) => (span.toMs ?? nowMs) > begin);
    return this.#spans.map(({ kind, fromMs, toMs }) => ({ kind, fromMs: Math.max(fromMs, begin), toMs: toMs ?? nowMs }));
  }

  #turn(dimension, kind, sinceMs, untilMs) {
    const open = this.#open[dimension];
    if (open?.kind === kind) return;
    if (open !== null) open.toMs = Math.max(open.fromMs, untilMs);
    this.#open[dimension] = kind === null ? null : { kind, fromMs: sinceMs, toMs: null };
    if (kind !== null) this.#spans.push(this.#open[dimension]);
  }
}

const endings = {
  paused: "they paused",
  ttl: "nothing repeated it in time",
  message: "their message came",
  offline: "they went offline",
};

function happenings(was, is) {
  const found = [];
  const doing = was?.activity ?? "none";
  if (doing !== is.activity) {
    if (doing !== "none") found.push({ what: `stopped ${doing}`, why: endings[is.lastActivity?.endedBy] });
    if (is.activity !== "none") found.push({ what: `started ${is.activity}` });
  }
  const there = was?.availability ?? "unknown";
  // That somebody who types is online goes without saying, and so does the end of it.
  const said = is.availability === "unknown" ? was?.basis === "reported" : is.basis === "reported";
  if (there !== is.availability && said) found.push({ what: turns[is.availability] });
  return found;
}

const turns = {
  online: "is online",
  offline: "is offline",
  unknown: "is no longer known to be online or not",
};
