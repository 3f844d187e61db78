/**
 * Composables for Vue 3.5 and later, over one client that {@link presencePlugin} or {@link providePresence} gives.
 *
 * @module wa-presence/vue
 */

import type { MaybeRefOrGetter, Plugin, ShallowRef } from "vue";

import type {
  ChatId, Composer, connect, Connection, ConnectOptions, LoadOptions, Presence, PresenceError, Snapshot, WatchOptions,
} from "./index.js";

/** A client of yours, or the options to make one with. */
export type ProvidedPresence =
  | {
      /** A client that is ready; closing it stays yours. `null` while there is none. */
      readonly client: MaybeRefOrGetter<Presence | null>;
      /** Those that made it. */
      readonly options?: never;
      /** It is loaded already. */
      readonly load?: never;
    }
  | {
      /**
       * Options of {@link connect}; `null` while nobody shall be connected, as before a log-in. Where they are reactive, the client is
       * another one only when what `JSON.stringify` makes of them is. Functions among them are not compared; the latest are called.
       */
      readonly options: MaybeRefOrGetter<ConnectOptions | null>;
      /** Where the WebAssembly module is loaded from; read when connecting. Default: the file of this package. */
      readonly load?: LoadOptions;
      /** Made with the options. */
      readonly client?: never;
    };

/**
 * Gives an app one client. With `options` the client is the plugin's own: connected when the first component that asks is mounted, so
 * never on a server, and closed with the app.
 *
 * It throws nothing: what stands in the way of a client is told by {@link usePresenceError}, errors of a connected client by the option
 * `onError`, and how the connection stands by {@link useConnection}.
 *
 * @example
 * createApp(App)
 *   .use(presencePlugin, { options: { gateway: { kind: "waha", baseUrl: "https://waha.example", apiKey: fetchScopedKey } } })
 *   .mount("#app");
 */
export const presencePlugin: Plugin<[ProvidedPresence]>;

/**
 * The same for the components below the one whose `setup` calls it, and for as long as that one is mounted. To try again after an error,
 * give that component another `key`.
 *
 * @example
 * providePresence({ options: () => (user.value ? optionsOf(user.value) : null) });
 */
export function providePresence(given: ProvidedPresence): void;

/**
 * The client, for everything that has no composable; `null` on a server, while the module is loaded, and where there is none.
 *
 * @throws An `Error` without {@link presencePlugin} or {@link providePresence} above, like all composables here
 * @example
 * const client = usePresenceClient();
 * const answer = () => client.value?.respond(chat, generate);
 */
export function usePresenceClient(): Readonly<ShallowRef<Presence | null>>;

/**
 * Why there is no client; `null` while nothing is wrong. A {@link PresenceError} where options were refused (`invalid-option`) or the
 * module trapped (`crashed`); what the platform threw where the module could not be loaded. Always `null` with a client of yours.
 *
 * @example
 * const error = usePresenceError(); // <p v-if="error" role="alert">Presence is not available: {{ error.message }}</p>
 */
export function usePresenceError(): Readonly<ShallowRef<PresenceError | Error | null>>;

/**
 * How the connection to the gateway stands; the same object until it changes. `null` on a server, and without a client.
 *
 * @example
 * const connection = useConnection(); // <Banner v-if="connection?.state !== 'open'" />
 */
export function useConnection(): Readonly<ShallowRef<Connection | null>>;

/** Options of {@link usePresence}. */
export type UsePresenceOptions = Pick<WatchOptions, "priority" | "lastInboundAtMs">;

/**
 * Watches a chat from when the component is mounted until its scope ends, and follows a chat that changes. The ref changes when the
 * snapshot does: at once, then at most every 100 ms. All who show a chat share one subscription and one snapshot; after the last of them
 * the watch lingers for 5 s, so that mounting again asks the gateway for nothing.
 *
 * On a server, until it is mounted, and without a client the snapshot says what is true there: `knowledge.state` is `"unwatched"`,
 * `availability` `"unknown"` and `activity` `"none"`.
 *
 * @param chat Which chat, as a value, a ref or a getter. `null` or `undefined` while none is chosen: then the ref holds `null`.
 * @param options How much it matters (`priority`, default `"visible"`), and when they last wrote (`lastInboundAtMs`, Unix milliseconds).
 * @throws A {@link PresenceError}: `invalid-chat`, `invalid-option`: to the app's error handler, once there is a client
 * @example
 * const presence = usePresence(() => props.chat, { priority: "focused" });
 * const text = computed(() => {
 *   const { activity, availability, knowledge } = presence.value;
 *   return activity === "none" ? (knowledge.state === "live" ? availability : knowledge.state) : `${activity}…`;
 * });
 */
export function usePresence(
  chat: MaybeRefOrGetter<ChatId>,
  options?: MaybeRefOrGetter<UsePresenceOptions | undefined>,
): Readonly<ShallowRef<Snapshot>>;
export function usePresence(
  chat: MaybeRefOrGetter<ChatId | null | undefined>,
  options?: MaybeRefOrGetter<UsePresenceOptions | undefined>,
): Readonly<ShallowRef<Snapshot | null>>;

/** A chat with options of its own. */
export interface WatchedChatOptions extends UsePresenceOptions {
  /** Which chat. */
  readonly chat: ChatId;
}

/** A chat of {@link useWatched}, with or without options. */
export type WatchedChat = ChatId | WatchedChatOptions;

/**
 * Watches all chats of a list that changes, as a virtual list does while it is scrolled. Chats that stay cost nothing, those that leave
 * linger for 5 s; what changed together is told once. Each list has watches of its own, so that a page may have many.
 *
 * Hand it more than is drawn, what is out of sight with `priority: "background"`, and rows are known before they appear.
 *
 * @param list The chats, as a value, a ref or a getter.
 * @returns Their snapshots in the order of the list; the same array until one of them changes, see {@link usePresence} for each.
 * @throws A {@link PresenceError}: `invalid-chat`, `invalid-option`: to the app's error handler, once there is a client
 * @example
 * const snapshots = useWatched(() => rows.value.map(({ index }) => chats[index].id));
 */
export function useWatched(list: MaybeRefOrGetter<readonly WatchedChat[]>): Readonly<ShallowRef<readonly Snapshot[]>>;

/** What {@link useComposer} gives: the calls of {@link Composer}. */
export interface ComposerHandle {
  /** A key was pressed; only needed where no input is followed. "typing…" ends 5 s after the last. */
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
 * Shows the chat that we type or record, at the pace of a person, and no longer when the component is unmounted or another chat is chosen.
 * Without a client, without a chat, and with the gateway `ingest`, which shows others nothing, every call does nothing.
 *
 * @param chat Which chat, as a value, a ref or a getter.
 * @param input The input to follow, as a template ref: see {@link Composer.attach}.
 * @throws A {@link PresenceError}: `invalid-chat`: to the app's error handler, once there is a client
 * @example
 * const input = useTemplateRef<HTMLTextAreaElement>("input"); // <textarea ref="input" />
 * const composer = useComposer(() => props.chat, input);
 */
export function useComposer(
  chat: MaybeRefOrGetter<ChatId | null | undefined>,
  input?: MaybeRefOrGetter<EventTarget | null | undefined>,
): ComposerHandle;
