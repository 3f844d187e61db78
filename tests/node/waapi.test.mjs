// WaAPI from Node, against a server that answers as WaAPI's documents say: watching, webhooks, calls, and refusals.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { connect } from "../../pkg/node.js";

const ANA = "15550001111@c.us";
const TOKEN = "a-token-of-the-tests";

let baseUrl;
/** What came in, and what goes out next: by action. */
const asked = [];
const answers = new Map();

const server = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  const [, action] = request.url.match(/^\/instances\/123\/client\/(?:action\/)?([a-z-]+)$/) ?? [];
  asked.push({ action, method: request.method, authorization: request.headers.authorization, body: body && JSON.parse(body) });
  const { status = 200, headers = {}, json } = answers.get(action) ?? { status: 404, json: { message: "no such action" } };
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(json));
});

const nested = (data) => ({ json: { status: "success", data: { status: "success", instanceId: "123", data } } });
const presence = (more) => ({ chatId: ANA, isGroup: false, hasData: true, deny: false, isOnline: true, lastSeen: null, chatstate: null, typingParticipants: [], recordingParticipants: [], ...more });
const ready = { json: { clientStatus: { status: "success", instanceId: "123", instanceStatus: "ready" }, status: "success" } };
const gateway = (more) => ({ kind: "waapi", baseUrl, instanceId: "123", token: TOKEN, ...more });

before(async () => {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  baseUrl = `http://127.0.0.1:${server.address().port}`;
  answers.set("status", ready);
  answers.set("get-chat-presence", nested({ presence: presence() }));
});
after(() => server.close());

test("a chat is subscribed to, typing comes by webhook, and ends by itself", async () => {
  const client = await connect({ gateway: gateway(), typingTtlMs: 300 });
  const chat = client.watch(ANA);
  for (let tries = 0; tries < 100 && chat.snapshot.knowledge.state !== "live"; tries += 1) await sleep(20);
  assert.deepEqual([chat.snapshot.knowledge.state, chat.snapshot.availability], ["live", "online"]);
  const subscribe = asked.find(({ action }) => action === "get-chat-presence");
  assert.deepEqual(subscribe, { action: "get-chat-presence", method: "POST", authorization: `Bearer ${TOKEN}`, body: { chatId: ANA, waitForData: false } });
  await sleep(120);
  client.ingest({ event: "presence_update", instanceId: 123, data: { presence: presence({ chatstate: { type: "typing", t: 1_785_000_000 } }) } });
  assert.equal(chat.snapshot.activity, "typing");
  await sleep(450);
  assert.deepEqual([chat.snapshot.activity, chat.snapshot.lastActivity.endedBy], ["none", "ttl"]);
  client.ingest({ event: "presence_update", instanceId: "124", data: { presence: presence({ isOnline: false }) } });
  await sleep(120);
  assert.equal(chat.snapshot.availability, "online", "another instance says nothing of ours");
  client.close();
});

test("five silences are not offline", async () => {
  const client = await connect({ gateway: gateway() });
  const chat = client.watch(ANA);
  const read = async (json) => {
    answers.set("get-chat-presence", json);
    await client.rest.get(ANA);
    await sleep(120);
    return [chat.snapshot.knowledge.state, chat.snapshot.availability];
  };
  assert.deepEqual(await read(nested({ presence: presence({ hasData: false, isOnline: false }) })), ["waiting", "unknown"]);
  assert.deepEqual(await read(nested({ presence: presence({ hasData: false, deny: true, isOnline: false }) })), ["hidden", "unknown"]);
  assert.deepEqual(await read(nested({ presence: presence({ isOnline: false }) })), ["live", "offline"]);
  client.close();
});

test("the same codes as every gateway, in the gateway's own words", async () => {
  const client = await connect({ gateway: gateway() });
  for (const [status, json, code, words] of [
    [401, { message: "Unauthenticated." }, "unauthorized", /Unauthenticated/],
  ].concat([
    [404, { message: "instance does not exist" }, "not-found", /does not exist/],
    [409, { message: "instance is not ready" }, "not-ready", /not ready/],
    [200, { status: "error", message: "instance not ready" }, "not-ready", /not ready/],
    [200, { status: "success", data: { status: "error", message: "incorrect chatId format.", explanation: "no domain" } }, "bad-request", /incorrect chatId/],
    [422, { errors: { chatId: ["The chat id is required."] } }, "bad-request", /required/],
  ]).reverse()) {
    answers.set("get-chat-presence-snapshot", { status, json });
    await assert.rejects(client.rest.snapshot(ANA), (error) => error.code === code && error.gateway === "waapi" && words.test(error.message) && !error.message.includes(TOKEN), code);
  }
  client.close();
});

