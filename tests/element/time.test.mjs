// Texts that age: one timer for all of them, at the full minute, and none while nobody looks or nothing ages.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openStage } from "./_stage.mjs";
import { ANA, BEN, giveClient, hand, shows, tell } from "./_story.mjs";

const MINUTE = 60_000;
const START = new Date("2026-11-26T12:00:20Z");
let stage;
before(async () => (stage = await openStage()));
after(() => stage?.close());

/** Counts the timers of the elements that wait: of all on the page, those that end with a full minute. */
async function countTimers(page) {
  await page.addInitScript(() => {
    const { setTimeout: set, clearTimeout: clear } = globalThis;
    globalThis.minutes = new Set();
    globalThis.setTimeout = (callback, ms, ...more) => {
      const isMinute = ms > 1_000 && (Date.now() + ms) % 60_000 === 0;
      const id = set(() => (minutes.delete(id), callback(...more)), ms);
      if (isMinute) minutes.add(id);
      return id;
    };
    globalThis.clearTimeout = (id) => (minutes.delete(id), clear(id));
  });
}

async function open(body) {
  const start = async (page) => {
    await page.clock.install({ time: START });
    await page.clock.pauseAt(new Date(START.getTime() + 1_000));
    await countTimers(page);
  };
  const page = await stage.page(body, { before: start });
  await giveClient(page);
  await hand(page);
  const timers = () => page.evaluate(() => minutes.size);
  const pass = (ms) => page.clock.runFor(ms);
  return { page, timers, pass };
}

/** Tells it, and lets the client's own pace go by. */
async function hear({ page, pass }, word, about) {
  await tell(page, word, about);
  await pass(200);
}

test("a last seen is told anew at each full minute, by one timer for all elements", async () => {
  const seen = `<wa-last-seen chat="${ANA}"></wa-last-seen>`;
  const story = await open(`${seen}${seen}<wa-presence chat="${ANA}"></wa-presence><wa-typing chat="${ANA}"></wa-typing>`);
  const { page, timers, pass } = story;
  assert.equal(await timers(), 0, "nothing ages yet");
  const at = START.getTime() - 3 * MINUTE;
  await hear(story, "offline", { who: ANA, lastSeenAtMs: at });
  await shows(page, "wa-last-seen", "last seen 3 minutes ago");
  assert.equal(await timers(), 1);
  const time = page.locator("wa-last-seen time").first();
  assert.equal(await time.getAttribute("datetime"), new Date(at).toISOString());
  assert.match(await time.getAttribute("title"), /^Thursday, November 26, 2026.* 12:57\sPM$/u);
  await pass(39_000);
  for (const element of ["wa-last-seen", "wa-presence"]) await shows(page, element, "last seen 3 minutes ago");
  await pass(2 * MINUTE);
  for (const element of ["wa-last-seen", "wa-presence"]) await shows(page, element, "last seen 5 minutes ago");
  assert.equal(await timers(), 1);
  await page.done();
});

test("while the page is hidden no timer runs, and the first look finds the right time", async () => {
  const story = await open(`<wa-last-seen chat="${ANA}"></wa-last-seen>`);
  const { page, timers, pass } = story;
  await hear(story, "offline", { who: ANA, lastSeenAtMs: START.getTime() });
  await shows(page, "wa-last-seen", "last seen just now");
  const hide = (hidden) =>
    page.evaluate((is) => {
      Object.defineProperty(document, "hidden", { configurable: true, get: () => is });
      document.dispatchEvent(new Event("visibilitychange"));
    }, hidden);
  await hide(true);
  assert.equal(await timers(), 0);
  // Less than the client itself takes to say that this is out of date.
  await pass(4 * MINUTE);
  await shows(page, "wa-last-seen", "last seen just now");
  await hide(false);
  await shows(page, "wa-last-seen", "last seen 4 minutes ago");
  assert.equal(await timers(), 1);
  await page.done();
});

test("the timer ends with the last element that tells a time", async () => {
  const story = await open(`<wa-last-seen chat="${ANA}"></wa-last-seen><wa-last-seen id="ben" chat="${BEN}"></wa-last-seen>`);
  const { page, timers } = story;
  for (const who of [ANA, BEN]) await hear(story, "offline", { who, lastSeenAtMs: START.getTime() - 5 * MINUTE });
  await shows(page, "#ben", "last seen 5 minutes ago");
  await page.evaluate(() => document.querySelector("#ben").remove());
  assert.equal(await timers(), 1);
  await hear(story, "online", { who: ANA });
  await shows(page, "wa-last-seen", "online");
  assert.equal(await timers(), 0, "online does not age");
  await page.done();
});
