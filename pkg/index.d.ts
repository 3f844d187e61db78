/**
 * The client: {@link connect} to a gateway, {@link Presence.watch} chats, and what is known of them comes as frozen {@link Snapshot}s.
 *
 * `wa-presence/hosted` exports the same, with the modules of all gateways at once, for service workers, which cannot load one late.
 *
 * @module wa-presence
 */

import type { ChatId, ConnectOptions, ErrorCode, Presence } from "./dist/wa_presence.js";

export type * from "./dist/wa_presence.js";

/**
 * What the WebAssembly module may be loaded from: an address, a response, bytes, or a module that is compiled already. By default it is
 * the file beside the script; on servers, and with `wa-presence/inline`, it lies in the script.
 */
export type WasmSource = URL | string | Response | Promise<Response> | ArrayBuffer | ArrayBufferView | WebAssembly.Module;

/** Where to load the WebAssembly module from. */
export interface LoadOptions {
  /** Default: the file of this package, or what lies in the script. Read when the module is first needed. */
  readonly wasm?: WasmSource;
}

/**
 * Connects to a gateway. Resolves once the module is loaded and the options are good; it never waits for the network.
 *
 * @param options The gateway, and what may differ from the defaults.
 * @param load Where to load the module from, if not from where it lies: `wa-presence/wasm`, or `wa-presence/hosted-wasm` for the gateways
 *   `"relay"`, `"wawp"` and `"waapi"` and bodies of theirs. Each of the two is loaded once, by the first call that needs it.
 * @throws A {@link PresenceError}: `invalid-option`, naming the option, what was expected and what was found; `network` where a module of this
 * package did not load; `unsupported` where the page's policy forbids WebAssembly, where a gateway's module would have to be loaded in a
 * service worker (`wa-presence/hosted` has it), or where a worker is to keep something on reload (`keepOnReload: true`)
 * @example
 * const presence = await connect({ gateway: { kind: "waha", baseUrl: "https://waha.example", apiKey: fetchScopedKey } });
 */
export function connect(options: ConnectOptions, load?: LoadOptions): Promise<Presence>;

/**
 * Makes a chat id out of a phone number as people write it, or checks one that is complete.
 *
 * @throws A {@link PresenceError}: `invalid-chat`
 * @example
 * chatId("+1 (555) 000-1111"); // "15550001111@c.us"
 */
export function chatId(text: string): ChatId;

/**
 * Whether a text is a chat id in its normal form. It throws nothing.
 *
 * @example
 * if (isChatId(text)) presence.watch(text); // text is a ChatId here
 */
export function isChatId(text: unknown): text is ChatId;

/**
 * Every error of this package. Its message never holds a phone number, a token or a URL. `instanceof` works across frames and bundles.
 *
 * @example
 * try {
 *   await presence.rest.get(chat);
 * } catch (error) {
 *   if (!(error instanceof PresenceError)) throw error;
 *   if (error.code === "rate-limited") retryIn(error.retryAfterMs ?? 60_000);
 * }
 */
export class PresenceError extends Error {
  /** An error as this package throws it, for tests of your own. */
  constructor(code: ErrorCode, message: string);
  /** Always this, by which it is known. */
  readonly name: "PresenceError";
  /** What went wrong, from a closed list. */
  readonly code: ErrorCode;
  /** The HTTP status, where there was one. */
  readonly status: number | null;
  /** How long the gateway asked to wait, in milliseconds, where the page may read it. */
  readonly retryAfterMs: number | null;
  /** The gateway's kind, where one was involved. */
  readonly gateway: string | null;
  /** What the platform threw, where a call failed before it was answered: `fetch`'s own `TypeError`. */
  readonly cause?: unknown;
}
