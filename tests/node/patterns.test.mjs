// Every example of docs/patterns.md, run: the gateway is simulated, what people do comes in as webhooks would bring it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { connect } from "../../pkg/node.js";
import { examplesOf } from "./_examples.mjs";

const { SIMULATOR_URL: baseUrl, SIMULATOR_API_KEY: apiKey } = process.env;
const skip = baseUrl === undefined && "SIMULATOR_URL is not set: cargo xtask test starts the gateway";
const session = `node-patterns-${process.pid}`;
const ANA = "15550001111@c.us";
const ran = new Set();
let examples;
let client;
let events = 0;

async function control(path, body, method = "POST") {
  const init = { method, body: body === undefined ? undefined : JSON.stringify(body) };
  const response = await fetch(`${baseUrl}/_control/sessions${path}`, init);
  assert.ok(response.ok, `${path}: ${response.status}`);
  return response.json();
}

/** What Ana sees of us: whether we are online, and what we do in her chat. */
async function view() {
  const { online, chats } = await control(`/${session}/view?person=${ANA}`, undefined, "GET");
  return { online, activity: chats[0].activity };
}

async function until(what, isSo) {
  for (let tries = 0; !(await isSo()); tries += 1) {
    assert.ok(tries < 300, `waited in vain for ${what}`);
    await sleep(20);
  }
}

const envelope = (event, payload) => {
  events += 1;
  client.ingest({ id: `evt_${events}`, timestamp: Date.now(), session, event, payload });
};
const ana = (word) => envelope("presence.update", { id: ANA, presences: [{ participant: ANA, lastKnownPresence: word, lastSeen: null }] });
const anaWrites = () => {
  const id = `false_${ANA}_MSG${events}`;
  envelope("message", { id, timestamp: Math.floor(Date.now() / 1_000), from: ANA, fromMe: false, body: "hello" });
};
const anaReads = () => envelope("message.ack", { id: `true_${ANA}_OURS`, from: ANA, to: ANA, fromMe: true, ack: 3, ackName: "READ" });

/** Takes an example by its name and notes that it was run. */
function example(name) {
  ran.add(name);
  return examples[name];
}

before(async () => {
  if (skip) return;
  examples = await examplesOf("docs/patterns.md");
  await control("", { name: session, engine: "WPP" });
  await control(`/${session}/people`, { name: "Ana", id: ANA });
  client = await connect({ gateway: { kind: "waha", baseUrl, session, apiKey, feed: false, lookUpIds: false }, guard: "off" });
});

after(async () => {
  if (skip) return;
  client.close();
  await control(`/${session}`, undefined, "DELETE");
});

test("showTyping: Ana sees us type while keys come, and no longer once it is sent", { skip }, async () => {
  const input = Object.assign(new EventTarget(), { value: "" });
  const sent = [];
  const end = example("showTyping")(client, ANA, input, (text) => sent.push(text));
  input.value = "Hel";
  input.dispatchEvent(new Event("input"));
  await until("typing", async () => (await view()).activity === "typing");
  input.dispatchEvent(Object.assign(new Event("keydown"), { key: "Enter" }));
  await until("the stop", async () => (await view()).activity === "none");
  assert.deepEqual([sent, input.value], [["Hel"], ""]);
  end();
});

test("recordVoice: Ana sees us record, and no longer once it is done, whatever became of it", { skip }, async () => {
  const blob = await example("recordVoice")(client, ANA, async () => {
    await until("recording", async () => (await view()).activity === "recording");
    return "a blob";
  });
  assert.equal(blob, "a blob");
  await until("the stop", async () => (await view()).activity === "none");
  const failed = examples.recordVoice(client, ANA, async () => { throw new Error("no microphone"); });
  await assert.rejects(failed, /no microphone/);
});

test("keepSupportHours: online exactly while it is open there and we are well", { skip }, async () => {
  let healthy = true;
  let asked = 0;
  example("keepSupportHours")(client, async () => { asked += 1; return healthy; });
  await until("the policy's first answers", () => client.own.policy?.open !== null && client.own.policy?.healthy !== null);
  const day = new Intl.DateTimeFormat("en-US", { timeZone: "Europe/Berlin", weekday: "short" }).format();
  const hour = Number(new Intl.DateTimeFormat("en-US", { timeZone: "Europe/Berlin", hour: "2-digit", hourCycle: "h23" }).format());
  const open = day === "Sat" ? hour >= 10 && hour < 14 : day !== "Sun" && hour >= 9 && hour < 18;
  assert.deepEqual(client.own.policy, { runsHere: true, open, healthy: true });
  // The same, open around the clock, so that both answers show at any hour.
  const days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
  client.setPolicy({ hours: { timeZone: "Asia/Kathmandu", open: [{ days, from: "00:00", to: "24:00" }] }, healthy: () => true });
  await until("online", async () => (await view()).online === true);
  client.setPolicy({ hours: { timeZone: "Asia/Kathmandu", open: [{ days, from: "00:00", to: "24:00" }] }, healthy: () => false });
  await until("offline", async () => (await view()).online === false);
  client.setPolicy(null);
  assert.equal(client.own.policy, null);
  assert.ok(asked >= 1);
});

