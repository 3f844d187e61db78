/// <reference path="../globals.d.ts" />
/* tslint:disable */
/* eslint-disable */
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

/** The state of the connection to the gateway, frozen; the same object until it changes. */
export interface Connection {
    /**
     * `connecting` the feed for the first time; `open`; `reconnecting` after a loss; `unauthorized`: the gateway refuses the
     * credential and nothing is tried any more; `closed` by {@link Presence.close}.
     */
    readonly state: "connecting" | "open" | "reconnecting" | "unauthorized" | "closed";
    /**
     * Why, in one word, where something is wrong: the feed broke, could not be opened, or was refused. `open` and `refused`: the gateway
     * refuses the relay's credential. `reconnecting` and `hidden`: nobody looks, and {@link ConnectOptions.background} is `"pause"`.
     */
    readonly reason: "unreachable" | "dropped" | "refused" | "hidden" | null;
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
    /** Through a relay, the gateway behind it once that is known; until then `"relay"`. */
    readonly gateway: "waha" | "wawp" | "waapi" | "relay" | "ingest";
    /** The engine of WAHA, through a relay too; `null` on other gateways, and until the session has named one that is known here. */
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
    /** The gateway changes your own privacy settings: {@link Rest.setPrivacy}. */
    readonly changesPrivacy: boolean;
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
    /** Envelopes and answers taken in. */
    readonly observations: number;
    /** Envelopes seen before, by id. */
    readonly duplicates: number;
    /** Reports older than what was known. */
    readonly stale: number;
    /** Words that no table knows. */
    readonly unknownWords: number;
    /** Events and bodies that are not presence. */
    readonly unknownEvents: number;
    /** Ids that are none. */
    readonly invalidIds: number;
    /** Reports that were dropped because a cap was reached. */
    readonly overCap: number;
    /** Reports of somebody who does not belong to the chat. */
    readonly strangers: number;
    /** Aliases that contradicted an earlier one. */
    readonly contradictions: number;
    /** Observations that took more than 2 s to reach us. */
    readonly late: number;
    /** Subscribe calls sent. */
    readonly subscribeCalls: number;
    /** Chats watched although nobody wrote in them for 24 h, as far as is known. */
    readonly unprompted: number;
    /** How often the gateway asked us to slow down. */
    readonly rateLimits: number;
    /** Changes handed to listeners. */
    readonly changes: number;
}

/**
 * A credential, or a function that fetches one: asked at the start, and once more when the gateway refuses it.
 *
 * @example
 * const apiKey: Credential = async () => (await fetch("/presence-key")).text();
 */
export type Credential = string | (() => string | Promise<string>);

/** A class with the interface of the platform's `WebSocket`. */
export type WebSocketClass = new (url: string) => object;

