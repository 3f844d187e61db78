/** A person by phone number, in international form without `+`: `15550001111@c.us`. */
export type ContactId = `${string}@c.us`;
/** A person by hidden id: `900000001@lid`. WhatsApp is moving from numbers to these. */
export type LidId = `${string}@lid`;
/** A group: `120363000000000001@g.us`. */
export type GroupId = `${string}@g.us`;
/** A chat as every gateway names it. Make one with {@link chatId}, check one with {@link isChatId}. */
export type ChatId = ContactId | LidId | GroupId;

/** Whether somebody is there. `"unknown"` has a reason: see {@link Snapshot.knowledge}. */
export type Availability = "online" | "offline" | "unknown";
/** What somebody is doing. */
export type ActivityKind = "typing" | "recording";
/** What ended an activity: they stopped, nothing repeated it in time, their message came, they went offline. */
export type EndedBy = "paused" | "ttl" | "message" | "offline";
/** How much a watch matters when calls are scarce. */
export type Priority = "focused" | "visible" | "background";
/**
 * Why a snapshot changed: the gateway pushed, an answer to a read, a message, time passing, a watch, a subscription's
 * fate, the connection, or two ids that turned out to be one person.
 */
export type Cause = "push" | "read" | "message" | "expiry" | "watch" | "lease" | "connection" | "alias";

/** Why a chat that was asked for stays silent. None of them means "offline". */
export type SilenceCause = "privacy" | "unmapped-lid" | "engine-events" | "other-device";

/**
 * How much the availability of a chat is worth. It says nothing of activity, which is shown whenever it is fresh.
 *
 * @example
 * switch (knowledge.state) {
 *   case "live": return availability;
 *   case "refused": return knowledge.detail ?? knowledge.reason;
 *   default: return knowledge.state;
 * }
 */
export type Knowledge =
  | {
      /** Nobody watches the chat. */
      readonly state: "unwatched";
    }
  | {
      /** Asked, or about to ask. */
      readonly state: "waiting";
      /** `queued`: its turn has not come. `asked`: there was no news since. `silent`: asked 30 s ago, and nothing came. */
      readonly reason: "queued" | "asked" | "silent";
      /** What may be behind a silence; otherwise empty. */
      readonly causes: readonly SilenceCause[];
    }
  | {
      /** The gateway tells us of changes. */
      readonly state: "live";
      /** While the subscription is certain; `false` where it may have run out. */
      readonly vouched: boolean;
    }
  | {
      /** The gateway may have stopped telling us. */
      readonly state: "lapsed";
      /** What ended: the subscription, the gateway's session with WhatsApp, or our feed. */
      readonly reason: "lease" | "session" | "feed";
    }
  | {
      /** Privacy settings hide it. */
      readonly state: "hidden";
      /** `deny`: theirs. `reciprocity`: ours, for who shares nothing is told nothing. */
      readonly reason: "deny" | "reciprocity";
    }
  | {
      /** The gateway, or a guard, does not serve this chat. */
      readonly state: "refused";
      /** `too-many`: {@link ConnectOptions.maxWatchedChats}. `outside-24h`: {@link ConnectOptions.guard}. Others are the gateway's. */
      readonly reason: "too-many" | "outside-24h" | "not-found" | "forbidden" | "bad-request" | "unsupported" | "engine";
      /** The gateway's words, if there are any. */
      readonly detail: string | null;
    };

/** The activity that ended last. */
export interface LastActivity {
  /** Which of the two it was. */
  readonly kind: ActivityKind;
  /** Unix milliseconds. */
  readonly endedAtMs: number;
  /** What ended it. */
  readonly endedBy: EndedBy;
}

/** When somebody was last online. */
export interface LastSeen {
  /** Unix milliseconds. */
  readonly atMs: number;
  /** Stated by the gateway, or seen by us as they went. */
  readonly basis: "reported" | "observed";
}

/** What was known before it lapsed or faded. */
export interface LastKnown {
  /** What was known. */
  readonly availability: Availability;
  /** Unix milliseconds: up to when. */
  readonly atMs: number;
}