test("somebody who hides is explained by our own settings, asked for once", async () => {
  answers.set("get-chat-presence", nested({ presence: presence({ hasData: false, deny: true, isOnline: false }) }));
  answers.set("get-privacy-settings", nested({ settings: { lastSeen: "none", online: "match_last_seen" } }));
  const asks = () => asked.filter(({ action }) => action === "get-privacy-settings").length;
  const before = asks();
  const client = await connect({ gateway: gateway() });
  const chat = client.watch(ANA);
  for (let tries = 0; tries < 100 && chat.snapshot.knowledge.reason !== "reciprocity"; tries += 1) await sleep(20);
  assert.deepEqual({ ...chat.snapshot.knowledge }, { state: "hidden", reason: "reciprocity" });
  await client.rest.get(ANA);
  await sleep(120);
  assert.equal(asks(), before + 1);
  assert.deepEqual({ ...(await client.rest.privacy()) }, { sharesLastSeen: false, sharesOnline: false, sharesReads: null });
  answers.set("get-privacy-settings", nested({ settings: { lastSeen: "contacts", online: "all" } }));
  await client.rest.privacy();
  await sleep(120);
  assert.equal(chat.snapshot.knowledge.reason, "deny");
  answers.set("get-chat-presence", nested({ presence: presence() }));
  client.close();
});

test("read receipts are switched off where that was asked for, and nowhere else", async () => {
  answers.set("set-privacy-setting", nested({ settings: { lastSeen: "all", online: "all", readReceipts: "none" } }));
  answers.set("send-presence-unavailable", nested({ available: false }));
  const client = await connect({ gateway: gateway() });
  const changes = () => asked.filter(({ action }) => action === "set-privacy-setting").map(({ body }) => body);
  const unseen = client.ghost();
  assert.deepEqual(await unseen.readReceipts, { changed: false, how: null });
  assert.deepEqual(unseen.price.map(({ code }) => code), ["reciprocity", "phone", "read-receipts"]);
  assert.deepEqual(changes(), []);
  unseen.close();
  const silent = client.ghost({ readReceipts: "off" });
  assert.deepEqual(await silent.readReceipts, { changed: true, how: null });
  assert.deepEqual(changes(), [{ category: "readReceipts", value: "none" }]);
  silent.close();
  assert.deepEqual({ ...(await client.rest.setPrivacy("lastSeen", "contacts")) }, { sharesLastSeen: true, sharesOnline: true, sharesReads: false });
  await assert.rejects(client.rest.setPrivacy("lastSeen", "match-last-seen"), { code: "invalid-option" });
  client.close();
});

test("a page that calls nothing names whose webhooks it is handed", async () => {
  const body = { event: "presence_update", instanceId: 123, data: { presence: presence({ chatstate: { type: "typing", t: 1_785_000_000 } }) } };
  const client = await connect({ gateway: { kind: "ingest", from: "waapi" } });
  const chat = client.watch(ANA);
  client.ingest(body);
  assert.equal(chat.snapshot.activity, "typing");
  await assert.rejects(client.rest.privacy(), { code: "unsupported" });
  client.close();
  const other = await connect({ gateway: { kind: "ingest" } });
  other.ingest(body);
  assert.equal(other.counters.unknownEvents, 1, "counted, where they are not read");
  other.close();
  await assert.rejects(connect({ gateway: { kind: "ingest", from: "telegram" } }), { code: "invalid-option", message: /options\.gateway\.from: expected/ });
});

test("a rate limit is told with its wait", async () => {
  const client = await connect({ gateway: gateway() });
  answers.set("get-chat-presence-snapshot", { status: 429, headers: { "retry-after": "7" }, json: { message: "Too Many Attempts." } });
  await assert.rejects(client.rest.snapshot(ANA), { code: "rate-limited", status: 429, retryAfterMs: 7_000 });
  answers.set("get-chat-presence-snapshot", { json: { status: "success", data: { status: "success", data: null } } });
  assert.deepEqual(await client.rest.snapshot(ANA), { chat: ANA, presences: [] });
  await assert.rejects(client.rest.getAll(), { code: "unsupported" });
  await assert.rejects(client.rest.set("recording", ANA), { code: "unsupported" });
  client.close();
});
