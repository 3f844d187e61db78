// What `memory.mjs` measures. Page side.

import { contact, presenceUpdate } from "./_bodies.mjs";

/** Every timer this page has set and neither cleared nor heard. */
const live = new Set();

export async function measure({ chats }) {
  const page = countTimers();
  const { default: init, connect } = await import("/pkg/dist/wa_presence.js");
  const exports = await init({ module_or_path: new URL("/pkg/dist/wa_presence_bg.wasm", location.href) });
  // Its name is shortened in the shipped module.
  const memory = Object.values(exports).find((value) => value instanceof WebAssembly.Memory);
  const size = () => memory.buffer.byteLength;
  const bytes = { loaded: size() };
  let timers = 0;
  const settled = () => { timers = Math.max(timers, live.size); };

  const presence = connect({ gateway: { kind: "ingest" }, maxWatchedChats: chats });
  let heard = 0;
  presence.listen((changes) => { heard += changes.length; });
  const watches = [];
  for (let n = 0; n < chats; n += 1) {
    watches.push(presence.watch(contact(n)));
    settled();
  }
  bytes.watched = size();
  for (const word of ["online", "typing"]) {
    for (let n = 0; n < chats; n += 1) {
      presence.ingest(presenceUpdate(contact(n), word).bytes);
      settled();
    }
    // Long enough for every change that was held back, short of the typing TTL.
    await page.pause(500);
    settled();
  }
  const typing = presence.chats().filter(({ activity }) => activity === "typing").length;
  bytes.typing = size();
  const seen = { watched: watches.length, served: presence.budget.watched, typing, heard };
  presence.close();
  return { bytes, timers, left: live.size, seen };
}

/** Wraps the page's timers, which the package finds on the global object. Its own pauses are not counted. */
function countTimers() {
  const { setTimeout, clearTimeout, setInterval, clearInterval } = globalThis;
  globalThis.setTimeout = (callback, delay, ...rest) => {
    const id = setTimeout(() => {
      live.delete(id);
      callback(...rest);
    }, delay);
    live.add(id);
    return id;
  };
  globalThis.setInterval = (...args) => {
    const id = setInterval(...args);
    live.add(id);
    return id;
  };
  const clear = (native) => (id) => {
    live.delete(id);
    native(id);
  };
  globalThis.clearTimeout = clear(clearTimeout);
  globalThis.clearInterval = clear(clearInterval);
  return { pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) };
}