/** WAHA, directly from the page. */
export interface WahaGateway {
    /** Names the gateway. */
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
    /** Names the gateway. */
    readonly kind: "wawp";
    /** Default `"v2"`. In `"v1"` reading a chat is how one subscribes. */
    readonly version?: "v1" | "v2";
    /** The instance, as the vendor names it. */
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
    /** Names the gateway. */
    readonly kind: "waapi";
    /** The instance, as the vendor names it. */
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

/**
 * A relay of your own (`wa-presence-relay`): the gateway's key stays there, its webhooks go there, and what it knows comes as one stream
 * of server-sent events, read by `fetch`. It subscribes for everybody who follows a chat, once.
 */
export interface RelayGateway {
    /** Names the gateway. */
    readonly kind: "relay";
    /** Where the relay answers, without a trailing slash: `https://presence.example`. */
    readonly url: string;
    /** The account's name in the relay's configuration. */
    readonly account: string;
    /**
     * Gets a ticket from your backend, for these chats: all that are followed at that moment. Asked at the start, at four fifths of a
     * ticket's life, when the relay refuses one, and when chats are followed that the one at hand does not cover. Chats that a ticket asked
     * for them does not cover are `refused` (`forbidden`). One that rejects is asked again after 1 to 30 s.
     */
    readonly ticket: (wanted: { readonly chats: readonly ChatId[] }) => string | Promise<string>;
}

/** No gateway to call: bodies come in by {@link Presence.ingest}. */
export interface IngestGateway {
    /** Names the gateway. */
    readonly kind: "ingest";
    /**
     * Whose bodies come in. Default `"waha"`. The readers of the others are loaded when they are named; those of `"waapi"` tell
     * all three dialects apart by themselves.
     */
    readonly from?: "waha" | "wawp" | "waapi";
}

/**
 * Options of {@link connect}. Unknown keys, wrong types and values out of range are refused by name.
 *
 * @example
 * const options: ConnectOptions = {
 *   gateway: { kind: "waha", baseUrl: "https://waha.example", session: "support", apiKey: fetchScopedKey },
 *   typingTtlMs: 12_000,
 *   guard: "strict",
 *   onError: ({ code, message }) => console.warn(code, message),
 * };
 */
export interface ConnectOptions {
    /** Where presence comes from. Everything else has a default. */
    readonly gateway: WahaGateway | WawpGateway | WaapiGateway | RelayGateway | IngestGateway;
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
    /** Most chats watched at once, by all tabs that share a feed together; the rest are `refused: too-many`. 1–10 000, default 200. */
    readonly maxWatchedChats?: number;
    /**
     * Whether what is known of watched chats, and their subscriptions, are kept in `sessionStorage` for when this tab is loaded again: nothing
     * is asked for twice, and nobody flickers. It holds ids; `close({ forget: true })` wipes it. Default `true`;
     * workers have no such storage, and there `true` is `unsupported`.
     */
    readonly keepOnReload?: boolean;
    /**
     * Whether the tabs of this origin that are connected to the same session of WAHA share one feed: one of them has it and makes the
     * subscribe calls for all, and another takes over when it goes. Without Web Locks or BroadcastChannel, and with gateways that have no feed,
     * each tab is alone. Default `true`.
     */
    readonly shareTabs?: boolean;
    /**
     * Tabs share with those alone that say the same here, such as the id of the user who is logged in. Default: none, and all of an account
     * share.
     */
    readonly shareKey?: string;
    /**
     * What becomes of a client at which nobody looks: all tabs that share its feed are hidden for a minute.
     *
     * - `"slow"`: the feed stays, so that typing, messages and whoever comes online are told. At most 6 calls in 62 s subscribe, two of
     *   them kept for focused chats: some twelve chats stay live at WAHA, more take turns.
     * - `"pause"`: no feed and no calls, {@link Connection.reason} is `"hidden"`, chats are `lapsed`. On return the feed is opened at once.
     *   On WAHA the account is not marked online meanwhile, and its owner's phone rings.
     * - `"keep"`: as if somebody looked.
     *
     * On return what is over is gone before the first frame is painted, and focused chats are asked for first. Default `"slow"`.
     */
    readonly background?: "slow" | "pause" | "keep";
    /** Entries of {@link Presence.log} kept for each chat; 0 for none. 0–10 000, default 200. */
    readonly logEntries?: number;
    /** Largest body taken in, in bytes. 1 024–16 777 216, default 1 048 576. */
    readonly maxBodyBytes?: number;
    /** Pairs of ids that name one person, where you know them. Default none. */
    readonly aliases?: Readonly<Record<LidId, ContactId>>;
    /** The class to open the feed with where the platform has no `WebSocket` (Node before 22), such as that of the `ws` package. */
    readonly webSocket?: WebSocketClass;
    /** Told of every error that no call of yours returns. It must not throw. Default: nobody is told. */
    readonly onError?: (error: PresenceError) => void;
    /** Told once when the WebAssembly module trapped: every call is `crashed` from then on. Connect again. */
    readonly onFatal?: (error: PresenceError) => void;
}

// The class is the package's own, in the hand-written half: there is one `PresenceError`, and whoever links to it finds it.
import type { PresenceError } from "../index.js";

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

/**
 * How others see us in one chat, at the pace of a person: one start every 8 s while keys come, one stop when they end. Everybody
 * who composes in a chat shares one indicator. Made by {@link Presence.composer}.
 */
export interface Composer {
    /** The chat's canonical id. */
    readonly chat: ChatId;
    /** What the chat is shown of us now, as far as is known. */
    readonly shows: ActivityKind | "none";
    /** A key was pressed: "typing…" is shown, and ends 5 s after the last key. */
    keystroke(): void;
    /**
     * A voice note is being recorded: shown until {@link sent} or {@link stop}, for five minutes at most.
     * @throws A {@link PresenceError}: `unsupported` where the gateway cannot show it: see {@link Capabilities.recording}
     */
    record(): void;
    /** Somebody or something works on an answer: "typing…" is shown until {@link sent} or {@link stop}, for 60 s at most. */
    work(): void;
    /** The message went out. What is shown ends at once. */
    sent(): void;
    /** They stopped. What is shown ends at once. */
    stop(): void;
    /**
     * Follows an input: keys that leave text in it show typing; emptying it, leaving it and submitting its form end that.
     * Returns what ends the following.
     */
    attach(input: EventTarget): Unlisten;
    /** Stops, and composes no more. Calling it twice is harmless. */
    close(): void;
    /** `using` closes it. */
    [Symbol.dispose](): void;
}

/** Options of {@link Presence.composer}. */
export interface ComposerOptions {
    /** Closes the composer when aborted. */
    readonly signal?: AbortSignal;
}

/** Days of {@link SupportHours}. */
export type Weekday = "monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday" | "sunday";

/** A span of the day on some days. One that ends before it begins ends on the day after. */
export interface SupportSpan {
    /** The days on which it begins. */
    readonly days: readonly Weekday[];
    /** When it begins, as `"09:00"`, where support is. */
    readonly from: `${number}:${number}`;
    /** When it ends; `"24:00"` is the end of the day. */
    readonly to: `${number}:${number}`;
}

/** When support is open, where support is. */
export interface SupportHours {
    /** As `Intl` names it: `"Europe/Berlin"`. Summer time is minded. */
    readonly timeZone: string;
    /** Open in any of these. */
    readonly open: readonly SupportSpan[];
}

/**
 * When our account is online by itself. Set with {@link Presence.setPolicy}.
 *
 * @example
 * const policy: OwnPolicy = {
 *   hours: { timeZone: "Europe/Berlin", open: [{ days: ["monday", "friday"], from: "09:00", to: "18:00" }] },
 *   healthy: async () => (await fetch("/healthz")).ok,
 * };
 */
export interface OwnPolicy {
    /** Online in these hours only. */
    readonly hours?: SupportHours;
    /**
     * Online only while we are well: a function, asked every 15 s, that says so within 10 s, or a signal that is not aborted.
     * One that throws or stays silent is not well.
     */
    readonly healthy?: (() => boolean | Promise<boolean>) | AbortSignal;
    /**
     * While offline otherwise, go online for 10 s about so often, up to a tenth earlier or later, so that "last seen" stays young.
     * In milliseconds. 900 000–86 400 000; off unless given.
     */
    readonly pulseEveryMs?: number;
}

/** How a policy stands. `null` is for what is not asked for, or not known yet. */
export interface OwnPolicyState {
    /** It runs in this tab, and not in another of this browser. */
    readonly runsHere: boolean;
    /** Support is open. */
    readonly open: boolean | null;
    /** {@link OwnPolicy.healthy} said so last. */
    readonly healthy: boolean | null;
}

/** What our account says of itself, frozen; the same object until it changes. */
export interface OwnState {
    /** What the gateway took from here last; `"unknown"` before that, after a reconnect, and where other tabs may have said more. */
    readonly availability: Availability;
    /** This client claims to be online: {@link Presence.setOnline}. */
    readonly claimed: boolean;
    /** Another tab of this browser does. */
    readonly claimedElsewhere: boolean;
    /** A {@link Ghost} of this client keeps the account unseen. */
    readonly ghost: boolean;
    /** One of another tab of this browser does: until it ends, claims from here wait. */
    readonly ghostElsewhere: boolean;
    /** The policy, if there is one. It runs in one tab of this browser at a time. */
    readonly policy: OwnPolicyState | null;
}

/**
 * What staying unseen costs, or what it cannot hide, on this gateway and engine: whoever shares nothing is told nothing
 * (`reciprocity`); watching, and typing, mark the account online for a while (`watching-marks-online`, `typing-marks-online`); the
 * engine goes online whatever it is told (`engine-goes-online`); the phone itself shows what its owner does (`phone`); messages that
 * are read are told so (`read-receipts`).
 */
export interface GhostPrice {
    /** Which price it is, for programs. */
    readonly code: "reciprocity" | "watching-marks-online" | "typing-marks-online" | "engine-goes-online" | "phone" | "read-receipts";
    /** A sentence for whoever pays it. */
    readonly detail: string;
}

/** What became of the read receipts. */
export interface ReadReceipts {
    /** Whether they were switched off. */
    readonly changed: boolean;
    /** How it is done where this gateway has no call for it; else `null`. */
    readonly how: string | null;
}

/** Options of {@link Presence.ghost}. */
export interface GhostOptions {
    /** `"off"` switches read receipts off, for the whole account and until they are switched on again. Default `"leave"`. */
    readonly readReceipts?: "leave" | "off";
}

/** The account kept unseen, until closed. */
export interface Ghost {
    /** What it costs here. */
    readonly price: readonly GhostPrice[];
    /** Resolves once the gateway answered. Rejects with a {@link PresenceError}. */
    readonly readReceipts: Promise<ReadReceipts>;
    /** Claims count again. Calling it twice is harmless. */
    close(): void;
    /** `using` closes it. */
    [Symbol.dispose](): void;
}

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

/**
 * One watched chat. Ends with {@link Watch.close}, with `using`, or with the `signal` it was opened with.
 *
 * @example
 * const chat = presence.watch("15550001111@c.us", { priority: "focused" });
 * chat.listen(({ availability, activity }) => draw(availability, activity));
 */
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
     * @throws A {@link PresenceError}: `closed`, `invalid-option`
     */
    listen(callback: (snapshot: Snapshot, change: Change) => void, options?: ListenOptions): Unlisten;
    /** Ends the watch and its listeners. Calling it twice is harmless. */
    close(): void;
    /** Every snapshot from now on; a slow reader gets the latest, not the backlog. Ends with the watch. */
    [Symbol.asyncIterator](): AsyncIterableIterator<Snapshot>;
    /** `using` closes it. */
    [Symbol.dispose](): void;
}

