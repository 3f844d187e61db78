// Clients that come and go in one page, at a gateway that is in the page as well. Page side of `tests/e2e/cycles.mjs`.

import { contact, presenceUpdate } from "./_bodies.mjs";
import { countChannels, countListeners, countTimers } from "./_holdings.mjs";

/** An odd number, so that nobody does the same twice in a row. */
const CHATS = 51;
const ANSWERS = { sessions: { name: "default", status: "WORKING", engine: { engine: "NOWEB" } }, subscribe: {} };

const timers = countTimers();
const listeners = countListeners();
const channels = countChannels();
/** Lives as long as the page: what listens to it for a client must not. */
const leaving = new AbortController();
const sockets = new Set();
let requests = 0;
let opened;
let turn = 0;

const { connect } = await import("/pkg/index.js");
const { default: loaded } = await import("/pkg/dist/wa_presence.js");
await connect({ gateway: { kind: "ingest" } }).then((presence) => presence.close());
// It is loaded already. Names are shortened in the shipped module.
const exports = Object.values(await loaded());
const memory = exports.find((value) => value instanceof WebAssembly.Memory);
const table = exports.find((value) => value instanceof WebAssembly.Table);
globalThis.fetch = answer;

/** So many clients one after the other, each with a feed that opens and brings one event. */
export async function run(times, shareTabs) {
  for (let time = 0; time < times; time += 1) await live(shareTabs);
  // What was given up is over a moment later.
  await timers.pause(50);
}

/** Bytes and objects that WebAssembly has in this page. */
export function size() {
  let references = 0;
  for (let n = 0; n < table.length; n += 1) references += Number((table.get(n) ?? null) !== null);
  return { wasm: memory.buffer.byteLength, references };
}

/** What is left that should not be, of clients that are closed. */
export async function holdings() {
  const { held, pending } = await navigator.locks.query();
  return {
    timers: timers.live.size,
    listeners: Object.fromEntries([...listeners].filter(([, count]) => count !== 0)),
    channels: channels.size,
    locks: held.length + pending.length,
    sockets: sockets.size,
    requests,
  };
}

async function live(shareTabs) {
  turn += 1;
  const [chat, word] = [contact(turn % CHATS), ["typing", "recording"][turn % 2]];
  const open = new Promise((resolve) => { opened = resolve; });
  const presence = await connect({
    gateway: { kind: "waha", baseUrl: "https://waha.example", apiKey: "key_of_nobody", lookUpIds: false },
    guard: "off",
    webSocket: FakeSocket,
    shareTabs,
  });
  const { signal } = leaving;
  const heard = new Promise((resolve) => {
    presence.listen((changes) => changes.some(({ snapshot }) => snapshot.activity === word) && resolve(), { signal });
  });
  const watch = presence.watch(chat, { signal });
  presence.watch(contact(CHATS));
  const [read, unread] = [watch[Symbol.asyncIterator](), watch[Symbol.asyncIterator]()];
  (await open).onmessage({ type: "message", data: presenceUpdate(chat, word).text });
  await heard;
  if ((await read.next()).value.activity !== word) throw new Error("the reader read something else");
  // Some of it is under way as the client closes.
  const asked = [presence.rest.session(), presence.rest.subscribe(chat), unread.next().then(() => unread.next())];
  presence.close();
  await Promise.allSettled(asked);
}

class FakeSocket {
  constructor() {
    sockets.add(this);
    queueMicrotask(() => {
      this.onopen?.({ type: "open" });
      opened(this);
    });
  }

  close() {
    sockets.delete(this);
  }
}

/** Every other answer takes a while. */
async function answer(url, { signal }) {
  requests += 1;
  try {
    const name = url.split("/").find((part) => part in ANSWERS);
    const body = JSON.stringify(ANSWERS[name] ?? []);
    if (turn % 2 === 0) return new Response(body);
    return await new Promise((resolve, reject) => {
      signal.onabort = () => reject(new DOMException("it was given up", "AbortError"));
      timers.pause(1).then(() => resolve(new Response(body)));
    });
  } finally {
    requests -= 1;
  }
}
