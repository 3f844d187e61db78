// A snapshot as plain JavaScript would make it: what a notification is compared with. Page side.

/** The same object as `snapshot`, built from its facts in literals and frozen all the way down. */
export function build(facts) {
  const lastActivity = past(facts);
  return deepFreeze({
    chat: facts.chat,
    kind: "contact",
    knowledge: { state: "live", vouched: false },
    availability: "online",
    basis: "inferred",
    certain: false,
    activity: facts.activity,
    activitySinceAtMs: facts.sinceAtMs,
    active: [{ participant: facts.chat, kind: facts.activity, sinceAtMs: facts.sinceAtMs }],
    lastActivity,
    lastSeen: null,
    lastKnown: null,
    participants: [
      {
        id: facts.chat,
        availability: "online",
        basis: "inferred",
        certain: false,
        activity: facts.activity,
        activitySinceAtMs: facts.sinceAtMs,
        activityExpiresAtMs: facts.expiresAtMs,
        lastActivity: past(facts),
        lastSeen: null,
        lastKnown: null,
        lagMs: facts.lagMs,
      },
    ],
  });
}

/** What `build` needs to know, out of a snapshot of somebody who typed and then recorded, or the reverse. */
export function factsOf(snapshot) {
  const [person] = snapshot.participants;
  return {
    chat: snapshot.chat,
    activity: snapshot.activity,
    sinceAtMs: snapshot.activitySinceAtMs,
    expiresAtMs: person.activityExpiresAtMs,
    lagMs: person.lagMs,
    // Whoever types after recording stopped recording: known, not copied, so that a wrong word is found out.
    endedKind: snapshot.activity === "typing" ? "recording" : "typing",
    endedAtMs: snapshot.lastActivity.endedAtMs,
    endedBy: "paused",
  };
}

/** Whether two snapshots say the same, in whatever order, and both are frozen throughout. */
export function areSame(a, b) {
  return JSON.stringify(a, sorted) === JSON.stringify(b, sorted) && isFrozen(a) && isFrozen(b);
}

function sorted(_, value) {
  const isRecord = typeof value === "object" && value !== null && !Array.isArray(value);
  return isRecord ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value;
}

function past(facts) {
  return { kind: facts.endedKind, endedAtMs: facts.endedAtMs, endedBy: facts.endedBy };
}

function deepFreeze(object) {
  for (const inner of Object.values(object)) {
    if (typeof inner === "object" && inner !== null) deepFreeze(inner);
  }
  return Object.freeze(object);
}

function isFrozen(value) {
  return typeof value !== "object" || value === null || (Object.isFrozen(value) && Object.values(value).every(isFrozen));
}
