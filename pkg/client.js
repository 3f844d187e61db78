// What every loader shares: the module is loaded once, and the classes get what a class made in Rust cannot declare.

import init, { connect as connectNow, Presence, Watch } from "./dist/wa_presence.js";
import { ingest } from "./ingest.js";

let loading;

// Loads the module from what `source()` gives, once; a failed attempt may be repeated.
function load(source) {
  loading ??= Promise.resolve(source()).then((module_or_path) => init({ module_or_path })).then(complete);
  loading.catch(() => { loading = undefined; });
  return loading;
}

export async function connectWith(source, options, { wasm } = {}) {
  await load(() => wasm ?? source());
  return connectNow(options);
}

// `using` ends a watch or a client as `close()` does. What wasm-bindgen would do instead, freeing the handle, leaves an
// object whose every use fails.
function complete() {
  delete Presence.prototype.ingestInbox;
  Presence.prototype.ingest = ingest;
  const dispose = Symbol.dispose;
  if (dispose === undefined) return;
  for (const made of [Presence, Watch]) {
    made.prototype[dispose] = made.prototype.close;
  }
}
