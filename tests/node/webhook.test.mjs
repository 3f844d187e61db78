// Webhooks in Node: signed bodies, checked and decoded, and the example that hands them to pages.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { mkdir, symlink } from "node:fs/promises";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

import { decodeWebhook, ReplayGuard, verifyWebhook } from "../../pkg/webhook-node.js";
import { PresenceError } from "../../pkg/error.js";

const ANA = "15550001111@c.us";
const SECRET = "a secret of the tests";
const NOW = 1_785_000_000_000;

const envelope = (more) => ({
  id: "evt_1",
  timestamp: NOW,
  event: "presence.update",
  session: "default",
  payload: { id: ANA, presences: [{ participant: ANA, lastKnownPresence: "typing", lastSeen: 1_784_999_000 }] },
  ...more,
});
const sign = (body, algorithm = "sha512", secret = SECRET) => createHmac(algorithm, secret).update(body).digest("hex");
const signed = (body, more) => ({ body, headers: { "x-webhook-hmac": sign(body) }, secret: SECRET, nowMs: NOW, ...more });

test("a body is decoded to what it tells, and to nothing else", () => {
  const events = decodeWebhook(JSON.stringify(envelope()));
  assert.deepEqual(events, [{
    kind: "presence",
    id: "evt_1",
    atMs: NOW,
    chat: ANA,
    complete: false,
    presences: [{ participant: ANA, presence: "typing", lastSeenAtMs: 1_784_999_000_000 }],
  }]);
  assert.ok(Object.isFrozen(events) && Object.isFrozen(events[0].presences[0]));
  const message = envelope({ event: "message", payload: { id: "false_x", from: ANA, fromMe: false, timestamp: 1_784_999_999, body: "canary", media: { url: "canary" } } });
  const [told] = decodeWebhook(message);
  assert.deepEqual(told, { kind: "message", id: "evt_1", atMs: NOW, chat: ANA, sender: ANA, fromMe: false, messageId: "false_x", sentAtMs: 1_784_999_999_000 });
  assert.doesNotMatch(JSON.stringify(decodeWebhook([message, envelope({ event: "presence_update" })])), /canary/);
  assert.equal(decodeWebhook(envelope({ event: "session.status", payload: { status: "SCAN_QR_CODE" } }))[0].state, "needs-pairing");
  assert.equal(decodeWebhook(envelope({ event: "poll.vote" }))[0].kind, "unknown");
});

test("the dialect is told by the body alone", () => {
  const presence = { chatId: ANA, hasData: true, deny: false, isOnline: true, chatstate: { type: "typing", t: 1_785_000_000 } };
  const [first, ...more] = decodeWebhook({ event: "presence_update", instanceId: 123, data: { presence } });
  assert.deepEqual([first.kind, first.chat, first.id, first.atMs], ["presence", ANA, null, null]);
  assert.ok([first, ...more].some(({ presences }) => presences.some(({ presence }) => presence === "typing")));
  assert.equal(decodeWebhook({ event: "ready", instanceId: "123", data: { status: "ready" } })[0].state, "working");
  assert.equal(decodeWebhook({ event: "presence_update", instanceId: 123, data: { presence: { ...presence, deny: true, chatstate: null } } })[0].kind, "hidden");
  for (const payload of [{ chatId: ANA, type: "composing", from: ANA }, { id: ANA, presences: [{ participant: ANA, lastKnownPresence: "typing" }] }]) {
    assert.equal(decodeWebhook(envelope({ payload }))[0].presences[0].presence, "typing");
  }
  assert.equal(decodeWebhook(JSON.stringify(JSON.stringify([envelope(), envelope()]))).length, 2, "a text that holds JSON");
  assert.equal(decodeWebhook({ instance_id: "123", status: "WORKING", qr: null, ts: 1_785_000_000 })[0].state, "working");
});

test("the documented vector of WAHA is accepted, with any spelling of the header", () => {
  const body = '{"event":"message","session":"default","engine":"WEBJS"}';
  const digest = sign(body, "sha512", "my-secret-key");
  assert.match(digest, /^208f8a55.*fa89$/);
  for (const headers of [{ "X-Webhook-Hmac": digest }, new Headers({ "x-webhook-hmac": `sha512=${digest.toUpperCase()}` }), { "x-webhook-hmac": [digest] }]) {
    assert.equal(verifyWebhook({ body, headers, secret: "my-secret-key" }).fresh, "unknown");
  }
});

