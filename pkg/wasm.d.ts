/**
 * The WebAssembly module itself, for bundlers that take it from the application's code. `wa-presence/hosted-wasm` is the other one, for the
 * gateways `"relay"`, `"wawp"` and `"waapi"`, and has the same type.
 *
 * @module wa-presence/wasm
 */

import type { connect, WasmSource } from "./index.js";

/**
 * What your bundler makes of an imported `.wasm` file: its address, or a module that is compiled already. Either may be handed to
 * {@link connect} as `load.wasm`.
 *
 * @example
 * import wasm from "wa-presence/wasm";
 * const presence = await connect(options, { wasm });
 */
declare const wasm: WasmSource;
export default wasm;
