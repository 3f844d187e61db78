// The package in Node against the simulated gateway: calls work by fetch; a feed needs a WebSocket, which Node has from 22 on.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

// Taken away before the client looks for it, so that every Node is as one without.
delete globalThis.WebSocket;
const { connect, PresenceError } = await import("../../pkg/node.js");

const { SIMULATOR_URL: baseUrl, SIMULATOR_API_KEY: apiKey } = process.env;
const skip = baseUrl === undefined && "SIMULATOR_URL is not set: cargo xtask test starts the gateway";
const session = `node-${process.pid}`;
const ANA = "15550001111@c.us";
const LID = "900000001@lid";

async function control(path, body, method = "POST") {
  const response = await fetch(`${baseUrl}/_control/sessions${path}`, {
    method,
    headers: { "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  assert.ok(response.ok, `${path}: ${response.status}`);
  return response.json();
}

if (!skip) {
  await control("", { name: session });
  await control(`/${session}/people`, { name: "Ana", id: ANA, lid: LID, shownAsLid: false, online: true });
  after(() => control(`/${session}`, undefined, "DELETE"));
}

const gateway = (more) => ({ kind: "waha", baseUrl, session, apiKey, ...more });

test("without a WebSocket the feed is unsupported, once, and calls work", { skip }, async () => {
  const errors = [];
  const client = await connect({ gateway: gateway(), onError: (error) => errors.push(error) });
  const chat = client.watch(ANA);
  const { state } = await client.rest.session();
  assert.equal(state, "working");
  for (let tries = 0; tries < 100 && chat.snapshot.knowledge.state !== "live"; tries += 1) {
    await client.rest.get(ANA);
    await sleep(30);
  }
  assert.equal(chat.snapshot.availability, "online", "what is read is known");
  await sleep(1_500);
  assert.deepEqual(errors.map(({ code }) => code), ["unsupported"]);
  assert.ok(errors[0] instanceof PresenceError);
  assert.match(errors[0].message, /WebSocket.*presence\.ingest\(\)/);
  client.close();
});

test("every call under rest works by fetch", { skip }, async () => {
  const client = await connect({ gateway: gateway({ feed: false, lookUpIds: false }) });
  const { rest } = client;
  assert.equal(await rest.subscribe(ANA), undefined);
  assert.equal(await rest.set("online"), undefined);
  assert.equal(await rest.set("typing", ANA), undefined);
  assert.equal(await rest.startTyping(ANA), undefined);
  assert.equal(await rest.stopTyping(ANA), undefined);
  await sleep(300);
  const chat = await rest.get(ANA);
  assert.deepEqual(chat, { chat: ANA, presences: [{ participant: ANA, presence: "online", lastSeenAtMs: null }] });
  assert.deepEqual(await rest.getAll(), [chat]);
  assert.deepEqual(await rest.session(), { status: "WORKING", state: "working", presence: "online", engine: "NOWEB" });
  assert.deepEqual(await rest.lookUp(LID), { lid: LID, contact: ANA });
  client.close();
});

test("errors of a gateway are typed, and Node may read Retry-After", { skip }, async () => {
  const client = await connect({ gateway: gateway({ feed: false }) });
  await control(`/${session}/fail`, { status: 429, route: "/presence", headers: { "Retry-After": "3" } });
  await assert.rejects(client.rest.getAll(), { name: "PresenceError", code: "rate-limited", status: 429, retryAfterMs: 3_000, gateway: "waha" });
  await control(`/${session}/fail`, { status: 200, route: "/presence", delayMs: 5_000 });
  const abort = new AbortController();
  setTimeout(() => abort.abort("a reason"), 50);
  await assert.rejects(client.rest.getAll({ signal: abort.signal }), { code: "aborted" });
  await control(`/${session}/fail`, { status: 200, route: "/presence", delayMs: 5_000 });
  const call = client.rest.getAll();
  setTimeout(() => client.close(), 50);
  await assert.rejects(call, { code: "closed" });
});

test("a gateway that is not there is a network error", async () => {
  const client = await connect({ gateway: { kind: "waha", baseUrl: "http://127.0.0.1:2", feed: false } });
  const error = await client.rest.session().then(() => assert.fail("it is not there"), (error) => error);
  assert.equal(error.code, "network");
  assert.equal(error.status, null);
  assert.ok(error.cause instanceof TypeError, "what fetch threw goes along");
  client.close();
});

test("a feed opens with the class of sockets it is given", { skip }, async () => {
  const opened = [];
  class FakeSocket {
    constructor(url) {
      this.url = new URL(url);
      opened.push(this);
      setTimeout(() => this.onopen({ type: "open" }), 5);
    }
    say(event, payload) {
      const body = { id: `evt_${event}`, timestamp: Date.now(), event, session, engine: "NOWEB", payload };
      this.onmessage({ type: "message", data: JSON.stringify(body) });
    }
    close() {}
  }
  const errors = [];
  const client = await connect({ gateway: gateway(), webSocket: FakeSocket, onError: (error) => errors.push(error) });
  const chat = client.watch(ANA);
  await sleep(50);
  assert.equal(opened.length, 1);
  assert.equal(opened[0].url.searchParams.get("session"), session);
  opened[0].say("presence.update", { id: ANA, presences: [{ participant: ANA, lastKnownPresence: "typing", lastSeen: null }] });
  // A chat is heard of once in 100 ms, and it was, when it was watched.
  await sleep(150);
  assert.equal(client.connection.state, "open");
  assert.equal(chat.snapshot.activity, "typing");
  opened[0].onclose({ type: "close", code: 1006 });
  assert.equal(client.connection.state, "reconnecting");
  assert.deepEqual(errors, []);
  client.close();
});

test("a class of sockets that is none is refused", async () => {
  await assert.rejects(connect({ gateway: { kind: "ingest" }, webSocket: "ws" }), {
    code: "invalid-option",
    message: "options.webSocket: expected a function, found string",
  });
});
