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
