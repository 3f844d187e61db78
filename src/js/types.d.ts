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

/** How much the availability of a chat is worth. It says nothing of activity, which is shown whenever it is fresh. */
export type Knowledge =
  /** Nobody watches the chat. */
  | { readonly state: "unwatched" }
  /** Asked, or about to ask. `silent`: asked 30 s ago, and nothing came; `causes` says what may be behind it. */
  | { readonly state: "waiting"; readonly reason: "queued" | "asked" | "silent"; readonly causes: readonly SilenceCause[] }
  /** The gateway tells us of changes; `vouched` while the subscription is certain. */
  | { readonly state: "live"; readonly vouched: boolean }
  /** The gateway may have stopped telling us. */
  | { readonly state: "lapsed"; readonly reason: "lease" | "session" | "feed" }
  /** Their privacy settings, or ours, hide it. */
  | { readonly state: "hidden"; readonly reason: "deny" | "reciprocity" }
  /** The gateway, or a guard, does not serve this chat; `detail` holds the gateway's words. */
  | {
      readonly state: "refused";
      readonly reason: "too-many" | "outside-24h" | "not-found" | "forbidden" | "bad-request" | "unsupported" | "engine";
      readonly detail: string | null;
    };

/** The activity that ended last. */
export interface LastActivity {
  readonly kind: ActivityKind;
  /** Unix milliseconds. */
  readonly endedAtMs: number;
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
  readonly availability: Availability;
  /** Unix milliseconds: up to when. */
  readonly atMs: number;
}

/** Somebody who is typing or recording. */
export interface Active {
  readonly participant: string;
  readonly kind: ActivityKind;
  /** Unix milliseconds. */
  readonly sinceAtMs: number;
}

