// What calls cost and whom they may be about, in Node: there is no storage to share a budget by, so a client knows its own calls.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { connect } from "../../pkg/node.js";

const { SIMULATOR_URL: baseUrl, SIMULATOR_API_KEY: apiKey } = process.env;
const skip = baseUrl === undefined && "SIMULATOR_URL is not set: cargo xtask test starts the gateway";
const session = `node-budget-${process.pid}`;
const ANA = "15550001111@c.us";
const BEN = "15550002222@c.us";
const CLEO = "15550003333@c.us";
const HOUR_MS = 3_600_000;

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
  for (const [name, id] of [["Ana", ANA], ["Ben", BEN], ["Cleo", CLEO]]) await control(`/${session}/people`, { name, id });
  after(() => control(`/${session}`, undefined, "DELETE"));
}

const options = (more) => ({ gateway: { kind: "waha", baseUrl, session, apiKey, feed: false, lookUpIds: false }, ...more });

async function until(what, isSo) {
  for (let tries = 0; !isSo(); tries += 1) {
    assert.ok(tries < 300, `waited in vain for ${what}`);
    await sleep(20);
  }
}

/** Whom the gateway was asked about since it was asked that many times. */
async function asked(since) {
  const { calls } = await control(`/${session}/log`, undefined, "GET");
  return calls.filter(({ route }) => route === "subscribe").slice(since).map(({ chat }) => chat);
}

test("the budget tells of calls as they leave", { skip }, async () => {
  const client = await connect(options({ guard: "off" }));
  assert.ok(Object.isFrozen(client.budget));
  const { nextAtMs, ...before } = client.budget;
  assert.deepEqual(before, { spent: 0, limit: 45, waiting: 0, inFlight: 0, watched: 0, callsToday: 0 });
  assert.ok(Math.abs(nextAtMs - Date.now()) < 1_000, "a call may leave now");
  for (const chat of [ANA, BEN, CLEO]) client.watch(chat);
  assert.equal(client.budget.watched, 3);
  await until("three calls and their answers", () => client.budget.spent === 3 && client.budget.inFlight === 0);
  const { spent, waiting, callsToday, limit } = client.budget;
  assert.deepEqual({ spent, waiting, callsToday, limit }, { spent: 3, waiting: 0, callsToday: 3, limit: 45 });
  assert.equal(client.counters.subscribeCalls, 3);
  assert.equal(client.counters.unprompted, 0, "nobody counts whom nothing guards");
  client.close();
});

test("a subscription is dated as it is granted, and gone with the watch", { skip }, async () => {
  const client = await connect(options({ guard: "off" }));
  const chat = client.watch(ANA);
  assert.equal(chat.lease, null);
  const beganMs = Date.now();
  await until("a subscription", () => chat.lease !== null);
  const { sentAtMs, sureUntilAtMs, maxUntilAtMs } = chat.lease;
  assert.ok(Object.isFrozen(chat.lease));
  assert.ok(Math.abs(sentAtMs - beganMs) < 1_000, "it counts from when the call left");
  assert.ok(sureUntilAtMs > Date.now() && maxUntilAtMs >= sureUntilAtMs);
  chat.close();
  assert.equal(chat.lease, null);
  client.close();
});

test("a strict guard asks about nobody who has not written for a day", { skip }, async () => {
  const since = (await asked(0)).length;
  const client = await connect(options({ guard: "strict" }));
  const [ana, ben] = [client.watch(ANA), client.watch(BEN, { lastInboundAtMs: Date.now() - 25 * HOUR_MS })];
  client.watch(CLEO, { lastInboundAtMs: Date.now() - HOUR_MS });
  await until("the refusals", () => ana.snapshot.knowledge.state === "refused" && ben.snapshot.knowledge.state === "refused");
  assert.deepEqual(ana.snapshot.knowledge, { state: "refused", reason: "outside-24h", detail: null });
  assert.equal(ben.snapshot.knowledge.reason, "outside-24h", "a day and an hour are too long");
  await sleep(500);
  assert.deepEqual(await asked(since), [CLEO]);
  assert.equal(ana.lease, null);
  // The application looked into its records.
  client.watch(ANA, { lastInboundAtMs: Date.now() - HOUR_MS }).close();
  await until("a subscription to Ana", () => ana.lease !== null);
  // Ben writes.
  const payload = { id: "false_1", from: BEN, fromMe: false, timestamp: Math.floor(Date.now() / 1_000) };
  client.ingest({ id: "evt_1", timestamp: Date.now(), event: "message", session, engine: "NOWEB", payload });
  await until("a subscription to Ben", () => ben.lease !== null);
  assert.deepEqual(await asked(since), [CLEO, ANA, BEN]);
  client.close();
});