test("bindSwitch: a claim shows, and its end", { skip }, async () => {
  const shown = [];
  const end = example("bindSwitch")(client, true, (own) => shown.push(own.availability));
  await until("online", async () => (await view()).online === true);
  await until("our own view of it", () => shown.at(-1) === "online");
  end();
  examples.bindSwitch(client, false, () => {})();
  await until("offline", async () => (await view()).online === false);
});

test("watchUnseen: the price is told, and how receipts are switched off where there is no call for it", { skip }, async () => {
  const lines = [];
  const end = await example("watchUnseen")(client, (line) => lines.push(line));
  assert.equal(client.own.ghost, true);
  assert.ok(lines.some((line) => line.includes("Whoever shares nothing is told nothing")));
  assert.ok(lines.at(-1).includes("Settings, Privacy, Read receipts"));
  end();
  assert.equal(client.own.ghost, false);
});

test("answerPolitely: what was generated for a question of before is generated again", { skip }, async () => {
  ana("typing");
  const answers = [];
  let generated = 0;
  const answered = example("answerPolitely")(client, ANA, async () => `answer ${(generated += 1)}`, async (text) => { answers.push(text); });
  await sleep(100);
  assert.deepEqual(answers, [], "she is typing");
  anaWrites();
  // Her message ended her typing; ten seconds of silence after it are the pattern's own.
  await answered;
  assert.deepEqual([answers, generated], [["answer 2"], 2]);
});

test("reply: typing shows while the work goes on; a message meanwhile makes the answer out of date", { skip }, async () => {
  const sent = [];
  const send = async (text) => { sent.push(text); };
  const generate = async () => {
    await until("typing", async () => (await view()).activity === "typing");
    return "here you are";
  };
  assert.equal(await example("reply")(client, ANA, generate, send), true);
  await until("the stop", async () => (await view()).activity === "none");
  const overtaken = await examples.reply(client, ANA, async (signal) => {
    anaWrites();
    await until("the signal", () => signal.aborted);
    return "too late";
  }, send);
  assert.deepEqual([overtaken, sent], [false, ["here you are"]]);
  const failing = examples.reply(client, ANA, async () => { throw new Error("the model failed"); }, send);
  await assert.rejects(failing, /the model failed/);
  await until("the stop", async () => (await view()).activity === "none");
});

test("sendWhenThere: sent as she comes; given up by its signal", { skip }, async () => {
  const watched = client.watch(ANA);
  ana("offline");
  let sends = 0;
  const send = async () => { sends += 1; };
  const sending = example("sendWhenThere")(client, ANA, send, AbortSignal.timeout(5_000));
  await sleep(50);
  assert.equal(sends, 0);
  ana("online");
  assert.deepEqual([await sending, sends], [true, 1]);
  ana("offline");
  const given = examples.sendWhenThere(client, ANA, send, AbortSignal.timeout(50));
  await assert.rejects(given, ({ code }) => code === "aborted");
  watched.close();
});

test("watchVips: told once, and not again within the hour", { skip }, async () => {
  const told = [];
  ana("offline");
  const end = example("watchVips")(client, [ANA], (vip) => told.push(vip));
  for (const word of ["online", "offline", "online"]) ana(word);
  await sleep(50);
  assert.deepEqual(told, [ANA]);
  end();
});

test("handOver: whoever is there is urgent, and nobody else", { skip }, async () => {
  const watched = client.watch(ANA);
  const handed = [];
  const queue = { urgent: (chat) => handed.push(["urgent", chat]), ticket: (chat) => handed.push(["ticket", chat]) };
  ana("online");
  assert.match(await example("handOver")(client, ANA, queue), /^priority: online, \d+ ms old$/);
  ana("offline");
  assert.match(await examples.handOver(client, ANA, queue), /^standard: offline, \d+ ms old$/);
  assert.deepEqual(handed, [["urgent", ANA], ["ticket", ANA]]);
  watched.close();
});

test("offerHelp and isReadAndUnanswered: from what happens in the chat", { skip }, async () => {
  const helped = [];
  const end = example("offerHelp")(client, (chat) => helped.push(chat));
  ana("typing");
  await sleep(50);
  assert.deepEqual(helped, [], "three minutes have not passed: virtual time tells that they would be");
  end();
  ana("online");
  const unanswered = example("isReadAndUnanswered");
  await until("her being online", () => client.snapshot(ANA).availability === "online");
  assert.equal(unanswered(client, ANA), false);
  anaReads();
  assert.equal(unanswered(client, ANA), true);
  anaWrites();
  assert.equal(unanswered(client, ANA), false);
});

test("uploadLog: lines of JSON without a phone number", { skip }, async () => {
  const uploads = [];
  const late = await example("uploadLog")(client, async (ndjson) => { uploads.push(ndjson); });
  const lines = uploads[0].trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.ok(lines.some(({ event }) => event === "typing-began") && lines.some(({ event }) => event === "read"));
  assert.ok(!uploads[0].includes(ANA.slice(0, ANA.indexOf("@"))), "no phone number");
  assert.deepEqual([late, client.log.entries().length], [0, 0]);
});

test("no example of the page goes untried", { skip }, () => {
  assert.deepEqual(Object.keys(examples).filter((name) => !ran.has(name)), []);
});
