// The whole of it: one script tag from another origin, a relay, and tickets from the page's own back end, over the simulated gateway.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Relay } from "../e2e/relay.mjs";
import { Simulator, until } from "../e2e/simulator.mjs";
import { NETWORK, openStage } from "./_stage.mjs";
import { shows, textOf } from "./_story.mjs";

const { SIMULATOR_URL, RELAY } = process.env;
const skip = (SIMULATOR_URL === undefined || RELAY === undefined) && "SIMULATOR_URL and RELAY are not set: cargo xtask test starts both";
/** Somebody for each test: what one did would still be so in the next. */
const [ANA, BEN, CLEO, DAN, EVE, FINN, GUS, HANA] = ["Ana", "Ben", "Cleo", "Dan", "Eve", "Finn", "Gus", "Hana"]
  .map((name, place) => ({ name, id: `1555015000${place + 1}@c.us` }));
const ACCOUNTS = ["waapi", "wawp-v2"];

let stage;
let session;
let relay;
before(async () => {
  if (skip) return;
  stage = await openStage();
  session = await new Simulator(SIMULATOR_URL).createSession(`element-${process.pid}`, `key_of_element_${process.pid}`);
  for (const person of [ANA, BEN, CLEO, DAN, EVE, FINN, GUS, HANA]) await session.addPerson(person);
  relay = await Relay.start(RELAY, session, { gatewayUrl: SIMULATOR_URL, origin: stage.origin, names: ACCOUNTS });
});
after(async () => {
  await stage?.close();
  await relay?.stop();
  await session?.end();
});

const attributes = (more = "") => `relay="${relay.url}" account="waapi" ticket-url="ticket" ${more}`;
const issue = (chats, account = "waapi") => relay.ticket(account, chats);

/** A page that may speak to the relay, and how often it opened a stream there and asked for a ticket. */
async function open(body, about = {}) {
  const counts = { feeds: 0, ended: 0, tickets: 0 };
  const isFeed = (request) => request.method() === "POST" && request.url() === `${relay.url}/feed`;
  const count = async (page) => {
    page.on("request", (request) => {
      counts.feeds += Number(isFeed(request));
      counts.tickets += Number(/\/ticket(\?|$)/.test(request.url()));
    });
    for (const end of ["requestfailed", "requestfinished"]) page.on(end, (request) => (counts.ended += Number(isFeed(request))));
    await about.before?.(page);
  };
  const page = await stage.page(body, { connect: relay.url, issue, ...about, before: count });
  return { page, counts };
}

test("one script tag from another origin and a ticket are enough, under a strict policy", { skip }, async () => {
  const { page, counts } = await open(`<wa-presence ${attributes()} chat="+1 555 015 0001" name="Ana Flores"></wa-presence>`, {
    bare: true,
    head: `<script type="module" src="${stage.cdn}/pkg/element.js"></script>`,
    scripts: stage.cdn,
    connect: `${relay.url} ${stage.cdn}`,
  });
  await session.act(ANA.name, "online");
  await shows(page, "wa-presence", "online");
  await session.act(ANA.name, "typing");
  await shows(page, "wa-presence", "typing…");
  await session.act(ANA.name, "paused");
  await shows(page, "wa-presence", "online");
  assert.deepEqual(counts, { feeds: 1, ended: 0, tickets: 1 });
  const markup = await page.content();
  assert.ok(!markup.includes("eyJ"), "no ticket in the markup");
  await page.done();
});

test("elements with the same connection share one client; another account has its own", { skip }, async () => {
  const one = `<wa-presence ${attributes()} chat="${CLEO.id}"></wa-presence><wa-typing ${attributes()} chat="${CLEO.id}"></wa-typing>`;
  const { page, counts } = await open(`${one}${one}<wa-presence-source ${attributes()}><wa-last-seen chat="${BEN.id}"></wa-last-seen></wa-presence-source>`);
  await session.act(CLEO.name, "recording");
  await shows(page, "wa-presence", "recording…");
  await shows(page, "wa-typing", "recording…");
  assert.deepEqual(counts, { feeds: 1, ended: 0, tickets: 1 });
  const shared = await page.evaluate(() => new Set([...document.querySelectorAll("main > *, wa-last-seen")].map((element) => element.client)).size);
  assert.equal(shared, 1);
  await page.evaluate(() => Object.assign(document.querySelector("wa-presence"), { account: "wawp-v2", ticketUrl: "ticket?account=wawp-v2" }));
  await page.waitForFunction(() => {
    const [first, other] = document.querySelectorAll("wa-presence");
    return first.client !== null && first.client !== other.client;
  });
  await until("another ticket", () => counts.tickets === 2);
  await page.evaluate(() => Object.assign(document.querySelector("wa-presence"), { account: "waapi", ticketUrl: "ticket" }));
  await shows(page, "wa-presence", "recording…");
  assert.equal(counts.tickets, 2, "back at the client that was there all the time");
  await page.done();
});