/** Somebody who is typing or recording. */
export interface Active {
  /** Who: the id of a {@link Participant}. */
  readonly participant: string;
  /** What they do. */
  readonly kind: ActivityKind;
  /** Unix milliseconds: since when. */
  readonly sinceAtMs: number;
}

/** One person in one chat. */
export interface Participant {
  /** Their canonical id, a `@c.us` or a `@lid`. */
  readonly id: string;
  /** Whether they are there. */
  readonly availability: Availability;
  /** Stated by the gateway, or inferred from typing or a message; an inference fades after 60 s. */
  readonly basis: "reported" | "inferred";
  /** `false` where `"offline"` may be a privacy setting: some engines say it for whoever hides. */
  readonly certain: boolean;
  /** What they do in this chat. */
  readonly activity: ActivityKind | "none";
  /** Unix milliseconds, or `null` while nothing goes on. */
  readonly activitySinceAtMs: number | null;
  /** Unix milliseconds: when the activity ends unless repeated, as of this snapshot; a repeat moves it silently. */
  readonly activityExpiresAtMs: number | null;
  /** What they did last; `null` where they were not seen to do anything. */
  readonly lastActivity: LastActivity | null;
  /** When they were last online; `null` where nobody said so. */
  readonly lastSeen: LastSeen | null;
  /** What was known of them before it lapsed or faded; `null` while it holds. */
  readonly lastKnown: LastKnown | null;
  /** By how many milliseconds the last observation was later than the fastest recent one. */
  readonly lagMs: number;
}

/**
 * One chat at one moment, frozen. It is the same object until something in it changes, so it can be compared with `===`
 * and handed to React's `useSyncExternalStore`. In a contact's chat the person's fields stand here too.
 */
export interface Snapshot {
  /** The canonical id: a `@lid` becomes the `@c.us` of the same person once that is known. */
  readonly chat: ChatId;
  /** A chat of two, or a group. */
  readonly kind: "contact" | "group";
  /** How much `availability` is worth. */
  readonly knowledge: Knowledge;
  /** Of the contact; of a group: online if anybody is reported online, offline only if the group says so. */
  readonly availability: Availability;
  /** What `availability` rests on: see {@link Participant.basis}. */
  readonly basis: "reported" | "inferred";
  /** `false` where `"offline"` may be a privacy setting: see {@link Participant.certain}. */
  readonly certain: boolean;
  /** What goes on: in a group, the oldest of the activities. */
  readonly activity: ActivityKind | "none";
  /** Unix milliseconds, or `null` while nothing goes on. */
  readonly activitySinceAtMs: number | null;
  /** Who is typing or recording, oldest first. */
  readonly active: readonly Active[];
  /** Of the contact; `null` in a group. */
  readonly lastActivity: LastActivity | null;
  /** Of the contact; `null` in a group. */
  readonly lastSeen: LastSeen | null;
  /** Of the contact; `null` in a group. */
  readonly lastKnown: LastKnown | null;
  /** Everybody heard of in this chat. */
  readonly participants: readonly Participant[];
}

/** What a listener is told beside the snapshot. */
export interface Change {
  /** The chat from now on. */
  readonly snapshot: Snapshot;
  /** The snapshot before, or `null` for the first. */
  readonly previous: Snapshot | null;
  /** What made it change. */
  readonly cause: Cause;
}

/** Ends what it was returned for. Calling it twice is harmless. */
export type Unlisten = () => void;

/** Options of everything that listens. */
export interface ListenOptions {
  /** Ends the listening when aborted. */
  readonly signal?: AbortSignal;
}

/** Options of {@link Presence.watch}. */
export interface WatchOptions {
  /** Default `"visible"`. */
  readonly priority?: Priority;
  /** When somebody else last wrote in this chat, as your own records say, in Unix milliseconds. See {@link ConnectOptions.guard}. */
  readonly lastInboundAtMs?: number;
  /** Ends the watch when aborted. */
  readonly signal?: AbortSignal;
}

/** What one subscribe call bought. */
export interface Lease {
  /** When the call left. Unix milliseconds, like the others. */
  readonly sentAtMs: number;
  /** Up to here the gateway certainly tells us. */
  readonly sureUntilAtMs: number;
  /** From here on it certainly does not. */
  readonly maxUntilAtMs: number;
}
