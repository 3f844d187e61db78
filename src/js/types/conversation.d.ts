/** Options of everything that waits. */
export interface WaitOptions {
  /** Gives up when aborted: the promise rejects with `aborted`. */
  readonly signal?: AbortSignal;
}

/** Options of {@link Presence.whenQuiet}. */
export interface QuietOptions extends WaitOptions {
  /** How long nobody else may have typed or recorded, in milliseconds. 0–600 000, default 10 000. */
  readonly quietMs?: number;
  /** Longest wait, in milliseconds. 0–86 400 000, default 60 000. */
  readonly maxWaitMs?: number;
  /** In a group: the one who counts. Default everybody. */
  readonly participant?: ContactId | LidId;
}

/** Why {@link Presence.whenQuiet} resolved. */
export interface Quiet {
  /**
   * `quiet`: nobody has typed for long enough. `message`: they wrote, so that an answer to what was before is out of date. `max-wait`:
   * it took too long. `no-data`: nothing is known of their typing; go on as if there were no presence.
   */
  readonly reason: "quiet" | "message" | "max-wait" | "no-data";
  /** How long it took, in milliseconds. */
  readonly waitedMs: number;
}

/** Options of {@link Presence.whenMessage}. */
export interface MessageOptions extends WaitOptions {
  /** Longest wait, in milliseconds. 0–86 400 000, default 60 000. */
  readonly maxWaitMs?: number;
  /** In a group: the one who counts. Default everybody. */
  readonly participant?: ContactId | LidId;
}

/** What {@link Presence.respond} hands to the work. */
export interface Turn {
  /** Why it is our turn. */
  readonly waited: Quiet;
  /** Aborted when they write meanwhile, and when the signal that was given is. */
  readonly signal: AbortSignal;
}

/** What {@link Presence.respond} resolves with. */
export interface Responded<T> {
  /** What the work returned. */
  readonly value: T;
  /** How it came to be our turn. */
  readonly waited: Quiet;
  /** They wrote while the work went on: the answer may be out of date. */
  readonly overtaken: boolean;
}

/** Options of {@link Presence.whenOnline}. */
export interface OnlineOptions extends WaitOptions {
  /** Longest wait, in milliseconds. 0–86 400 000, default 3 600 000. */
  readonly maxWaitMs?: number;
}

/** Why {@link Presence.whenOnline} resolved. */
export interface Arrival {
  /**
   * `online`: they are there. `max-wait`: they did not come in time. `no-data`: the gateway tells nothing of them, and waiting
   * would be in vain: hidden, refused, or silent.
   */
  readonly reason: "online" | "max-wait" | "no-data";
  /** How long it took, in milliseconds. */
  readonly waitedMs: number;
}

/** What {@link Presence.sendWhenOnline} resolves with. */
export interface SentWhenOnline<T> {
  /** Whether `send` was called. */
  readonly sent: boolean;
  /** How the wait ended: see {@link Arrival.reason}. */
  readonly reason: Arrival["reason"];
  /** What `send` returned; `null` where it was not called. */
  readonly value: T | null;
}

/** Options of {@link Presence.onAvailable}. */
export interface CohortOptions extends ListenOptions {
  /** How long after telling of somebody they are not told of again, in milliseconds. 0–604 800 000, default 3 600 000. */
  readonly coolDownMs?: number;
  /** Default `"background"`. */
  readonly priority?: Priority;
}

/** Options of {@link Presence.routing}. */
export interface RoutingOptions extends WaitOptions {
  /** How old what is known may be, in milliseconds, where the subscription does not vouch for it. 0–3 600 000, default 30 000. */
  readonly maxAgeMs?: number;
  /** How long to wait for the gateway, in milliseconds. 0–60 000, default 3 000. */
  readonly maxWaitMs?: number;
}

/** Where to send a conversation. */
export interface Routing {
  /** They are there: to a human, at once. They are not: a ticket. Nobody knows. */
  readonly route: "priority" | "standard" | "unknown";
  /** `no-data`: nothing certain came in time. `withheld`: the gateway tells nothing of this chat. */
  readonly reason: "online" | "offline" | "no-data" | "withheld";
  /** How old what it rests on is, in milliseconds; `null` where it rests on nothing. */
  readonly ageMs: number | null;
}

/** One message of theirs, and how it came about. */
export interface MomentumReply {
  /** Unix milliseconds. */
  readonly atMs: number;
  /** How many milliseconds before that they first composed; `null` where they were not seen to. */
  readonly afterMs: number | null;
  /** How many milliseconds they composed, pauses left out. */
  readonly composingMs: number;
  /** How often they began. */
  readonly bursts: number;
}

/** How somebody's side of a conversation moves. What nobody ended counts up to the typing TTL. */
export interface Momentum {
  /** When they first composed since their last message, in Unix milliseconds; `null` if they did not. */
  readonly firstComposingAtMs: number | null;
  /** How often they began since then. */
  readonly bursts: number;
  /** How many milliseconds they composed since then, pauses left out. */
  readonly composingMs: number;
  /** They composed for three minutes without writing, gaps of up to a minute left out. */
  readonly struggling: boolean;
  /** Their last message. */
  readonly lastReply: MomentumReply | null;
  /** When they last read a message of ours, in Unix milliseconds: read, online, and not answering is an answer too. */
  readonly lastReadAtMs: number | null;
}

/** What {@link Presence.onStruggling} tells. */
export interface Struggling {
  /** In which chat. */
  readonly chat: ChatId;
  /** Who: the id of a {@link Participant}. */
  readonly participant: string;
  /** What shows it. */
  readonly momentum: Momentum;
}

/** One thing that happened, as it happened: not settled, not held back. */
export interface LogEntry {
  /** Unix milliseconds. */
  readonly atMs: number;
  /** In which chat. */
  readonly chat: ChatId;
  /** Who; `null` where it is the chat itself. */
  readonly participant: string | null;
  /** What happened: an activity, an availability, a message of theirs, a reading of ours, or a state of {@link Knowledge}. */
  readonly event:
    | "typing-began" | "typing-ended" | "recording-began" | "recording-ended"
    | "online" | "offline" | "unknown"
    | "message" | "read"
    | Knowledge["state"];
  /** What ended it, how it is known, or why it is so; `live` is `vouched` or `stretched`. */
  readonly reason: string | null;
  /** By how many milliseconds it was told later than the fastest recent news. */
  readonly lagMs: number;
}

/** What happened lately: in memory, the last {@link ConnectOptions.logEntries} of each chat, 20 000 in all. */
export interface ActivityLog {
  /** The entries of one chat, or of all, chat by chat, each from the oldest to the newest. */
  entries(chat?: ChatId): readonly LogEntry[];
  /**
   * The same as NDJSON, one object a line. Chats and people are numbered (`chat-1`, `person-2`), alike in every export of this
   * client, unless `ids` says that they shall be named.
   */
  toNdjson(options?: { readonly chat?: ChatId; readonly ids?: boolean }): string;
  /** Entries that had to make room for later ones. */
  readonly dropped: number;
  /** Forgets all entries. */
  clear(): void;
  /** The entries of all chats, as {@link entries} gives them. */
  [Symbol.iterator](): IterableIterator<LogEntry>;
}
