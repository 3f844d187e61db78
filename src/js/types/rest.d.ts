/** One person's state as a gateway answered it. */
export interface ChatPresenceEntry {
  /** Who, by the id that the gateway used. */
  readonly participant: string;
  /** `"unknown"` for a word this package does not know. */
  readonly presence: "online" | "offline" | "typing" | "recording" | "paused" | "unknown";
  /** Unix milliseconds; `null` where the gateway does not say. */
  readonly lastSeenAtMs: number | null;
}

/** One chat's presence as a gateway answered it. The answer may be a cached state of any age. */
export interface ChatPresence {
  /** Which chat, by the id that the gateway used. */
  readonly chat: string;
  /** Everybody it named. */
  readonly presences: readonly ChatPresenceEntry[];
}

/** How the gateway's session is. */
export interface SessionInfo {
  /** The gateway's own word. */
  readonly status: string;
  /** The same in our words: see {@link Connection.session}. */
  readonly state: Connection["session"];
  /** What we last said of ourselves. */
  readonly presence: "online" | "offline" | null;
  /** The engine by the gateway's own name; `null` where it tells none. */
  readonly engine: string | null;
}

/** Both ids of a person, as far as the gateway knows them. */
export interface Ids {
  /** The hidden id, `…@lid`. */
  readonly lid: string | null;
  /** The id by number, `…@c.us`. */
  readonly contact: string | null;
}

/** Options of every call under {@link Presence.rest}. */
export interface CallOptions {
  /** Gives up waiting when aborted: the promise rejects with `aborted`. */
  readonly signal?: AbortSignal;
}

/** What your account shares with at least some people; `null` where the gateway does not say so. */
export interface Privacy {
  /** Whether anybody sees when you were last online. */
  readonly sharesLastSeen: boolean | null;
  /** Whether anybody sees that you are online. */
  readonly sharesOnline: boolean | null;
  /** Whether people see that you read what they wrote. */
  readonly sharesReads: boolean | null;
}

/**
 * Every endpoint as one typed call. Answers are fed to the client as well. All reject with a {@link PresenceError}: what the
 * gateway does not have with `unsupported`, what it refuses by its status (`unauthorized`, `forbidden`, `not-found`, `bad-request`,
 * `rate-limited`, `not-ready`, `engine`), what has no answer with `network` or `timeout`.
 *
 * @example
 * const { presences } = await presence.rest.get("15550001111@c.us", { signal: AbortSignal.timeout(5_000) });
 */
export interface Rest {
  /**
   * Reads one chat's presence.
   * On WAHA this subscribes too, and marks your account online for about 25 s.
   */
  get(chat: ChatId, options?: CallOptions): Promise<ChatPresence>;
  /** What the gateway remembers of a chat, without subscribing. WaAPI only; empty where it never subscribed. */
  snapshot(chat: ChatId, options?: CallOptions): Promise<ChatPresence>;
  /** Reads every chat's presence without subscribing. Not on every engine: see {@link Capabilities.list}. */
  getAll(options?: CallOptions): Promise<readonly ChatPresence[]>;
  /** Asks to be told of a chat's presence, once. {@link Presence.watch} keeps it alive. */
  subscribe(chat: ChatId, options?: CallOptions): Promise<void>;
  /** Says that we are online or offline, to everybody. */
  set(presence: "online" | "offline", options?: CallOptions): Promise<void>;
  /** Says what we do in a chat. WhatsApp shows typing for 10 to 25 s; repeat it, and end it with `"paused"`. */
  set(presence: "typing" | "recording" | "paused", chat: ChatId, options?: CallOptions): Promise<void>;
  /** Shows "typing…" in a chat. */
  startTyping(chat: ChatId, options?: CallOptions): Promise<void>;
  /** Stops showing it. */
  stopTyping(chat: ChatId, options?: CallOptions): Promise<void>;
  /** How the session is. */
  session(options?: CallOptions): Promise<SessionInfo>;
  /**
   * What your account shares of its own presence: whoever shares nothing is told nothing, and then chats are
   * `hidden: reciprocity`. WaAPI only; elsewhere `unsupported`.
   */
  privacy(options?: CallOptions): Promise<Privacy>;
  /**
   * Changes what your account shares, for everybody and until it is changed again. WaAPI only; elsewhere `unsupported`: the
   * setting is on the phone, under Settings, Privacy.
   */
  setPrivacy(setting: "lastSeen", value: "all" | "contacts" | "none", options?: CallOptions): Promise<Privacy>;
  /** The same for whether you are online. */
  setPrivacy(setting: "online", value: "all" | "match-last-seen", options?: CallOptions): Promise<Privacy>;
  /** The same for read receipts. */
  setPrivacy(setting: "readReceipts", value: "all" | "none", options?: CallOptions): Promise<Privacy>;
  /** The other id of a person. */
  lookUp(person: ContactId | LidId, options?: CallOptions): Promise<Ids>;
}
