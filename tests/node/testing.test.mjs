// `wa-presence/testing` as users' tests have it: a real client over a fake gateway, with time in the test's hand.

import assert from "node:assert/strict";
import { afterEach, before, beforeEach, describe, mock, test } from "node:test";

import FakeTimers from "@sinonjs/fake-timers";

import { connect } from "../../pkg/node.js";
import { examplesOf } from "./_examples.mjs";
import { fakeClock, fakeGateway } from "../../pkg/testing.js";

const ANA = "15550001111@c.us";
const GROUP = "120363000000000001@g.us";
/** Whoever patched something gives it back, also when a test fails. */
const undo = [];

afterEach(() => undo.splice(0).reverse().forEach((restore) => restore()));

function clockOfOurs(options) {
  const clock = fakeClock(options);
  undo.push(clock.restore);
  return clock;
}

async function stage(more) {
  const { options, gateway } = fakeGateway();
  const errors = [];
  const presence = await connect({ ...options, onError: (error) => errors.push(error.code), ...more });
  undo.push(() => { presence.close(); gateway.close(); });
  return { gateway, presence, errors };
}

/** A watched chat, and who is in it. */
async function ana(more) {
  const { presence, gateway, errors } = await stage(more);
  const chat = presence.watch(ANA);
  await gateway.watched(ANA);
  return { presence, gateway, errors, chat, person: gateway.person(ANA) };
}

describe("typing ends after its time, whoever has the clock", () => {
  const clocks = {
    "our own": () => {
      const clock = clockOfOurs();
      return (ms) => clock.advance(ms);
    },
    "node:test": () => {
      mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_785_000_000_000 });
      // They do not take this one; it is read as well.
      mock.method(performance, "now", () => Date.now());
      undo.push(() => { mock.timers.reset(); mock.restoreAll(); });
      return (ms) => mock.timers.tick(ms);
    },
    "vitest and jest": () => {
      // Both are this package underneath.
      const clock = FakeTimers.install({ toFake: ["setTimeout", "clearTimeout", "Date", "performance"] });
      undo.push(() => clock.uninstall());
      return (ms) => clock.tick(ms);
    },
  };
  for (const [whose, install] of Object.entries(clocks)) {
    test(`the clock of ${whose}`, async () => {
      const advance = install();
      const { chat, person } = await ana({ typingTtlMs: 10_000 });
      person.types();
      // What happens within 100 ms of a change is told at their end.
      await advance(100);
      assert.equal(chat.snapshot.activity, "typing");
      await advance(9_890);
      assert.equal(chat.snapshot.activity, "typing");
      await advance(10);
      assert.equal(chat.snapshot.activity, "none");
      assert.equal(chat.snapshot.lastActivity.endedBy, "ttl");
    });
  }
});