/** One person in one chat. */
export interface Participant {
  readonly id: string;
  readonly availability: Availability;
  /** Stated by the gateway, or inferred from typing or a message; an inference fades after 60 s. */
  readonly basis: "reported" | "inferred";
  /** `false` where `"offline"` may be a privacy setting: some engines say it for whoever hides. */
  readonly certain: boolean;
  readonly activity: ActivityKind | "none";
  /** Unix milliseconds, or `null` while nothing goes on. */
  readonly activitySinceAtMs: number | null;
  /** Unix milliseconds: when the activity ends unless repeated, as of this snapshot; a repeat moves it silently. */
  readonly activityExpiresAtMs: number | null;
  readonly lastActivity: LastActivity | null;
  readonly lastSeen: LastSeen | null;
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
  readonly kind: "contact" | "group";
  readonly knowledge: Knowledge;
  /** Of the contact; of a group: online if anybody is reported online, offline only if the group says so. */
  readonly availability: Availability;
  readonly basis: "reported" | "inferred";
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
  readonly snapshot: Snapshot;
  /** The snapshot before, or `null` for the first. */
  readonly previous: Snapshot | null;
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

/** The state of the connection to the gateway, frozen; the same object until it changes. */
export interface Connection {
  /**
   * `connecting` the feed for the first time; `open`; `reconnecting` after a loss; `unauthorized`: the gateway refuses the
   * credential and nothing is tried any more; `closed` by {@link Presence.close}.
   */
  readonly state: "connecting" | "open" | "reconnecting" | "unauthorized" | "closed";
  /** Why, in one word, where something is wrong: the feed broke, could not be opened, or was refused. */
  readonly reason: "unreachable" | "dropped" | "refused" | null;
  /** The gateway's session with WhatsApp. Only `working` carries presence. */
  readonly session: "working" | "starting" | "needs-pairing" | "stopped" | "failed" | "unknown";
  /** Unix milliseconds: since when. */
  readonly sinceAtMs: number;
}

/**
 * What the gateway can do, and what it costs. On WAHA that depends on the engine: until the session has named it, abilities
 * are those that every engine has, and costs those that any has.
 */
export interface Capabilities {
  readonly gateway: "waha" | "wawp" | "waapi" | "ingest";
  /** The engine of WAHA; `null` on other gateways, and until the session has named one that is known here. */
  readonly engine: "NOWEB" | "WPP" | "GOWS" | "WEBJS" | null;
  /** A stream that a page can open. */
  readonly feed: boolean;
  /**
   * Every chat's presence can be listed without subscribing: {@link Rest.getAll}. It is `unsupported`, without a call, where
   * `engine` is known and this is `false`.
   */
  readonly list: boolean;
  /** What the gateway remembers of one chat can be read without subscribing: {@link Rest.snapshot}. */
  readonly snapshot: boolean;
  /** A person's other id can be looked up. */
  readonly lookUp: boolean;
  /** "recording…" can be shown for us. */
  readonly recording: boolean;
  /** The gateway says so where somebody hides their presence: `knowledge.state` is `"hidden"`. Elsewhere they stay silent. */
  readonly tellsHidden: boolean;
  /** Presence events come only after a setting on the server: WEBJS needs `config.webjs.tagsEventsOn: true`. */
  readonly eventsNeedSetting: boolean;
  /**
   * Watching a chat marks your own account online for about 25 s per call, and the owner's phone stays silent meanwhile.
   */
  readonly watchMarksOnline: boolean;
}

/**
 * How the calls stand that subscribe: ours, those of other tabs and of the page before it was loaded again. Other browsers are
 * not seen: let them share a relay, or divide the limit.
 */
export interface Budget {
  /** Calls within the last 62 s. */
  readonly spent: number;
  /** How many fit into 62 s: 45, fewer for a while after the gateway refused one. */
  readonly limit: number;
  /** When the next call may leave, in Unix milliseconds; `null` while too many have no answer yet. */
  readonly nextAtMs: number | null;
  /** Calls since midnight UTC. */
  readonly callsToday: number;
  /** Chats whose turn has not come. */
  readonly waiting: number;
  /** Calls without an answer yet. */
  readonly inFlight: number;
  /** Chats watched. */
  readonly watched: number;
}

/** What happened since {@link connect}: numbers for support, no ids. */
export interface Counters {
  readonly observations: number;
  readonly duplicates: number;
  readonly stale: number;
  readonly unknownWords: number;
  readonly unknownEvents: number;
  readonly invalidIds: number;
  readonly overCap: number;
  readonly strangers: number;
  readonly contradictions: number;
  readonly late: number;
  readonly subscribeCalls: number;
  /** Chats watched although nobody wrote in them for 24 h, as far as is known. */
  readonly unprompted: number;
  readonly rateLimits: number;
  readonly changes: number;
}

/** A credential, or a function that fetches one: asked at the start, and once more when the gateway refuses it. */
export type Credential = string | (() => string | Promise<string>);

/** WAHA, directly from the page. */
export interface WahaGateway {
  readonly kind: "waha";
  /** Where WAHA answers, without a trailing slash: `https://waha.example`. */
  readonly baseUrl: string;
  /** The session's name. Default `"default"`. */
  readonly session?: string;
  /**
   * The key. Use a scoped one (`key_…`) that may only read this session: whoever can open the page can read it, and WAHA
   * takes it in the socket's URL.
   */
  readonly apiKey?: Credential;
  /** Whether to open `/ws`. Default `true`; `false` where your backend hands webhooks to {@link Presence.ingest}. */
  readonly feed?: boolean;
  /**
   * Whether to receive message events: they end typing at once and prove the sender online. Bodies and media are dropped
   * unread. Default `true`.
   */
  readonly messageEvents?: boolean;
  /** Whether to look up the other id of every watched contact, once. Default `true`. */
  readonly lookUpIds?: boolean;
}

/** Wawp, from your server: it has no stream that a page could open, so your backend hands its webhooks to {@link Presence.ingest}. */
export interface WawpGateway {
  readonly kind: "wawp";
  /** Default `"v2"`. In `"v1"` reading a chat is how one subscribes. */
  readonly version?: "v1" | "v2";
  readonly instanceId: string;
  /** The access token. It can do everything the instance can: in a page it is refused unless you insist. */
  readonly token: Credential;
  /** By default the vendor's address of that version; a proxy of yours that adds the token is the way to call from a page. */
  readonly baseUrl?: string;
  /** What `rest.set` calls the presence: the vendor's pages say both. Default `"presence"`. */
  readonly presenceField?: "presence" | "status";
  /** Send the credentials of reads in the query, where logs keep them, for servers that take nothing else. Default `false`. */
  readonly credentialsInQuery?: boolean;
  /** Take the token although everybody who opens the page can read it. Default `false`. */
  readonly dangerouslyAllowVendorToken?: boolean;
}

/** WaAPI, from your server: it has no stream that a page could open, so your backend hands its webhooks to {@link Presence.ingest}. */
export interface WaapiGateway {
  readonly kind: "waapi";
  readonly instanceId: string;
  /** The API token. It can do everything the account can: in a page it is refused unless you insist. */
  readonly token: Credential;
  /** Default `"https://waapi.app/api/v1"`; a proxy of yours that adds the token is the way to call from a page. */
  readonly baseUrl?: string;
  /** Whether `rest.get` waits for WhatsApp's first word of the chat. Default `true`. */
  readonly waitForData?: boolean;
  /** How long it waits, in milliseconds. 0–60 000, default 1 500. */
  readonly timeoutMs?: number;
  /** Take the token although everybody who opens the page can read it. Default `false`. */
  readonly dangerouslyAllowVendorToken?: boolean;
}

/** No gateway to call: bodies come in by {@link Presence.ingest}. */
export interface IngestGateway {
  readonly kind: "ingest";
  /**
   * Whose bodies come in. Default `"waha"`. The readers of the others are loaded when they are named; those of `"waapi"` tell
   * all three dialects apart by themselves.
   */
  readonly from?: "waha" | "wawp" | "waapi";
}

/** Options of {@link connect}. Unknown keys, wrong types and values out of range are refused by name. */
export interface ConnectOptions {
  readonly gateway: WahaGateway | WawpGateway | WaapiGateway | IngestGateway;
  /** Milliseconds after which typing or recording that nobody repeated is over. 200–120 000, default 15 000. */
  readonly typingTtlMs?: number;
  /**
   * What happens to a chat in which nobody else wrote for 24 h, as far as messages and `lastInboundAtMs` tell: `"warn"` asks for it
   * all the same, counts it and says so once on the console; `"strict"` refuses it (`outside-24h`) until they write; `"off"` asks.
   * Watching people who did not write first is what gets accounts banned. Default `"warn"`.
   */
  readonly guard?: "warn" | "strict" | "off";
  /**
   * `"offline"` sets your account offline again after each burst of calls that marked it online, so that its phone goes on
   * ringing; where watching marks nobody online it does nothing. Default `"stay"`.
   */
  readonly afterSubscribe?: "stay" | "offline";
  /** Most chats watched at once; the rest are `refused: too-many`. 1–10 000, default 200. */
  readonly maxWatchedChats?: number;
  /** Largest body taken in, in bytes. 1 024–16 777 216, default 1 048 576. */
  readonly maxBodyBytes?: number;
  /** Pairs of ids that name one person, where you know them. */
  readonly aliases?: Readonly<Record<LidId, ContactId>>;
  /** The class to open the feed with where the platform has no `WebSocket` (Node before 22), such as that of the `ws` package. */
  readonly webSocket?: new (url: string) => object;
  /** Told of every error that no call of yours returns. It must not throw. */
  readonly onError?: (error: PresenceError) => void;
  /** Told when the WebAssembly module trapped. Connect again. */
  readonly onFatal?: (error: PresenceError) => void;
}

/** The closed list of what can go wrong. */
export type ErrorCode =
  | "invalid-option"
  | "invalid-chat"
  | "malformed"
  | "too-large"
  | "unauthorized"
  | "forbidden"
  | "not-found"
  | "not-ready"
  | "bad-request"
  | "unsupported"
  | "rate-limited"
  | "engine"
  | "network"
  | "timeout"
  | "aborted"
  | "closed"
  | "crashed";

/** Every error of this package. Its message never holds a phone number, a token or a URL. */
export interface PresenceError extends Error {
  readonly name: "PresenceError";
  readonly code: ErrorCode;
  /** The HTTP status, where there was one. */
  readonly status: number | null;
  /** How long the gateway asked to wait, where the page may read it. */
  readonly retryAfterMs: number | null;
  /** The gateway's kind, where one was involved. */
  readonly gateway: string | null;
  /** What the platform threw, where a call failed before it was answered: `fetch`'s own `TypeError`. */
  readonly cause?: unknown;
}

/** One person's state as a gateway answered it. */
export interface ChatPresenceEntry {
  readonly participant: string;
  /** `"unknown"` for a word this package does not know. */
  readonly presence: "online" | "offline" | "typing" | "recording" | "paused" | "unknown";
  /** Unix milliseconds. */
  readonly lastSeenAtMs: number | null;
}

/** One chat's presence as a gateway answered it. The answer may be a cached state of any age. */
export interface ChatPresence {
  readonly chat: string;
  readonly presences: readonly ChatPresenceEntry[];
}

/** How the gateway's session is. */
export interface SessionInfo {
  /** The gateway's own word. */
  readonly status: string;
  readonly state: Connection["session"];
  /** What we last said of ourselves. */
  readonly presence: "online" | "offline" | null;
  readonly engine: string | null;
}

/** Both ids of a person, as far as the gateway knows them. */
export interface Ids {
  readonly lid: string | null;
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
}

/**
 * Every endpoint as one typed call. Answers are fed to the client as well. All reject with a {@link PresenceError}; what the
 * gateway does not have, with `unsupported`.
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
  /** The other id of a person. */
  lookUp(person: ContactId | LidId, options?: CallOptions): Promise<Ids>;
}

