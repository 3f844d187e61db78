// A gateway within the page: what it tells goes through a WebSocket class of its own, what it is asked through `fetch`, and nothing
// through a network. It speaks WAHA, so that a client over it is the real one from end to end.

import { socketClass } from "./socket.js";
import { answerTo } from "./calls.js";
import { isChatId } from "../chat-id.js";

/** A name that resolves nowhere: what slips by cannot reach anybody. */
const DOMAIN = "fake-gateway.invalid";
const OURS = { id: "10000000000@c.us", lid: "990000000000@lid" };
/** What WhatsApp tells again to whoever subscribes. */
const LASTING = ["online", "offline"];
let made = 0;

export function fakeGateway({ session = "default", engine = "NOWEB" } = {}) {
  made += 1;
  const baseUrl = `https://${made}.${DOMAIN}`;
  const state = { baseUrl, session, engine, me: OURS, status: "WORKING", subscribed: new Set(), faults: [], calls: [] };
  /** Whether they are online, of those who said: whoever subscribes is told. */
  const known = new Map();
  const waiting = new Map();
  const { sockets, WebSocket } = socketClass(() => {
    tell("session.status", { name: session, status: state.status });
    release();
  });
  let told = 0;

  function tell(event, payload) {
    told += 1;
    const envelope = { id: `evt_fake_${made}_${told}`, timestamp: Date.now(), event, session, me: OURS, payload, engine };
    for (const socket of [...sockets]) socket.hear(JSON.stringify(envelope));
  }

  const nativeFetch = globalThis.fetch;
  async function fetch(input, init) {
    const url = String(input?.url ?? input);
    if (!url.startsWith(`${baseUrl}/`)) return nativeFetch.call(globalThis, input, init);
    return answerTo(state, url, init, (chat) => queueMicrotask(() => {
      release();
      for (const presence of known.get(chat)?.values() ?? []) tell("presence.update", { id: chat, presences: [presence] });
    }));
  }
  globalThis.fetch = fetch;

  function needsWatcher(chat) {
    if (sockets.size === 0) throw new Error("no client is connected: await connect(options) first, and gateway.watched(chat)");
    if (!state.subscribed.has(chat)) throw new Error("nobody has subscribed to that chat: watch it, and await gateway.watched(chat)");
  }

  function person(participant, { chat = participant } = {}) {
    if (!isChatId(participant) || !isChatId(chat)) throw new TypeError("expected an id that ends in @c.us or @lid, in a chat that is an id too");
    const is = (lastKnownPresence, lastSeen = null) => {
      needsWatcher(chat);
      const presence = { participant, lastKnownPresence, lastSeen };
      if (LASTING.includes(lastKnownPresence)) known.set(chat, new Map(known.get(chat)).set(participant, presence));
      tell("presence.update", { id: chat, presences: [presence] });
    };
    return Object.freeze({
      id: participant,
      chat,
      goesOnline: () => is("online"),
      goesOffline: (lastSeenAtMs) => is("offline", lastSeenAtMs === undefined ? null : Math.floor(lastSeenAtMs / 1_000)),
      types: () => is("typing"),
      records: () => is("recording"),
      pauses: () => is("paused"),
      // Messages come whether anybody subscribed or not.
      writes: () => tell("message", messageOf(participant, chat, told)),
    });
  }

  /** WhatsApp's connection, as the gateway has it: subscriptions do not outlive it. */
  function setStatus(status) {
    state.status = status;
    if (status !== "WORKING") state.subscribed.clear();
    tell("session.status", { name: session, status });
  }

  const isWatched = (chat) => sockets.size > 0 && state.subscribed.has(chat);

  /** Those who wait for what is so. */
  function release() {
    for (const [resolve, chat] of waiting) if (isWatched(chat) && waiting.delete(resolve)) resolve();
  }

  function watched(chat) {
    return isWatched(chat) ? Promise.resolve() : new Promise((resolve) => waiting.set(resolve, chat));
  }

  const gateway = {
    person,
    watched,
    setStatus,
    /** Ends every socket without a word. */
    disconnect: (code = 1006) => [...sockets].forEach((socket) => socket.end(code)),
    /** The next calls are answered so. */
    fail: ({ status, body = "", times = 1, headers = {} }) => state.faults.push({ status, body, times, headers }),
    /** Sends what no method here says: an envelope's event and payload. */
    tell,
    get calls() { return Object.freeze([...state.calls]); },
    get connected() { return sockets.size; },
    close() {
      gateway.disconnect();
      if (globalThis.fetch === fetch) globalThis.fetch = nativeFetch;
    },
  };
  if (Symbol.dispose !== undefined) gateway[Symbol.dispose] = gateway.close;
  const options = {
    gateway: { kind: "waha", baseUrl, session, apiKey: "key_fake", lookUpIds: false },
    webSocket: WebSocket,
    // Each test has a client of its own, that knows nothing of the one before.
    keepOnReload: false,
    shareTabs: false,
    guard: "off",
  };
  return { options: Object.freeze(options), gateway: Object.freeze(gateway) };
}

function messageOf(participant, chat, number) {
  const group = chat.endsWith("@g.us");
  const id = `false_${chat}_3EB0${String(number).padStart(16, "0")}`;
  const timestamp = Math.floor(Date.now() / 1_000);
  return { id, timestamp, from: chat, fromMe: false, to: null, participant: group ? participant : null, body: "", hasMedia: false, ack: 1, ackName: "SERVER" };
}
