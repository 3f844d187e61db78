/**
 * `wa-presence` in one file: the WebAssembly module lies in the script, compressed, and is unpacked where it runs. For bundlers that ship
 * no file beside a script (esbuild, plain Rollup), for a page of one script, and wherever a second request is unwelcome. It costs no
 * more bytes, and the module cannot be compiled while it is still on its way.
 *
 * The module of the hosted gateways is a second file of the same kind, loaded when `gateway.kind` asks for it. Servers get this form by
 * `wa-presence` itself.
 *
 * @example
 * import { connect } from "wa-presence/inline";
 * const presence = await connect({ gateway: { kind: "ingest" } });
 *
 * @module wa-presence/inline
 */
export * from "./index.js";
