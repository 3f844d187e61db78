/**
 * Hooks for React 18 and later, over one client that {@link PresenceProvider} gives.
 *
 * @module wa-presence/react
 */

import type { ReactElement, ReactNode, RefCallback } from "react";

import type {
  ChatId, Composer, connect, Connection, ConnectOptions, LoadOptions, Presence, PresenceError, Snapshot, WatchOptions,
} from "./index.js";

/** Props of {@link PresenceProvider}: a client of yours, or the options to make one with. */
export type PresenceProviderProps = {
  /** What gets the client. */
  readonly children?: ReactNode;
} & (
  | {
      /** A client that is ready; closing it stays yours. `null` while there is none. */
      readonly client: Presence | null;
      /** Those that made it. */
      readonly options?: never;
      /** It is loaded already. */
      readonly load?: never;
    }
  | {
      /**
       * Options of {@link connect}; `null` while nobody shall be connected, as before a log-in. They may be written anew at every
       * render: the client is another one only when what `JSON.stringify` makes of them is. Functions among them are not compared;
       * the latest are called.
       */
      readonly options: ConnectOptions | null;
      /** Where the WebAssembly module is loaded from; read when connecting. Default: the file of this package. */
      readonly load?: LoadOptions;
      /** Made with the options. */
      readonly client?: never;
    }
);

/**
 * Gives everything below it one client. With `options` the client is the provider's own: connected in an effect, so never on a server,
 * and closed when it is unmounted; in StrictMode, which mounts twice, there is one all the same. To try again after an error, or to
 * connect anew with the same options, give the provider another `key`.
 *
 * It throws nothing: what stands in the way of a client is told by {@link usePresenceError}, errors of a connected client by the option
 * `onError`, and how the connection stands by {@link useConnection}.
 *
 * @example
 * <PresenceProvider options={{ gateway: { kind: "waha", baseUrl: "https://waha.example", apiKey: fetchScopedKey } }}>
 *   <Inbox />
 * </PresenceProvider>
 */
export function PresenceProvider(props: PresenceProviderProps): ReactElement;

/**
 * The client, for everything that has no hook; `null` on a server, while the module is loaded, and where there is none.
 *
 * @throws An `Error` without a {@link PresenceProvider} above, like all hooks here
 * @example
 * const client = usePresenceClient();
 * const answer = () => client?.respond(chat, generate);
 */
export function usePresenceClient(): Presence | null;

/**
 * Why the provider has no client; `null` while nothing is wrong. A {@link PresenceError} where options were refused (`invalid-option`) or
 * the module trapped (`crashed`); what the platform threw where the module could not be loaded. Always `null` with a client of yours.
 *
 * @example
 * const error = usePresenceError();
 * if (error !== null) return <p role="alert">Presence is not available: {error.message}</p>;
 */
export function usePresenceError(): PresenceError | Error | null;

/**
 * How the connection to the gateway stands; the same object until it changes. `null` on a server, and without a client.
 *
 * @example
 * const connection = useConnection();
 * return connection?.state === "open" ? null : <Banner text={connection?.state ?? "connecting"} />;
 */
export function useConnection(): Connection | null;

/** Options of {@link usePresence}. */
export type UsePresenceOptions = Pick<WatchOptions, "priority" | "lastInboundAtMs">;

/**
 * Watches a chat while the component is mounted, and draws it again when its snapshot changed: at once, then at most every 100 ms. The
 * snapshot is the same object until then, so `memo` works. All who show a chat share one subscription and, in one commit, one snapshot;
 * after the last of them the watch lingers for 5 s, so that mounting again, or mounting twice in StrictMode, asks the gateway for nothing.
 *
 * On a server, while it hydrates, and without a client the snapshot says what is true there: `knowledge.state` is `"unwatched"`,
 * `availability` `"unknown"` and `activity` `"none"`.
 *
 * @param chat Which chat; another one ends the watch of the one before. `null` or `undefined` while none is chosen, which gives `null`.
 * @param options How much it matters (`priority`, default `"visible"`), and when they last wrote (`lastInboundAtMs`, Unix milliseconds).
 * They may be written anew at every render.
 * @throws A {@link PresenceError}: `invalid-chat`, `invalid-option`: to the error boundary, once there is a client
 * @example
 * const { activity, availability, knowledge } = usePresence("15550001111@c.us", { priority: "focused" });
 * const known = knowledge.state === "live" ? availability : knowledge.state;
 * return <span>{activity === "none" ? known : `${activity}…`}</span>;
 */
export function usePresence(chat: ChatId, options?: UsePresenceOptions): Snapshot;
export function usePresence(chat: ChatId | null | undefined, options?: UsePresenceOptions): Snapshot | null;

/** A chat with options of its own. */
export interface WatchedChatOptions extends UsePresenceOptions {
  /** Which chat. */
  readonly chat: ChatId;
}

/** A chat of {@link useWatched}, with or without options. */
export type WatchedChat = ChatId | WatchedChatOptions;

/**
 * Watches all chats of a list that changes, as a virtual list does while it is scrolled. Chats that stay cost nothing, those that leave
 * linger for 5 s; what changed together is one render. Each list has watches of its own, so that a page may have many.
 *
 * Hand it more than is drawn, what is out of sight with `priority: "background"`, and rows are known before they appear.
 *
 * @param list The chats. It may be written anew at every render: what counts is what it says.
 * @returns Their snapshots in the order of the list; the same array until one of them changes, see {@link usePresence} for each.
 * @throws A {@link PresenceError}: `invalid-chat`, `invalid-option`: to the error boundary, once there is a client
 * @example
 * const rows = virtualizer.getVirtualItems();
 * const snapshots = useWatched(rows.map(({ index }) => chats[index].id));
 */
export function useWatched(list: readonly WatchedChat[]): readonly Snapshot[];

/** What {@link useComposer} gives: the calls of {@link Composer}, and a ref for an input. The same object at every render. */
export interface ComposerHandle {
  /** For the input to follow: `<textarea ref={composer.ref}>`. See {@link Composer.attach}. */
  readonly ref: RefCallback<EventTarget>;
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
 * @throws A {@link PresenceError}: `invalid-chat`: to the error boundary, once there is a client
 * @example
 * const composer = useComposer(chat);
 * return (
 *   <form onSubmit={(event) => { event.preventDefault(); send(); composer.sent(); }}>
 *     <textarea ref={composer.ref} />
 *   </form>
 * );
 */
export function useComposer(chat: ChatId | null | undefined): ComposerHandle;
