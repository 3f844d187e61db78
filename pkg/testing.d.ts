/**
 * A gateway and a clock for tests of your own, in a browser or in Node: nothing leaves the process.
 *
 * @module wa-presence/testing
 */

import type { ChatId, connect, ConnectOptions, ContactId, LidId } from "./index.js";

/**
 * Somebody in a chat, as a test plays them. Each call reaches every client that is connected at once; what a client tells of it follows its
 * usual rule: the first change at once, then at most one in 100 ms.
 */
export interface FakePerson {
  /** Who it is. */
  readonly id: ContactId | LidId;
  /** Where it is: their own chat, or a group. */
  readonly chat: ChatId;
  /**
   * Comes online. Whoever subscribes later is told so too.
   * @throws An `Error` when nobody has subscribed to the chat
   */
  goesOnline(): void;
  /**
   * Goes offline. Without a time this is what WhatsApp also says of people who hide theirs.
   * @param lastSeenAtMs When they were last seen, in Unix milliseconds; told in whole seconds.
   * @throws An `Error` when nobody has subscribed to the chat
   */
  goesOffline(lastSeenAtMs?: number): void;
  /**
   * Types; it ends by itself after `typingTtlMs`.
   * @throws An `Error` when nobody has subscribed to the chat
   */
  types(): void;
  /**
   * Records a voice note.
   * @throws An `Error` when nobody has subscribed to the chat
   */
  records(): void;
  /**
   * Stops typing or recording without having sent anything.
   * @throws An `Error` when nobody has subscribed to the chat
   */
  pauses(): void;
  /** Sends a message, which ends typing and proves them online. Messages reach every client, subscribed or not. */
  writes(): void;
}

/** A call that a client made. */
export interface FakeCall {
  /** The HTTP method, in capitals. */
  readonly method: string;
  /** Decoded, such as `/api/default/presence/15550001111@c.us/subscribe`. */
  readonly path: string;
  /** The body, parsed; `null` without one. */
  readonly body: unknown;
}

/** What {@link fakeGateway} returns. */
export interface FakeGatewayKit {
  /** For {@link connect}, to which you add your own. */
  readonly options: Pick<ConnectOptions, "gateway" | "webSocket" | "keepOnReload" | "shareTabs" | "guard">;
  /** The gateway to play. */
  readonly gateway: FakeGateway;
}

/** The gateway's side. */
export interface FakeGateway {
  /**
   * Somebody to play.
   * @param chat The group they are in; their own chat unless said.
   * @throws A `TypeError` for what is no id
   */
  person(id: ContactId | LidId, where?: { readonly chat?: ChatId }): FakePerson;
  /** Resolves once a client is connected and has subscribed to the chat. It never rejects: a test that forgot to watch waits. */
  watched(chat: ChatId): Promise<void>;
  /** Changes the connection to WhatsApp. Leaving `"WORKING"` ends all subscriptions, and calls are refused meanwhile. */
  setStatus(status: "STOPPED" | "STARTING" | "SCAN_QR_CODE" | "WORKING" | "FAILED"): void;
  /**
   * Ends the clients' sockets; they come back by themselves, the first time after a second or less.
   * @param code The close code. Default 1006, a connection that broke; 1008 is a refused key.
   */
  disconnect(code?: number): void;
  /**
   * Answers the next calls so. Faults are met in the order in which they were given.
   * @param fault `times` is how many calls; default 1. An object as `body` is sent as JSON.
   */
  fail(fault: {
    readonly status: number;
    readonly body?: string | object;
    readonly times?: number;
    readonly headers?: Readonly<Record<string, string>>;
  }): void;
  /** Tells every client an event in WAHA's own words, for what no method here says. */
  tell(event: string, payload: object): void;
  /** Every call so far, oldest first. */
  readonly calls: readonly FakeCall[];
  /** How many clients' sockets are open. */
  readonly connected: number;
  /** Ends the sockets and gives `fetch` back. */
  close(): void;
  /** `using` closes it. */
  [Symbol.dispose](): void;
}

/**
 * A gateway inside the test, in a browser or in Node: a client over it is the real one, module, subscriptions and all, and nothing leaves the
 * process. It stands in for `WebSocket` by the option `webSocket`, and for `fetch` for its own made-up address alone; all other
 * requests go where they always went.
 *
 * @param options `session`, default `"default"`; `engine`, what WAHA calls itself, default `"NOWEB"`.
 * @returns `options` for `connect`, to which you add your own, and the `gateway` to play. Both are frozen.
 * @example
 * const { options, gateway } = fakeGateway();
 * const presence = await connect({ ...options, typingTtlMs: 10_000 });
 * const chat = presence.watch("15550001111@c.us");
 * await gateway.watched(chat.id);
 * gateway.person("15550001111@c.us").types();
 * await clock.advance(100); // a clock of fakeClock(); that it is watched was told less than 100 ms ago
 * chat.snapshot.activity; // "typing"
 */
export function fakeGateway(options?: { readonly session?: string; readonly engine?: "NOWEB" | "GOWS" | "WEBJS" | "WPP" }): FakeGatewayKit;

/** Time in a test's hand. */
export interface FakeClock {
  /**
   * Lets time pass: every timer that is due runs at its own moment, and what promises have to say is said before the next.
   * @param ms Milliseconds, not below 0.
   * @throws A `TypeError` for anything else
   */
  advance(ms: number): Promise<void>;
  /** What time it is, in Unix milliseconds. */
  readonly nowMs: number;
  /** How many timers are set. */
  readonly timers: number;
  /** Gives back the real clocks and timers. Timers of the fake ones are dropped. */
  restore(): void;
  /** `using` restores them. */
  [Symbol.dispose](): void;
}

/**
 * Stops the clock: `setTimeout`, `setInterval` and their opposites, `Date` and `performance.now()` are the test's until `restore()`. Make
 * it before `connect`, and before whatever reads the time. Fake timers of vitest or jest do as well in its place.
 *
 * @param options `nowMs`, the time it begins at, in Unix milliseconds; default the real one.
 * @throws An `Error` when there is a fake clock already, `TypeError` for a time that is none
 * @example
 * const clock = fakeClock();
 * gateway.person("15550001111@c.us").types();
 * await clock.advance(15_000); // typingTtlMs
 * chat.snapshot.activity; // "none"
 * clock.restore();
 */
export function fakeClock(options?: { readonly nowMs?: number }): FakeClock;