describe("the fake gateway", () => {
  let clock;
  beforeEach(() => { clock = clockOfOurs({ nowMs: 1_785_000_000_000 }); });

  test("each thing that a person does is shown as a real gateway's word for it would be", async () => {
    const { chat, person } = await ana();
    const seen = async (act) => {
      act();
      await clock.advance(1_000);
      const { availability, activity, lastSeen } = chat.snapshot;
      return [availability, activity, lastSeen?.atMs ?? null];
    };
    assert.deepEqual(await seen(person.goesOnline), ["online", "none", null]);
    assert.deepEqual(await seen(person.types), ["online", "typing", null]);
    assert.deepEqual(await seen(person.pauses), ["online", "none", null]);
    assert.deepEqual(await seen(person.records), ["online", "recording", null]);
    assert.deepEqual(await seen(person.writes), ["online", "none", null]);
    assert.deepEqual(await seen(() => person.goesOffline(1_784_999_000_500)), ["offline", "none", 1_784_999_000_000]);
    assert.equal(chat.snapshot.knowledge.state, "live");
  });

  test("somebody in a group is one of its participants", async () => {
    const { presence, gateway } = await stage();
    const chat = presence.watch(GROUP);
    await gateway.watched(GROUP);
    gateway.person(ANA, { chat: GROUP }).types();
    await clock.advance(100);
    assert.deepEqual(chat.snapshot.active.map(({ participant, kind }) => [participant, kind]), [[ANA, "typing"]]);
  });

  test("what nobody could hear of is an error of the test, except for messages", async () => {
    const { gateway } = fakeGateway();
    undo.push(gateway.close);
    assert.throws(() => gateway.person(ANA).types(), /no client is connected/);
    const other = await stage();
    await clock.advance(1_000);
    assert.throws(() => other.gateway.person(ANA).types(), /nobody has subscribed to that chat/);
    other.gateway.person(ANA).writes();
    assert.equal(other.presence.snapshot(ANA).availability, "online");
    assert.throws(() => other.gateway.person("+1 555"), TypeError);
  });

  test("a connection that breaks comes back, and what was known is told again", async () => {
    const { presence, gateway, chat, person } = await ana();
    person.goesOnline();
    gateway.disconnect();
    assert.deepEqual([presence.connection.state, gateway.connected], ["reconnecting", 0]);
    await clock.advance(60_000);
    assert.deepEqual([presence.connection.state, gateway.connected], ["open", 1]);
    assert.equal(chat.snapshot.availability, "online");
  });

  test("a gateway that lost WhatsApp lapses what was known, until it is back", async () => {
    const { gateway, chat, person } = await ana();
    person.goesOnline();
    // What was asked as the feed opened is answered: an answer of before would come after the news.
    await clock.advance(3_000);
    gateway.setStatus("SCAN_QR_CODE");
    await clock.advance(1_000);
    assert.deepEqual([chat.snapshot.knowledge.state, chat.snapshot.availability], ["lapsed", "unknown"]);
    gateway.setStatus("WORKING");
    await clock.advance(5_000);
    assert.deepEqual([chat.snapshot.knowledge.state, chat.snapshot.availability], ["live", "online"]);
  });

  test("calls are kept, and the next ones fail as they are told to", async () => {
    const { presence, gateway } = await ana();
    await presence.rest.startTyping(ANA);
    assert.deepEqual(gateway.calls.at(-1), { method: "POST", path: "/api/startTyping", body: { chatId: ANA, session: "default" } });
    gateway.fail({ status: 429, headers: { "retry-after": "3" } });
    await assert.rejects(presence.rest.stopTyping(ANA), { code: "rate-limited", retryAfterMs: 3_000 });
    await presence.rest.stopTyping(ANA);
  });

  test("every call of WAHA's that a client makes has an answer", async () => {
    const { presence, errors } = await stage();
    const { rest } = presence;
    await rest.subscribe(ANA);
    assert.deepEqual(await rest.get(ANA), { chat: ANA, presences: [] });
    assert.deepEqual(await rest.getAll(), []);
    await rest.set("online");
    assert.equal((await rest.session()).state, "working");
    await assert.rejects(rest.lookUp(ANA), { code: "not-found" });
    assert.deepEqual(errors, []);
  });

  test("two gateways in one test are two worlds, and other requests go where they always went", async () => {
    const [first, second] = [await ana(), await ana()];
    first.person.types();
    await clock.advance(100);
    assert.deepEqual([first.chat.snapshot.activity, second.chat.snapshot.activity], ["typing", "none"]);
    assert.equal(await (await fetch("data:text/plain,elsewhere")).text(), "elsewhere");
  });

  test("closing gives fetch back", () => {
    const before = globalThis.fetch;
    const { gateway } = fakeGateway();
    assert.notEqual(globalThis.fetch, before);
    gateway.close();
    assert.equal(globalThis.fetch, before);
  });
});

describe("the fake clock", () => {
  test("runs what is due at its own moment, in order, with promises in between", async () => {
    const clock = clockOfOurs({ nowMs: 1_000 });
    const ran = [];
    setTimeout(() => ran.push(["later", Date.now(), performance.now()]), 200);
    setTimeout(async (word) => {
      ran.push([word, new Date().getTime()]);
      await null;
      setTimeout(() => ran.push(["from within", Date.now()]), 50);
    }, 100, "first");
    const interval = setInterval(() => ran.push(["again", Date.now()]), 90);
    const began = performance.now();
    await clock.advance(190);
    clearInterval(interval);
    assert.deepEqual(ran, [["again", 1_090], ["first", 1_100], ["from within", 1_150], ["again", 1_180]]);
    await clock.advance(1_000);
    assert.deepEqual(ran.at(-1), ["later", 1_200, began + 200]);
    assert.deepEqual([clock.nowMs, clock.timers, performance.now() - began], [2_190, 0, 1_190]);
  });

  test("restoring gives everything back, and a second clock before that is refused", () => {
    const before = [setTimeout, clearTimeout, setInterval, clearInterval, Date, performance.now, Object.hasOwn(performance, "now")];
    const clock = fakeClock();
    assert.throws(() => fakeClock(), /restore it first/);
    assert.ok(new Date() instanceof Date && typeof Date() === "string" && Date.UTC(2026, 0) > 0);
    clock.restore();
    const after = [setTimeout, clearTimeout, setInterval, clearInterval, Date, performance.now, Object.hasOwn(performance, "now")];
    assert.deepEqual(after, before);
  });

  test("what is no time is refused", async () => {
    assert.throws(() => fakeClock({ nowMs: Number.NaN }), TypeError);
    const clock = clockOfOurs();
    await assert.rejects(clock.advance(-1), TypeError);
  });
});

describe("the examples of docs/testing.md", () => {
  let examples;
  before(async () => { examples = await examplesOf("docs/testing.md"); });

  test("typing that ends by itself", async () => {
    assert.deepEqual(await examples.typingEndsByItself(), ["typing", "none"]);
  });

  test("a refusal with its type", async () => {
    assert.deepEqual(await examples.aRefusalIsTyped(), { code: "rate-limited", retryAfterMs: 3_000, calls: 1 });
  });
});