/**
 * A client of one gateway session. Made by {@link connect}, ended by {@link Presence.close}.
 *
 * Calls that return a promise reject with what others throw: a {@link PresenceError} with `invalid-chat` or `invalid-option` for what was
 * given, `closed` after {@link Presence.close}, `crashed` once the module trapped, and `aborted` by a signal.
 */
export interface Presence {
    /**
     * Follows a chat. Counted: two watches of one chat are one subscription, and closing one leaves the other.
     * On WAHA watching marks your own account online (see {@link Capabilities.watchMarksOnline}).
     * @throws A {@link PresenceError}: `invalid-chat`, `invalid-option`, `closed`
     * @example
     * using chat = presence.watch("15550001111@c.us");
     * for await (const { activity } of chat) draw(activity);
     */
    watch(chat: ChatId, options?: WatchOptions): Watch;
    /**
     * Replaces the set of chats that a virtual list shows. Chats that stay cost nothing; those that leave linger for 5 s.
     * @throws A {@link PresenceError}: `invalid-chat`, `invalid-option`, `closed`
     * @example
     * presence.setWatched(rows.map(({ id, isVisible }) => ({ chat: id, priority: isVisible ? "visible" : "background" })));
     */
    setWatched(
    chats: readonly { readonly chat: ChatId; readonly priority?: Priority; readonly lastInboundAtMs?: number }[],
    ): void;
    /**
     * Calls back with all changes of one moment together.
     * @throws A {@link PresenceError}: `closed`, `invalid-option`
     * @example
     * const unlisten = presence.listen((changes) => changes.forEach(({ snapshot }) => drawRow(snapshot.chat, snapshot)));
     */
    listen(callback: (changes: readonly Change[]) => void, options?: ListenOptions): Unlisten;
    /**
     * What is known of a chat, watched or not; `null` if it was never heard of.
     * @throws A {@link PresenceError}: `invalid-chat`
     */
    snapshot(chat: ChatId): Snapshot | null;
    /** Every watched chat. */
    chats(): readonly Snapshot[];
    /**
     * Takes in a webhook body as your backend received it: text, bytes, or the parsed object.
     * @throws A {@link PresenceError}: `malformed`, `too-large`, `closed`
     * @example
     * new EventSource("/my-webhooks").onmessage = ({ data }) => presence.ingest(data);
     */
    ingest(body: string | Uint8Array | object): void;
    /**
     * Says that two ids name one person.
     * @throws A {@link PresenceError}: `invalid-chat`, `invalid-option`, `closed`
     */
    addAlias(lid: LidId, contact: ContactId): void;
    /** The connection. The same object until it changes. */
    readonly connection: Connection;
    /** Calls back when the connection changes. */
    listenConnection(callback: (connection: Connection) => void, options?: ListenOptions): Unlisten;
    /** As far as is known by now: read it again once {@link Connection.session} is known. */
    readonly capabilities: Capabilities;
    /** How the calls stand that subscribe: a new object each time it is read. */
    readonly budget: Budget;
    /** What happened so far: a new object each time it is read. */
    readonly counters: Counters;
    /** Every endpoint as one typed call. */
    readonly rest: Rest;

