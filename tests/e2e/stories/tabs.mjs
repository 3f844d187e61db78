// Several tabs of one browser on one session: one feed, one set of calls, and whoever has them may go at any moment.

import assert from "node:assert/strict";
import { test } from "node:test";
import { leadOfHiddenTab, returnsOfHiddenTab } from "../hidden.mjs";
import { until } from "../simulator.mjs";
import { takeover, watchTakeover } from "../takeover.mjs";

const PEOPLE = ["Ana", "Ben", "Cleo", "Dan", "Eva", "Finn"].map((name) => `${name} Flores`);
/** Longer than a tab takes to ask for what another one has asked for. */
const CALM_MS = 2_000;
const TABS = 4;
const RETURNS = 5;
/** How long a tab leads that nobody looks at while another is seen. */
const HIDDEN_MS = 60_000;
/** It takes half a second; machines that run this are busy. */
const MOST_TAKEOVER_MS = 3_000;

export function tell(stage) {
  test("tabs share one socket and one set of subscriptions, and show the same", async () => {
    const { scene, session, open } = await started(stage);
    await open();
    await scene.connection("open");
    for (const name of PEOPLE) await session.watched(name);
    await scene.page.waitForTimeout(CALM_MS);
    const alone = (await session.log()).counts.subscribe;
    const tabs = [scene];
    while (tabs.length < TABS) tabs.push(await scene.tab());
    for (const tab of tabs) await tab.connection("open");
    await session.act("Ana Flores", "typing");
    for (const tab of tabs) await tab.shows("ana-flores", "typing…");
    const late = await scene.tab();
    await late.shows("ana-flores", "typing…");
    assert.equal(await late.page.locator('.chat[data-knowledge="lapsed"]').count(), 0);
    await scene.page.waitForTimeout(CALM_MS);
    const { openSockets, counts } = await session.log();
    assert.deepEqual({ openSockets, subscribe: counts.subscribe }, { openSockets: 1, subscribe: alone });
    await scene.close();
  });

  for (const [how, ends] of [["is closed", close], ["crashes", crash]]) {
    test(`when the tab with the feed ${how}, another has it at once, no chat flickers, and nothing is asked for twice`, async () => {
      const { scene, session, open } = await started(stage);
      await open();
      await scene.connection("open");
      const [second, third] = [await scene.tab(), await scene.tab()];
      await third.connection("open");
      for (const name of PEOPLE) await session.act(name, "online");
      await third.shows("finn-flores", "online");
      await scene.page.waitForTimeout(CALM_MS);
      const before = (await session.log()).counts.subscribe;
      await watchTakeover(third.page);
      const endsAtMs = Date.now();
      await ends(scene.page);
      await until("another feed", async () => (await session.log()).openSockets === 1);
      await second.connection("open");
      await third.connection("open");
      await third.page.waitForTimeout(CALM_MS);
      const { openAtMs, flickers } = await takeover(third.page);
      assert.ok(openAtMs - endsAtMs <= MOST_TAKEOVER_MS, `the feed was open again after ${openAtMs - endsAtMs} ms`);
      assert.deepEqual(flickers, []);
      assert.equal(await third.page.locator('.chat[data-state="online"]').count(), PEOPLE.length);
      await session.act("Ben Flores", "recording");
      for (const tab of [second, third]) await tab.shows("ben-flores", "recording…");
      const { openSockets, counts } = await session.log();
      assert.deepEqual({ openSockets, subscribe: counts.subscribe }, { openSockets: 1, subscribe: before });
      await third.close();
    });
  }

  test("a tab that was hidden paints nothing that is over when it is seen again", async () => {
    const returns = await returnsOfHiddenTab(new URL("config.json", stage().url).href, RETURNS);
    assert.deepEqual(returns, { wasHidden: RETURNS, stale: 0 });
  });

  test("a tab that is hidden for a minute leaves the feed to one that is seen, and nothing is lost or asked for twice", async () => {
    const { gatewayUrl: baseUrl, simulator, url } = stage();
    const session = await simulator.createSession("hidden-lead", "key_of_the_hidden");
    for (const [place, name] of PEOPLE.entries()) await session.addPerson({ name, id: `1555016000${place}@c.us` });
    const gateway = { kind: "waha", baseUrl, session: "hidden-lead", apiKey: "key_of_the_hidden", lookUpIds: false };
    const chats = PEOPLE.map((_, place) => `1555016000${place}@c.us`);
    let calls;
    const settled = async () => {
      await new Promise((resolve) => setTimeout(resolve, CALM_MS));
      calls = (await session.log()).counts.subscribe;
    };
    const moved = async (pages) => {
      await until("one feed", async () => (await session.log()).openSockets === 1);
      await session.act(PEOPLE[1], "typing");
      for (const page of pages) await typing(page, chats[1]);
    };
    const { tookMs, states } = await leadOfHiddenTab(new URL("config.json", url).href, gateway, chats, { settled, moved });
    assert.ok(tookMs >= HIDDEN_MS, `after ${tookMs} ms`);
    assert.deepEqual(states, [], "of which nobody need hear");
    assert.equal((await session.log()).counts.subscribe, calls);
  });
}

/** A hidden page draws no frames, at which it would be looked at otherwise. */
async function typing(page, chat) {
  await page.waitForFunction((chat) => window.presence.snapshot(chat)?.activity === "typing", chat, { polling: 100 });
}

async function started(stage) {
  return stage().scene({ people: PEOPLE, config: { guard: "off" } });
}

async function close(page) {
  await page.close();
}

async function crash(page) {
  const cdp = await page.context().newCDPSession(page);
  // Nobody is left to answer.
  cdp.send("Page.crash").catch(() => {});
}
