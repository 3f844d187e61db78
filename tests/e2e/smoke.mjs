// The proof behind `cargo xtask demo --smoke`: a contact is seen typing on the page and, never having paused, seen vanishing
// 15.0 ± 0.5 s after their last typing event. What the gateway emitted is taken from its webhooks, not from the page.

import { createServer } from "node:http";
import { once } from "node:events";
import { launch } from "./browser.mjs";
import { Simulator, until } from "./simulator.mjs";
import { sightings, watchActivity } from "./sightings.mjs";

const TTL_MS = 15_000;
const TOLERANCE_MS = 500;
const LIMIT_MS = 150_000;
const { PAGE_URL, SIMULATOR_URL, SIMULATOR_SESSION = "default", SCREENSHOT } = process.env;

const emissions = [];
const receiver = await receive(emissions);
const names = await register(receiver.url);
const browser = await launch();
let passed = false;
try {
  passed = await drive(await browser.newPage({ viewport: { width: 1280, height: 820 } }));
} catch (error) {
  console.log(error.message);
} finally {
  await browser.close();
  receiver.close();
}
process.exitCode = passed ? 0 : 1;

async function drive(page) {
  await watchActivity(page);
  await page.goto(PAGE_URL);
  await page.locator("#status[data-state=open]").waitFor();
  console.log(`${clock(Date.now())} the page is connected`);
  const screenshot = photographer(page);
  let proof = null;
  await until("somebody who types, never pauses and vanishes", async () => {
    const seen = await sightings(page);
    proof = prove(seen);
    // A picture may hold the page up: none is taken while somebody is about to vanish.
    const typing = [...latest(seen).values()].filter(({ activity }) => activity === "typing");
    if (typing.some(({ atMs }) => Date.now() - atMs < TTL_MS - 3_000)) await screenshot(typing);
    return proof !== null;
  }, LIMIT_MS);
  return report(proof);
}

/** The first contact who vanished without the gateway having said anything after "typing". */
function prove(seen) {
  for (const [index, end] of seen.entries()) {
    const began = seen.slice(0, index).findLast(({ name }) => name === end.name);
    if (end.activity !== "none" || began?.activity !== "typing") continue;
    const told = emissions.filter(({ name, atMs }) => name === end.name && atMs <= end.atMs);
    const last = told.at(-1);
    if (last?.word === "typing") return { name: end.name, began, end, first: firstOfRun(told), last };
  }
  return null;
}

function firstOfRun(told) {
  const before = told.findLastIndex(({ word }) => word !== "typing");
  return told[before + 1];
}

function report({ name, began, end, first, last }) {
  const took = end.atMs - last.atMs;
  const lag = began.atMs - first.atMs;
  console.log(`${clock(first.atMs)} the gateway says that ${name} is typing`);
  console.log(`${clock(began.atMs)} the page shows it, ${lag} ms later`);
  console.log(`${clock(last.atMs)} the last typing event; no pause, message or other word followed`);
  console.log(`${clock(end.atMs)} the page shows it no more, ${(took / 1_000).toFixed(3)} s after that event`);
  const onTime = Math.abs(took - TTL_MS) <= TOLERANCE_MS;
  if (!onTime) console.log(`expected ${TTL_MS} ± ${TOLERANCE_MS} ms, found ${took}`);
  return onTime;
}

/** Photographs the page while somebody types, and again whenever more people do. */
function photographer(page) {
  let most = 0;
  return async (typing) => {
    if (!SCREENSHOT || typing.length <= most) return;
    if (most === 0) await page.locator('#chats [data-activity="typing"]').first().click();
    await page.screenshot({ path: SCREENSHOT });
    most = typing.length;
  };
}

function latest(seen) {
  return new Map(seen.map((sighting) => [sighting.name, sighting]));
}

/** Webhooks in: who was said to do what in their own chat, and when, by the gateway's clock. */
async function receive(into) {
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    response.writeHead(200).end();
    into.push(...spoken(JSON.parse(body)));
    into.sort((a, b) => a.atMs - b.atMs);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

function spoken({ event, timestamp: atMs, payload }) {
  if (event === "message") return [{ atMs, name: names.get(payload.from), word: "message" }];
  if (event !== "presence.update") return [];
  const name = names.get(payload.id);
  return payload.presences.map(({ lastKnownPresence }) => ({ atMs, name, word: lastKnownPresence }));
}

/** Has the events sent here as well, and learns who is who under either id. */
async function register(url) {
  const simulator = new Simulator(SIMULATOR_URL);
  const session = `sessions/${SIMULATOR_SESSION}`;
  await simulator.control("POST", `${session}/webhooks`, { url, events: ["presence.update", "message"] });
  const people = await simulator.control("GET", `${session}/people`);
  const known = new Map(people.map(({ id, name }) => [id, name]));
  for (const { lid, name } of people) if (lid) known.set(lid, name);
  return known;
}

function clock(atMs) {
  return new Date(atMs).toISOString().slice(11, 23);
}
