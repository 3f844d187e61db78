// What `memory.mjs` measures. Page side.

import { contact, presenceUpdate } from "./_bodies.mjs";
import { countTimers } from "./_holdings.mjs";

export async function measure({ chats }) {
  const { live, pause } = countTimers();
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
    await pause(500);
    settled();
  }
  const typing = presence.chats().filter(({ activity }) => activity === "typing").length;
  bytes.typing = size();
  const seen = { watched: watches.length, served: presence.budget.watched, typing, heard };
  presence.close();
  return { bytes, timers, left: live.size, seen };
}