test("what is not signed with the secret is refused", () => {
  const body = JSON.stringify(envelope());
  const refused = (options, code) => assert.throws(() => verifyWebhook(options), (error) => error instanceof PresenceError && error.code === code && !error.message.includes(SECRET));
  refused(signed(body, { body: body.replace("typing", "paused") }), "unauthorized");
  refused(signed(body, { secret: "another" }), "unauthorized");
  refused(signed(body, { headers: {} }), "unauthorized");
  refused(signed(body, { headers: { "x-webhook-hmac": "nonsense" } }), "malformed");
  refused(signed(body, { headers: { "x-webhook-hmac": sign(body, "sha256") } }), "malformed");
  refused(signed(body, { secret: "" }), "invalid-option");
  refused(signed(body, { gateway: "telegram" }), "invalid-option");
  refused(signed(body, { tolerance: 1 }), "invalid-option");
  refused(signed(body, { body: envelope() }), "invalid-option");
  refused(signed("{", {}), "malformed");
});

test("each gateway signs in its own way", () => {
  const body = Buffer.from(JSON.stringify(envelope()));
  const by = (gateway, headers, more) => verifyWebhook({ body, headers, secret: SECRET, gateway, nowMs: NOW, ...more }).events.length;
  assert.equal(by("waapi", { "X-WaAPI-HMAC": sign(body, "sha256") }), 1);
  assert.equal(by("wawp", { "X-Webhook-Hmac": sign(body, "sha256") }), 1);
  assert.equal(by("wawp", { "X-Webhook-Hmac": sign(body, "sha512") }), 1);
  assert.equal(by("wawp", { "x-wawp-signature": sign(body, "sha256") }, { header: "X-Wawp-Signature" }), 1);
});

test("a body is fresh by its own time, and a copy is known by its id", () => {
  const body = JSON.stringify(envelope());
  const guard = new ReplayGuard();
  const at = (nowMs) => verifyWebhook(signed(body, { nowMs, guard }));
  assert.deepEqual([at(NOW).fresh, at(NOW + 900_000).fresh, at(NOW + 900_001).fresh, at(NOW - 900_001).fresh], [true, true, false, false]);
  assert.equal(at(NOW).repeated, true);
  assert.equal(verifyWebhook(signed(JSON.stringify(envelope({ id: "evt_2" })), { guard })).repeated, false);
  assert.equal(verifyWebhook(signed(body)).repeated, "unknown");
  const nameless = JSON.stringify(envelope({ id: undefined, timestamp: undefined }));
  assert.deepEqual((({ fresh, repeated }) => [fresh, repeated])(verifyWebhook(signed(nameless, { guard }))), ["unknown", "unknown"]);
});

test("the example hands signed events to pages, once, without what was said", async () => {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  await mkdir(`${root}node_modules`, { recursive: true });
  await symlink("../pkg", `${root}node_modules/wa-presence`).catch((error) => assert.equal(error.code, "EEXIST"));
  const server = spawn(process.execPath, ["examples/webhook-server.mjs"], { cwd: root, env: { ...process.env, WEBHOOK_SECRET: SECRET, PORT: "0" }, stdio: ["ignore", "pipe", "inherit"] });
  after(() => server.kill());
  const [line] = await once(createInterface(server.stdout), "line");
  const { url } = JSON.parse(line);
  const page = await fetch(`${url}/events`);
  const reader = page.body.pipeThrough(new TextDecoderStream()).getReader();
  assert.match((await reader.read()).value, /here/);
  const post = async (body, digest = sign(body)) => (await fetch(`${url}/webhook`, { method: "POST", body, headers: { "x-webhook-hmac": digest } })).status;
  const body = JSON.stringify(envelope({ timestamp: Date.now(), me: { id: "15550009999@c.us" }, metadata: { "user.email": "canary" } }));
  assert.equal(await post(body, sign(body, "sha512", "another")), 401);
  assert.equal(await post(body), 200);
  assert.equal(await post(body), 200);
  assert.equal(await post(JSON.stringify(envelope({ timestamp: Date.now() - 3_600_000 }))), 400);
  const last = JSON.stringify(envelope({ id: "evt_2", timestamp: Date.now(), event: "message", payload: { id: "false_y", from: ANA, fromMe: false, body: "canary", replyTo: { body: "canary" } } }));
  assert.equal(await post(last), 200);
  let told = "";
  while (!told.includes("evt_2")) told += (await reader.read()).value;
  assert.equal(told.split("data: ").length - 1, 2, "the copy and the old one were not told");
  assert.doesNotMatch(told, /canary|15550009999/);
  const [first] = told.split("\n\n");
  assert.equal(decodeWebhook(first.slice("data: ".length))[0].presences[0].presence, "typing");
});
