// Wawp from Node, both versions, against a server that answers as Wawp's documents say: watching, webhooks, calls, refusals.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { connect } from "../../pkg/node.js";

const ANA = "15550001111@c.us";
const PATH = "/presence/15550001111%40c.us";
const TOKEN = "a-token-of-the-tests";

let baseUrl;
const asked = [];
const answers = new Map();

const server = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  const { authorization, "x-instance-id": instance } = request.headers;
  asked.push({ call: `${request.method} ${request.url}`, authorization, instance, body: body && JSON.parse(body) });
  const { status = 200, headers = {}, text = "" } = answers.get(`${request.method} ${request.url}`) ?? { status: 404, text: '{"code":"no_route","message":"No route."}' };
  response.writeHead(status, headers).end(text);
});
const json = (value, status = 200) => ({ status, headers: { "content-type": "application/json" }, text: JSON.stringify(value) });
const chat = (word) => json({ id: ANA, presences: [{ participant: ANA, lastKnownPresence: word, lastSeen: 1_785_000_000 }] });
const gateway = (version) => ({ kind: "wawp", version, baseUrl, instanceId: "123456789012", token: TOKEN });

before(async () => {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  baseUrl = `http://127.0.0.1:${server.address().port}`;
  for (const method of ["GET", "POST"]) answers.set(`${method} /session/info`, json({ status: "WORKING" }));
  answers.set(`POST ${PATH}/subscribe`, { status: 201 });
  answers.set(`GET ${PATH}`, chat("online"));
});
after(() => server.close());

for (const version of ["v1", "v2"]) {
  test(`${version}: a chat is subscribed to, typing comes by webhook in every form, and ends by itself`, async () => {
    asked.length = 0;
    const client = await connect({ gateway: gateway(version), typingTtlMs: 300 });
    const watched = client.watch(ANA);
    const subscribe = version === "v1" ? `GET ${PATH}` : `POST ${PATH}/subscribe`;
    for (let tries = 0; tries < 100 && !asked.some(({ call }) => call === subscribe); tries += 1) await sleep(20);
    const { body, authorization, instance } = asked.find(({ call }) => call === subscribe);
    if (version === "v1") assert.deepEqual([body, authorization, instance], ["", `Bearer ${TOKEN}`, "123456789012"]);
    else assert.deepEqual(body, { instance_id: "123456789012", access_token: TOKEN, chatId: ANA });
    assert.ok(asked.every(({ call }) => !call.includes(TOKEN)), "no token in an address");
    await sleep(150);
    const envelope = (payload) => ({ id: `evt_${Math.random()}`, timestamp: Date.now(), session: "default", event: "presence.update", payload });
    for (const payload of [
      { id: ANA, presences: [{ participant: ANA, lastKnownPresence: "composing", lastSeen: null }] },
      { chatId: ANA, type: "composing", from: ANA },
    ]) {
      client.ingest(envelope(payload));
      await sleep(120);
      assert.equal(watched.snapshot.activity, "typing");
      await sleep(450);
      assert.deepEqual([watched.snapshot.activity, watched.snapshot.lastActivity.endedBy], ["none", "ttl"]);
    }
    client.ingest(JSON.stringify(JSON.stringify(envelope({ id: ANA, status: "unavailable" }))));
    await sleep(120);
    assert.equal(watched.snapshot.availability, "offline");
    client.close();
  });
}

test("the same codes as every gateway, in the gateway's own words", async () => {
  const client = await connect({ gateway: gateway("v2") });
  for (const [answer, code, words] of [
    [json({ code: "invalid_session", message: "Session not found or not connected.", data: { status: 404 } }, 404), "not-ready", /not connected/],
    [json({ code: "invalid_session", message: "Session not found or not connected.", data: { status: 404 } }), "not-ready", /not connected/],
    [json({ wawp_upstream_error: "the engine is down" }), "engine", /engine/],
    [{ status: 400, text: "<error><message>chatId is missing</message></error>" }, "bad-request", /chatId is missing/],
    [{ status: 400, text: "chatId is missing" }, "bad-request", /chatId is missing/],
    [json({ code: "rate_limit", message: "Too many subscriptions." }, 429), "rate-limited", /Too many/],
    [json({ code: "rest_forbidden", message: "Invalid token." }, 401), "unauthorized", /Invalid/],
  ]) {
    answers.set(`GET ${PATH}`, answer);
    await assert.rejects(client.rest.get(ANA), (error) => error.code === code && error.gateway === "wawp" && words.test(error.message) && !error.message.includes(TOKEN), code);
  }
  await assert.rejects(client.rest.getAll(), { code: "unauthorized" });
  client.close();
});

test("any empty answer to a call that acts is success", async () => {
  const client = await connect({ gateway: gateway("v2") });
  for (const text of ["", "null", "{}", "[]", "OK"]) {
    answers.set("POST /send/start-typing", { status: 200, text });
    assert.equal(await client.rest.startTyping(ANA), undefined);
  }
  client.close();
});

test("options are read strictly", async () => {
  const refused = (more, message) => assert.rejects(connect({ gateway: { ...gateway("v2"), ...more } }), { code: "invalid-option", message });
  await refused({ version: 2 }, "options.gateway.version: expected a string, found number");
  await refused({ version: "v3" }, 'options.gateway.version: expected "v2" or "v1", found another value');
  await refused({ instanceId: "" }, 'options.gateway.instanceId: expected letters, digits, "_" and "-"');
  await refused({ token: undefined }, "options.gateway.token: expected a string or a function, found undefined");
});

test("in a page the token is refused, unless its owner insists", async () => {
  globalThis.document = {};
  const refusal = { code: "invalid-option", message: /^options\.gateway\.token: .*dangerouslyAllowVendorToken/ };
  await assert.rejects(connect({ gateway: gateway("v2") }), refusal);
  await assert.rejects(connect({ gateway: { kind: "waapi", instanceId: "1", token: () => TOKEN } }), refusal);
  (await connect({ gateway: { ...gateway("v2"), dangerouslyAllowVendorToken: true } })).close();
  delete globalThis.document;
});

test("in a page a key of WAHA's that is not scoped is warned of, once", async (t) => {
  globalThis.document = {};
  const warn = t.mock.method(console, "warn", () => {});
  const waha = (apiKey) => connect({ gateway: { kind: "waha", baseUrl, apiKey, feed: false } });
  (await waha("key_scoped")).close();
  assert.equal(warn.mock.callCount(), 0);
  (await waha("admin")).close();
  (await waha("admin")).close();
  assert.equal(warn.mock.callCount(), 1);
  assert.doesNotMatch(warn.mock.calls[0].arguments.join(), /admin/);
  delete globalThis.document;
});
