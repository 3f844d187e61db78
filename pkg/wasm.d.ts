import type { WasmSource } from "./index.js";

/**
 * What your bundler makes of an imported `.wasm` file: its address, or a module that is compiled already. Either may be handed to
 * `connect` as `load.wasm`.
 *
 * @example
 * import wasm from "wa-presence/wasm";
 * const presence = await connect(options, { wasm });
 */
declare const wasm: WasmSource;
export default wasm;
