// Ten thousand watched chats, all of them typing at once: how much WebAssembly memory, and how many browser timers.
//
// Neither depends on how busy the machine is, so what is over its bar fails.

import { measureInPage } from "./_browser.mjs";

const CHATS = 10_000;
const MOST_BYTES = 16 * 1024 * 1024;
const MOST_TIMERS = 1;

const { chromium, bytes, timers, left, seen } = await measureInPage("_memory.mjs", { chats: CHATS });

console.log(`Chromium ${chromium}, ${CHATS} watched chats; the module alone has ${megabytes(bytes.loaded)}`);
const met = [
  judge(`WebAssembly memory, all watched`, megabytes(bytes.watched), bytes.watched <= MOST_BYTES, megabytes(MOST_BYTES)),
  judge(`WebAssembly memory, all typing`, megabytes(bytes.typing), bytes.typing <= MOST_BYTES, megabytes(MOST_BYTES)),
  judge(`browser timers at once`, timers, timers <= MOST_TIMERS, MOST_TIMERS),
  judge(`browser timers after close`, left, left === 0, 0),
];
const whole = seen.watched === CHATS && seen.served === CHATS && seen.typing === CHATS && seen.heard >= CHATS;
if (!whole) console.log(`expected ${CHATS} chats watched, served, typing and heard of, found ${JSON.stringify(seen)}`);
if (!whole || met.includes(false)) process.exitCode = 1;

function judge(what, found, holds, bar) {
  console.log(`${what.padEnd(33)} ${String(found).padStart(9)}  ≤ ${bar} ${holds ? "PASS" : "FAIL"}`);
  return holds;
}

function megabytes(bytes) {
  return `${(bytes / 1024 / 1024).toFixed(2)} MiB`;
}
