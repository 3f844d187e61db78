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
