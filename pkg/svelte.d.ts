/**
 * Stores and an action for Svelte 4 and 5, over a client of {@link presenceClient} or one of your own.
 *
 * @module wa-presence/svelte
 */

import type {
  ChatId, Composer, connect, Connection, ConnectOptions, LoadOptions, Presence, PresenceError, Snapshot, WatchOptions,
} from "./index.js";

/** What Svelte takes for a store: `run` is called with the value at once and at every change, until the function that is returned ends it. */
export interface Readable<T> {
  /** Calls `run` with the value, at once and at every change. Returns what ends that. */
  subscribe(this: void, run: (value: T) => void): () => void;
}

/** A client as all stores here take it: one that is ready, `null` while there is none, or a store of either. */
export type ClientSource = Presence | null | Readable<Presence | null>;

/** A client that is there while a component is mounted; the store holds `null` until it is connected. */
export interface PresenceClient extends Readable<Presence | null> {
  /**
   * Why there is no client; `null` while nothing is wrong. A {@link PresenceError} where options were refused (`invalid-option`) or the
   * module trapped (`crashed`); what the platform threw where the module could not be loaded. Mount it again to try again.
   */
  readonly error: Readable<PresenceError | Error | null>;
  /**
   * For `onMount`: connects, and returns what unmounts. Counted: the client is closed with the last of those who mounted it. Svelte calls it
   * in the page only, so on a server nothing is connected.
   */
  readonly mount: () => () => void;
}

/**
 * A client for a layout, or for a module that many components import. Nothing happens before it is mounted.
 *
 * It throws nothing: what stands in the way of a client is told by `error`, errors of a connected client by the option `onError`, and how
 * the connection stands by {@link connectionOf}.
 *
 * @param options Options of {@link connect}; for others make another client.
 * @param load Where the WebAssembly module is loaded from. Default: the file of this package.
 * @example
 * // presence.js
 * export const client = presenceClient({ gateway: { kind: "waha", baseUrl: "https://waha.example", apiKey: fetchScopedKey } });
 * // +layout.svelte
 * onMount(client.mount);
 */
export function presenceClient(options: ConnectOptions, load?: LoadOptions): PresenceClient;

/**
 * How the connection to the gateway stands. `null` on a server, and without a client.
 *
 * @example
 * const connection = connectionOf(client); // {#if $connection?.state !== "open"} … {/if}
 */
export function connectionOf(client: ClientSource): Readable<Connection | null>;

/** Options of {@link presenceOf}. */
export type PresenceOptions = Pick<WatchOptions, "priority" | "lastInboundAtMs">;

/**
 * The snapshot of a chat, watched while somebody subscribes: at once, then whenever it changes, at most every 100 ms. All who show a chat
 * share one subscription and one snapshot; after the last of them the watch lingers for 5 s, so that mounting again asks the gateway for
 * nothing.
 *
 * On a server, and without a client, the snapshot says what is true there: `knowledge.state` is `"unwatched"`, `availability` `"unknown"`
 * and `activity` `"none"`.
 *
 * @param client The client, or a store of it.
 * @param chat Which chat; make another store for another one. `null` or `undefined` while none is chosen: then the value is `null`.
 * @param options How much it matters (`priority`, default `"visible"`), and when they last wrote (`lastInboundAtMs`, Unix milliseconds).
 * @throws A {@link PresenceError}: `invalid-chat`, `invalid-option`, when subscribed to, once there is a client
 * @example
 * const presence = $derived(presenceOf(client, chat)); // Svelte 4: $: presence = presenceOf(client, chat);
 * // {$presence.activity}
 */
export function presenceOf(client: ClientSource, chat: ChatId, options?: PresenceOptions): Readable<Snapshot>;
export function presenceOf(client: ClientSource, chat: ChatId | null | undefined, options?: PresenceOptions): Readable<Snapshot | null>;

/** A chat with options of its own. */
export interface WatchedChatOptions extends PresenceOptions {
  /** Which chat. */
  readonly chat: ChatId;
}

/** A chat of {@link watchedOf}, with or without options. */
export type WatchedChat = ChatId | WatchedChatOptions;

/** The snapshots of a list that changes, in its order; the same array until one of them changes. */
export interface Watched extends Readable<readonly Snapshot[]> {
  /**
   * The chats to watch from now on. Those that stay cost nothing, those that leave linger for 5 s.
   * @throws A {@link PresenceError}: `invalid-chat`, `invalid-option`, once there is a client and somebody subscribes
   */
  readonly watch: (list: readonly WatchedChat[]) => void;
}

/**
 * Watches all chats of a list that changes, as a virtual list does while it is scrolled, for as long as somebody subscribes. What changed
 * together is told once. Each list has watches of its own, so that a page may have many.
 *
 * Hand it more than is drawn, what is out of sight with `priority: "background"`, and rows are known before they appear.
 *
 * @param list The chats at the beginning. Default none.
 * @example
 * const snapshots = watchedOf(client);
 * $effect(() => snapshots.watch(rows.map(({ id }) => id))); // Svelte 4: $: snapshots.watch(…);
 */
export function watchedOf(client: ClientSource, list?: readonly WatchedChat[]): Watched;

/** An action for one input, with the calls of {@link Composer} for whoever needs them. */
export interface ComposerAction {
  /** Follows the input while it is there: see {@link Composer.attach}. Another chat ends what the one before was shown. */
  (
    input: EventTarget,
    chat: ChatId | null | undefined,
  ): {
    /** Called by Svelte for another chat. */
    readonly update: (chat: ChatId | null | undefined) => void;
    /** Called by Svelte when the input goes. */
    readonly destroy: () => void;
  };
  /** A key was pressed in something that fires no `input` event. "typing…" ends 5 s after the last. */
  readonly keystroke: () => void;
  /**
   * A voice note is being recorded: shown until `sent` or `stop`, for five minutes at most.
   * @throws A {@link PresenceError}: `unsupported` where the gateway can show typing only
   */
  readonly record: () => void;
  /** Something works on an answer: "typing…" until `sent` or `stop`, for 60 s at most. */
  readonly work: () => void;
  /** The message went out. What is shown ends at once. Needed where a program empties the input: no event tells of that. */
  readonly sent: () => void;
  /** They stopped. What is shown ends at once. */
  readonly stop: () => void;
}

/**
 * Shows the chat that we type or record, at the pace of a person, and no longer when the input goes or another chat is chosen. Without a
 * client, without a chat, and with the gateway `ingest`, which shows others nothing, it does nothing. One for each input.
 *
 * @throws A {@link PresenceError}: `invalid-chat`, when the action is used, once there is a client
 * @example
 * const composer = composerOf(client);
 * // <textarea use:composer={chat}></textarea> <button onclick={() => { send(); composer.sent(); }}>Send</button>
 */
export function composerOf(client: ClientSource): ComposerAction;