test("an element that moves or is back soon costs no new stream, and the last one to go ends it", { skip }, async () => {
  const { page, counts } = await open(`<div><wa-presence ${attributes()} chat="${DAN.id}"></wa-presence></div>`, { before: (it) => it.clock.install() });
  await session.act(DAN.name, "online");
  await shows(page, "wa-presence", "online");
  await page.evaluate(() => {
    const element = document.querySelector("wa-presence");
    document.querySelector("main").append(element);
    globalThis.kept = element;
  });
  await page.evaluate(() => kept.remove());
  await page.clock.runFor(4_000);
  await page.evaluate(() => document.querySelector("main").append(kept));
  await page.clock.runFor(4_000);
  await shows(page, "wa-presence", "online");
  assert.deepEqual(counts, { feeds: 1, ended: 0, tickets: 1 });
  await page.evaluate(() => kept.remove());
  await page.clock.runFor(5_000);
  await until("the stream to end", () => counts.ended === 1);
  await page.evaluate(() => document.querySelector("main").append(kept));
  await until("another stream", () => counts.feeds === 2);
  await page.done();
});

test("a ticket that cannot be had is an error with its reason, and all is well once it can", { skip }, async () => {
  let down = true;
  const { page } = await open(`<wa-presence ${attributes()} chat="${EVE.id}"></wa-presence>`, {
    issue: (chats) => (down ? 503 : issue(chats)),
    before: (it) => it.addInitScript(() => {
      globalThis.heard = [];
      addEventListener("error", ({ detail }) => heard.push([detail?.about, detail?.error.code, detail?.error.status, detail?.error.message]), true);
    }),
  });
  await page.waitForFunction(() => heard.length > 0);
  const told = await page.evaluate(() => heard);
  assert.deepEqual(told[0], ["ticket", "not-ready", 503, "ticket-url: expected a ticket, found HTTP 503"]);
  assert.deepEqual([...new Set(told.map(([about]) => about))], ["ticket"], "the client's own word for it adds nothing");
  assert.ok(!["online", "offline"].includes(await textOf(page, "wa-presence")));
  down = false;
  await session.act(EVE.name, "typing");
  await shows(page, "wa-presence", "typing…");
  await page.done(NETWORK);
});

test("a ticket may come from a function of the page's, or as JSON", { skip }, async () => {
  const { page, counts } = await open(`<wa-presence relay="${relay.url}" account="waapi" chat="${FINN.id}"></wa-presence>`, {
    before: (it) => it.exposeFunction("issueHere", (chats) => issue(chats)),
    bare: true,
  });
  await page.evaluate(async () => {
    document.querySelector("wa-presence").ticket = ({ chats }) => issueHere(chats);
    await import("/pkg/element.js");
  });
  await session.act(FINN.name, "typing");
  await shows(page, "wa-presence", "typing…");
  assert.equal(counts.tickets, 0);
  assert.equal(await page.locator("wa-presence").getAttribute("ticket"), null, "and is not written into the markup");
  await page.done();
  const { page: other } = await open(`<wa-presence ${attributes()} chat="${FINN.id}"></wa-presence>`, { issue: (chats) => JSON.stringify({ ticket: issue(chats) }) });
  await session.act(FINN.name, "recording");
  await shows(other, "wa-presence", "recording…");
  await other.done();
});

test("a chat that the ticket does not cover is not available, and the others are", { skip }, async () => {
  const each = [GUS, BEN].map(({ id }) => `<wa-presence ${attributes()} chat="${id}"></wa-presence>`);
  const { page } = await open(each.join(""), { issue: () => relay.ticket("waapi", [GUS.id]) });
  await shows(page, `wa-presence[chat="${BEN.id}"]`, "not available");
  await session.act(GUS.name, "typing");
  await shows(page, "wa-presence", "typing…");
  await page.done(NETWORK);
});

test("a relay that is gone leaves what was, and never offline", { skip }, async () => {
  const { page } = await open(`<wa-presence ${attributes()} chat="${HANA.id}"></wa-presence>`);
  await session.act(HANA.name, "online");
  await shows(page, "wa-presence", "online");
  await relay.kill();
  await page.locator('wa-presence[data-state="lapsed"]').waitFor();
  assert.match(await textOf(page, "wa-presence"), /^was online /);
  await relay.resume();
  await page.locator('wa-presence[data-state="online"]').waitFor({ timeout: 30_000 });
  await page.done(NETWORK);
});
