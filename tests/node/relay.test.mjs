// A relay from Node, against a server that answers as relay/PROTOCOL.md says: one stream by fetch, calls, tickets, refusals.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { connect } from "../../pkg/node.js";

const ANA = "15550001111@c.us";
const BEN = "15550002222@c.us";
const FEED = "0123456789abcdef0123456789abcdef";

let url;
/** What came in, and the streams that are open, by the ticket they were opened with. */
const asked = [];
const streams = new Map();
/** What is answered in place of the usual, by ticket. */
const refusals = new Map();

const server = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  const { authorization, "last-event-id": position } = request.headers;
  const ticket = authorization.replace("Bearer ", "");
  asked.push({ method: request.method, path: request.url, ticket, position, body: JSON.parse(body) });
  const refusal = refusals.get(ticket);
  const json = (status, value) => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
  if (refusal) return json(refusal.status, refusal);
  if (request.url === "/relay/feed") {
    response.writeHead(200, { "content-type": "text/event-stream" });
    streams.set(ticket, response);
    return tell(ticket, "hello", hello());
  }
  return json(200, { done: true, expiresAtMs: Date.now() + 600_000 });
});

function hello(more) {
  const session = { connection: "open", reason: null, session: "working", sinceAtMs: Date.now(), engine: null, capabilities: ["snapshot", "tellsHidden"] };
  const budget = { spent: 7, limit: 45, waiting: 0, inFlight: 0, nextAtMs: null, callsToday: 31, watched: 12 };
  return { feed: FEED, account: "support", gateway: "waapi", nowMs: Date.now(), expiresAtMs: Date.now() + 600_000, resumed: false, session, own: { online: null, claimed: false }, budget, ...more };
}

let position = 0;
function tell(ticket, event, data) {
  position += 1;
  const text = `id: s-${position}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
  // Cut in two, as networks do.
  streams.get(ticket).write(text.slice(0, 9));
  streams.get(ticket).write(text.slice(9));
}

const observed = (chat, word) => ({ id: `evt-${position}`, atMs: Date.now(), receivedAtMs: Date.now(), chat, presences: [{ participant: chat, word, lastSeenAtMs: null }] });
function live(chat, sentAtMs = Date.now()) {
  return { chat, state: "live", vouched: true, lease: { sentAtMs, sureUntilMs: sentAtMs + 20_000, maxUntilMs: sentAtMs + 60_000 } };
}
const gateway = (ticket) => ({ kind: "relay", url, account: "support", ticket });
const mine = (ticket) => asked.filter((one) => one.ticket === ticket);

async function until(what, isSo) {
  for (let tries = 0; tries < 250; tries += 1) {
    if (isSo()) return;
    await sleep(20);
  }
  assert.fail(`in vain: ${what}`);
}

before(async () => {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${server.address().port}/relay`;
});
after(() => {
  server.close();
  server.closeAllConnections();
});

test("chats are followed through one stream, and typing appears and ends", async () => {
  const wanted = [];
  const client = await connect({ gateway: gateway(async (about) => (wanted.push(about), "one")), typingTtlMs: 300 });
  const chat = client.watch(ANA);
  client.watch(BEN, { priority: "focused" });
  await until("the stream", () => client.connection.state === "open");
  assert.deepEqual(wanted, [{ chats: [BEN, ANA] }]);
  assert.deepEqual(mine("one")[0].body.chats, [{ chat: BEN, priority: "focused", fresh: true }, { chat: ANA, priority: "visible", fresh: true }]);
  tell("one", "knowledge", live(ANA));
  await until("the lease", () => chat.snapshot.knowledge.state === "live");
  assert.equal(chat.lease.maxUntilAtMs - chat.lease.sentAtMs, 60_000);
  tell("one", "observation", observed(ANA, "typing"));
  await until("typing", () => chat.snapshot.activity === "typing");
  await until("its end", () => chat.snapshot.activity === "none");
  assert.equal(chat.snapshot.lastActivity.endedBy, "ttl");
  const { gateway: kind, feed, list, snapshot } = client.capabilities;
  assert.deepEqual({ kind, feed, list, snapshot }, { kind: "waapi", feed: true, list: false, snapshot: true });
  const { spent, callsToday, watched } = client.budget;
  assert.deepEqual({ spent, callsToday, watched }, { spent: 7, callsToday: 31, watched: 12 });
  await client.rest.startTyping(ANA);
  assert.deepEqual(mine("one").at(-1).body, { account: "support", call: "startTyping", chat: ANA });
  assert.throws(() => client.ingest({ event: "presence_update" }), { code: "unsupported" });
  await assert.rejects(client.rest.getAll(), { code: "unsupported" });
  client.close();
  await until("the stream's end", () => streams.get("one").destroyed);
});

test("a stream that breaks is resumed where it broke", async () => {
  const client = await connect({ gateway: gateway(() => "two") });
  const chat = client.watch(ANA);
  await until("the stream", () => client.connection.state === "open");
  tell("two", "knowledge", live(ANA));
  tell("two", "observation", observed(ANA, "online"));
  const last = `s-${position}`;
  await until("online", () => chat.snapshot.availability === "online");
  streams.get("two").destroy();
  await until("the loss", () => client.connection.state === "reconnecting");
  assert.equal(chat.snapshot.availability, "online", "a moment is no gap");
  await until("the return", () => client.connection.state === "open");
  assert.deepEqual(mine("two").map(({ path, position: from }) => [path, from]), [["/relay/feed", undefined], ["/relay/feed", last]]);
  client.close();
});

test("a ticket that is refused ends it, in words that hold no ticket", async () => {
  const errors = [];
  refusals.set("three", { code: "unauthorized", message: "the ticket three is not signed by us", status: 401 });
  const client = await connect({ gateway: gateway(() => "three"), onError: (error) => errors.push(error) });
  await until("the refusal", () => client.connection.state === "unauthorized");
  await assert.rejects(client.rest.startTyping(ANA), { code: "unauthorized", gateway: "relay" });
  assert.equal(mine("three").length, 1, "the same ticket is not tried again");
  assert.deepEqual(errors.map(({ code }) => code), ["unauthorized"]);
  client.close();
});

test("options are read strictly", async () => {
  for (const [wrong, message] of [
    [{ kind: "relay", url, account: "support" }, /options\.gateway\.ticket: expected a function/],
    [{ ...gateway("a text"), ticket: "a text" }, /options\.gateway\.ticket: expected a function/],
    [{ ...gateway(() => ""), account: "" }, /options\.gateway\.account: expected the account's name at the relay, found nothing/],
    [{ ...gateway(() => ""), url: "presence.example" }, /options\.gateway\.url: expected an http or https URL/],
    [{ ...gateway(() => ""), url: "https://u:p@presence.example" }, /options\.gateway\.url: .*user name/],
    [{ ...gateway(() => ""), baseUrl: url }, /options\.gateway\.baseUrl/],
  ]) {
    await assert.rejects(connect({ gateway: wrong }), (error) => error.code === "invalid-option" && message.test(error.message), String(message));
  }
});