    /**
     * Shows the chat that we type or record, at the pace of a person. Calls have a budget apart from subscriptions. Whatever was
     * shown is ended when the composer, the client or the page goes: by `fetch` with `keepalive`, which is as good as it gets, and no
     * promise. On WAHA and Wawp typing marks your account online for about 25 s, and the owner's phone stays silent meanwhile.
     * @throws A {@link PresenceError}: `unsupported` where the gateway calls nothing, `invalid-chat`, `invalid-option`, `closed`
     * @example
     * const composer = presence.composer(chat);
     * const detach = composer.attach(textarea);
     */
    composer(chat: ChatId, options?: ComposerOptions): Composer;
    /**
     * Claims that we are online: to everybody, until {@link setOffline}. While it stands the owner's phone shows no notifications, and
     * customers expect an answer within seconds. It is told again after a reconnect.
     * @throws A {@link PresenceError}: `unsupported` where the gateway shows others nothing of us, `closed`
     */
    setOnline(): void;
    /**
     * Ends the claim. Offline is told once no tab of this browser claims otherwise; then the phone notifies its owner again.
     * @throws A {@link PresenceError}: `unsupported` where the gateway shows others nothing of us, `closed`
     */
    setOffline(): void;
    /**
     * When to be online by itself; `null` ends that. It runs in one tab of this browser at a time, which takes Web Locks.
     * @throws A {@link PresenceError}: `unsupported` where the gateway shows others nothing of us, `invalid-option`, `closed`
     */
    setPolicy(policy: OwnPolicy | null): void;
    /** What our account says of itself. */
    readonly own: OwnState;
    /** Calls back when that changes. */
    listenOwn(callback: (own: OwnState) => void, options?: ListenOptions): Unlisten;
    /**
     * Keeps our account unseen, as far as this gateway and engine can, and says what that costs.
     * @throws A {@link PresenceError}: `unsupported` where the gateway shows others nothing of us, `invalid-option`, `closed`
     * @example
     * using ghost = presence.ghost();
     * ghost.price.forEach(({ detail }) => console.info(detail));
     */
    ghost(options?: GhostOptions): Ghost;

