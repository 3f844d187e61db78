import type { ChatId, ConnectOptions, ErrorCode, Presence, PresenceError as PresenceErrorShape } from "./dist/wa_presence.js";

export type * from "./dist/wa_presence.js";

/**
 * What the WebAssembly module may be loaded from: an address, a response, bytes, or a module that is compiled already. By default it is
 * the file beside the script; on servers, and with `wa-presence/inline`, it lies in the script.
 */
export type WasmSource = URL | string | Response | Promise<Response> | ArrayBuffer | ArrayBufferView | WebAssembly.Module;

/**
 * Connects to a gateway. Resolves once the module is loaded and the options are good; it never waits for the network.
 *
 * @param options The gateway, and what may differ from the defaults.
 * @param load Where to load the module from, if not from where it lies: `wa-presence/wasm`, or `wa-presence/hosted-wasm` for the gateways
 *   `"relay"`, `"wawp"` and `"waapi"` and bodies of theirs. Each of the two is loaded once, by the first call that needs it.
 * @throws {@link PresenceError} `invalid-option`, naming the option, what was expected and what was found; `network` where a module of this
 * package did not load; `unsupported` where the page's policy forbids WebAssembly, or where a gateway's module would have to be loaded in a
 * service worker (`wa-presence/hosted` has it)
 * @example
 * const presence = await connect({ gateway: { kind: "waha", baseUrl: "https://waha.example", apiKey: fetchScopedKey } });
 */
export function connect(options: ConnectOptions, load?: { readonly wasm?: WasmSource }): Promise<Presence>;

/**
 * Makes a chat id out of a phone number as people write it, or checks one that is complete.
 *
 * @throws {@link PresenceError} `invalid-chat`
 * @example
 * chatId("+1 (555) 000-1111"); // "15550001111@c.us"
 */
export function chatId(text: string): ChatId;

/** Whether a text is a chat id in its normal form. */
export function isChatId(text: unknown): text is ChatId;

/** Every error of this package; `instanceof` works across frames and bundles. */
export const PresenceError: {
  new (code: ErrorCode, message: string): PresenceErrorShape;
  readonly prototype: PresenceErrorShape;
};
export type PresenceError = PresenceErrorShape;