/** One watched chat. Ends with {@link Watch.close}, with `using`, or with the `signal` it was opened with. */
export interface Watch {
  /** The chat's canonical id. */
  readonly id: ChatId;
  /** What listeners were told last. The same object until it changes. */
  readonly snapshot: Snapshot;
  /** How much it matters. May be set. */
  priority: Priority;
  /** How long the gateway keeps telling of the chat; `null` without a subscription. Read it when you draw: no change tells of it. */
  readonly lease: Lease | null;
  /**
   * Calls back on every change: the first at once, then at most one per 100 ms, the last state always.
   * The callback may call anything here, throw, or unlisten.
   */
  listen(callback: (snapshot: Snapshot, change: Change) => void, options?: ListenOptions): Unlisten;
  /** Ends the watch and its listeners. Calling it twice is harmless. */
  close(): void;
  /** Every snapshot from now on; a slow reader gets the latest, not the backlog. Ends with the watch. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Snapshot>;
  [Symbol.dispose](): void;
}

/** A client of one gateway session. */
export interface Presence {
  /**
   * Follows a chat. Counted: two watches of one chat are one subscription, and closing one leaves the other.
   * On WAHA watching marks your own account online (see {@link Capabilities.watchMarksOnline}).
   * @throws {@link PresenceError} `invalid-chat`, `closed`
   */
  watch(chat: ChatId, options?: WatchOptions): Watch;
  /**
   * Replaces the set of chats that a virtual list shows. Chats that stay cost nothing; those that leave linger for 5 s.
   * @throws {@link PresenceError} `invalid-chat`, `closed`
   */
  setWatched(
    chats: readonly { readonly chat: ChatId; readonly priority?: Priority; readonly lastInboundAtMs?: number }[],
  ): void;
  /** Calls back with all changes of one moment together. */
  listen(callback: (changes: readonly Change[]) => void, options?: ListenOptions): Unlisten;
  /** What is known of a chat, watched or not; `null` if it was never heard of. */
  snapshot(chat: ChatId): Snapshot | null;
  /** Every watched chat. */
  chats(): readonly Snapshot[];
  /**
   * Takes in a webhook body as your backend received it: text, bytes, or the parsed object.
   * @throws {@link PresenceError} `malformed`, `too-large`, `closed`
   */
  ingest(body: string | Uint8Array | object): void;
  /** Says that two ids name one person. */
  addAlias(lid: LidId, contact: ContactId): void;
  /** The connection. The same object until it changes. */
  readonly connection: Connection;
  /** Calls back when the connection changes. */
  listenConnection(callback: (connection: Connection) => void, options?: ListenOptions): Unlisten;
  /** As far as is known by now: read it again once {@link Connection.session} is known. */
  readonly capabilities: Capabilities;
  readonly budget: Budget;
  readonly counters: Counters;
  /** Every endpoint as one typed call. */
  readonly rest: Rest;
  /** Ends everything: watches, feed, timers. Calls in flight reject with `closed`. Calling it twice is harmless. */
  close(options?: { readonly forget?: boolean }): void;
  [Symbol.dispose](): void;
}