    /**
     * Resolves once nobody else in the chat types or records any more, or there is another reason not to wait.
     * It asks nothing of the gateway: watch the chat to be told of more than it tells by itself.
     * @example
     * const { reason } = await presence.whenQuiet(chat, { quietMs: 10_000, maxWaitMs: 60_000 });
     * if (reason === "message") answer = await generate();
     */
    whenQuiet(chat: ChatId, options?: QuietOptions): Promise<Quiet>;
    /** Resolves with `true` once they write, with `false` after the longest wait. */
    whenMessage(chat: ChatId, options?: MessageOptions): Promise<boolean>;
    /**
     * Takes a turn like a person: waits until it is quiet, shows "typing…" while `work` goes on, for 60 s at most, and stops.
     * What `work` throws is thrown, and typing ends all the same. Where they wrote while we waited (`waited.reason` is `"message"`),
     * the work begins at once, whatever they go on to write: call it again when it was overtaken.
     * @example
     * const { value, overtaken } = await presence.respond(chat, ({ signal }) => generate(signal));
     * if (!overtaken) await send(value);
     */
    respond<T>(chat: ChatId, work: (turn: Turn) => T | Promise<T>, options?: QuietOptions): Promise<Responded<T>>;
    /** Resolves once they are online, typing and writing included. The chat is watched meanwhile. */
    whenOnline(chat: ChatId, options?: OnlineOptions): Promise<Arrival>;
    /**
     * Calls `send` once they are online. If they do not come in time, or nothing is known of them, it is called all the same, unless
     * `otherwise` is `"drop"`. What `send` throws is thrown.
     * @example
     * const { sent } = await presence.sendWhenOnline(chat, () => send("Are you still there?"), { maxWaitMs: 600_000, otherwise: "drop" });
     */
    sendWhenOnline<T>(
    chat: ChatId,
    send: (arrival: Arrival) => T | Promise<T>,
    options?: OnlineOptions & { readonly otherwise?: "send" | "drop" },
    ): Promise<SentWhenOnline<T>>;
    /**
     * Calls back when one of a few people comes online, at once for those who are, each at most once per cool-down. They are watched
     * meanwhile. At most 50: more would be scanning, which gets accounts banned.
     * @throws A {@link PresenceError}: `invalid-option` for more of them, `invalid-chat`, `closed`
     * @example
     * const unlisten = presence.onAvailable(["15550001111@c.us"], (person) => notify(person), { coolDownMs: 3_600_000 });
     */
    onAvailable(people: readonly (ContactId | LidId)[], callback: (person: ChatId) => void, options?: CohortOptions): Unlisten;
    /**
     * Where to send a conversation. Costs at most one subscribe call of the budget, and none where enough is known.
     * @example
     * const { route } = await presence.routing(chat);
     * return route === "priority" ? assignAgent(chat) : openTicket(chat);
     */
    routing(chat: ChatId, options?: RoutingOptions): Promise<Routing>;
    /**
     * How the contact's side of a conversation moves, or a participant's; `null` where nothing was seen.
     * @throws A {@link PresenceError}: `invalid-chat`
     */
    momentum(chat: ChatId, participant?: ContactId | LidId): Momentum | null;
    /** Calls back when somebody turns out to struggle, once until they write. */
    onStruggling(callback: (struggling: Struggling) => void, options?: ListenOptions): Unlisten;
    /** What happened lately. */
    readonly log: ActivityLog;
    /**
     * Ends everything: watches, feed, timers. Calls in flight reject with `closed`. Calling it twice is harmless.
     * @param options `forget` wipes what {@link ConnectOptions.keepOnReload} keeps; default `false`.
     */
    close(options?: { readonly forget?: boolean }): void;
    /** `using` closes it. */
    [Symbol.dispose](): void;
}
