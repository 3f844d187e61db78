// What every loader shares: a module is loaded once, and its classes get what a class made in Rust cannot declare.

import { PresenceError, unloaded } from "./error.js";
import { completeConversation } from "./conversation.js";
import { guardAgainstTraps } from "./crash.js";
import { ingestOf } from "./ingest.js";

/** Vendors whose dialects are in a module of their own: hardly a page may hold their tokens. */
const VENDORS = ["wawp", "waapi"];
/** Gateways to call that are in that module. */
const HOSTED = [...VENDORS, "relay"];

// `connect` by one of two modules: the one at hand, and the one that is imported once a gateway needs it.
export function connectBy(small, importHosted) {
  return async function connect(options, load) {
    return isHosted(options) ? (await importHosted()).connect(options, load) : small(options, load);
  };
}

/** What was made of each glue: two entries of the package may stand over one. */
const clients = new WeakMap();

// `connect` for one module: its glue, and where its WebAssembly comes from by default.
export function clientOf(glue, source) {
  if (!clients.has(glue)) clients.set(glue, makeClient(glue, source));
  return clients.get(glue);
}

function makeClient(glue, source) {
  const { default: init, connect: connectNow, ActivityLog, Composer, Ghost, Presence, Rest, SnapshotIterator, Watch } = glue;
  let loading;

  // A failed attempt may be repeated.
  function load(from) {
    loading ??= begin(from);
    loading.catch(() => { loading = undefined; });
    return loading;
  }

  async function begin(from) {
    try {
      await init({ module_or_path: await from() });
    } catch (cause) {
      throw unloaded(cause);
    }
    complete();
  }

  // `using` ends a watch or a client as `close()` does. What wasm-bindgen would do instead, freeing the handle, leaves an
  // object whose every use fails.
  function complete() {
    Presence.prototype.ingest = ingestOf(glue);
    completeConversation(glue);
    guardAgainstTraps([ActivityLog, Composer, Ghost, Presence, Rest, SnapshotIterator, Watch]);
    const dispose = Symbol.dispose;
    if (dispose === undefined) return;
    for (const made of [Presence, Watch, Composer, Ghost]) {
      made.prototype[dispose] = made.prototype.close;
    }
  }

  return async function connect(options, { wasm } = {}) {
    await load(() => wasm ?? source());
    return connectNow(options);
  };
}

/** Whether options ask for that module: by a gateway to call, or by whose bodies come in. */
function isHosted(options) {
  const { kind, from } = options?.gateway ?? {};
  if (kind !== "ingest") return HOSTED.includes(kind);
  if (from === undefined || from === "waha") return false;
  if (VENDORS.includes(from)) return true;
  const message = 'options.gateway.from: expected "waha", "wawp" or "waapi", found another value';
  throw new PresenceError("invalid-option", message);
}
