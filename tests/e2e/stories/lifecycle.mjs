// What a browser does to pages beside closing them: it freezes them, puts them away and brings them back, and says that it is offline.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";
import { launchHiding } from "../browser.mjs";
import { until } from "../simulator.mjs";

const PEOPLE = ["Ana Flores", "Ben Okoro"];
/** Longer than a lead takes to move, and than a feed takes to be believed. */
const CALM_MS = 2_000;

export function tell(stage) {
  test("a frozen tab that has the feed blocks nobody, and shows what is so when it goes on", async () => {
    const { scene, session, open } = await started(stage);
    await open();
    await scene.connection("open");
    const other = await scene.tab();
    await other.connection("open");
    for (const name of PEOPLE) await session.watched(name);
    const calls = (await session.log()).counts.subscribe;
    const thaw = await freeze(scene.page);
    await until("another feed", async () => (await session.log()).openSockets === 1);
    await other.connection("open");
    await session.act(PEOPLE[0], "typing");
    await other.shows("ana-flores", "typing…");
    await thaw();
    await scene.shows("ana-flores", "typing…");
    await scene.connection("open");
    await session.act(PEOPLE[1], "recording");
    for (const tab of [scene, other]) await tab.shows("ben-okoro", "recording…");
    await scene.page.waitForTimeout(CALM_MS);
    const { openSockets, counts } = await session.log();
    assert.deepEqual({ openSockets, calls: counts.subscribe }, { openSockets: 1, calls });
    await scene.close();
  });

  test("a frozen tab that waits for the feed blocks nobody", async () => {
    const { scene, session, open } = await started(stage);
    await open();
    await scene.connection("open");
    const [frozen, last] = [await scene.tab(), await scene.tab()];
    await last.connection("open");
    await freeze(frozen.page);
    await scene.page.close();
    await until("another feed", async () => (await session.log()).openSockets === 1);
    await last.connection("open");
    await session.act(PEOPLE[0], "typing");
    await last.shows("ana-flores", "typing…");
    await last.close();
  });

  test("that the browser says it is offline is a hint, and no more", async () => {
    const { scene, page, session, open } = await started(stage);
    await open();
    await scene.connection("open");
    await session.watched(PEOPLE[0]);
    // Both events, without anything behind them: the feed is as it was.
    await page.evaluate(() => dispatchEvent(new Event("offline")));
    await session.act(PEOPLE[0], "typing");
    await scene.shows("ana-flores", "typing…");
    assert.equal(await page.locator("#status").getAttribute("data-state"), "open");
    await page.evaluate(() => dispatchEvent(new Event("online")));
    await session.cutSockets(0);
    await scene.connection("reconnecting");
    // A wait for the next try ends with the hint that the network is back.
    await page.evaluate(() => dispatchEvent(new Event("online")));
    await scene.connection("open");
    await scene.close();
  });

  test("a page that is left and brought back by the browser goes on, and shows nothing that is over", async () => {
    const { gatewayUrl: baseUrl, simulator, url } = stage();
    const session = await simulator.createSession("brought-back", "key_of_the_left");
    const chat = "15550170001@c.us";
    await session.addPerson({ name: PEOPLE[0], id: chat });
    const gateway = { kind: "waha", baseUrl, session: "brought-back", apiKey: "key_of_the_left", lookUpIds: false };
    const server = await cacheable(url);
    const { browser, stop } = await launchHiding();
    try {
      const page = browser.contexts()[0].pages()[0];
      await page.goto(server.url);
      await page.evaluate(follow, [gateway, chat]);
      await page.waitForFunction(() => window.presence.connection.state === "open");
      await session.act(PEOPLE[0], "typing");
      await page.waitForFunction((chat) => window.presence.snapshot(chat)?.activity === "typing", chat);
      await page.goto(new URL("elsewhere", server.url).href);
      await until("the feed to be closed", async () => (await session.log()).openSockets === 0);
      await new Promise((resolve) => setTimeout(resolve, CALM_MS));
      // Nothing is loaded that one could wait for.
      await page.goBack({ waitUntil: "commit" });
      await page.waitForFunction(() => window.shownFirst !== undefined);
      assert.deepEqual(await page.evaluate(() => [window.broughtBack, window.shownFirst]), [true, "none"]);
      await page.waitForFunction(() => window.presence.connection.state === "open");
      await session.act(PEOPLE[0], "recording");
      await page.waitForFunction((chat) => window.presence.snapshot(chat)?.activity === "recording", chat);
      assert.equal((await session.log()).openSockets, 1);
    } finally {
      await stop();
      server.stop();
      await session.end();
    }
  });
}

/** The package on a page that a browser may put away: the demo's own are never stored. */
async function cacheable(url) {
  const server = createServer(async ({ url: path }, answer) => {
    const script = path.startsWith("/pkg/");
    answer.setHeader("Content-Type", script ? "text/javascript" : "text/html");
    if (!script) return answer.end("<!doctype html><title>A page</title>");
    const found = await fetch(new URL(path.slice(1), url));
    answer.setHeader("Content-Type", found.headers.get("Content-Type"));
    answer.end(Buffer.from(await found.arrayBuffer()));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${server.address().port}/`, stop };
}

async function started(stage) {
  const { scene, ...rest } = await stage().scene({ people: PEOPLE, config: { guard: "off" } });
  return { scene, ...rest };
}

async function follow([gateway, chat]) {
  const { connect } = await import("/pkg/index.js");
  window.presence = await connect({ gateway, guard: "off", keepOnReload: false, typingTtlMs: 1_500 });
  window.presence.watch(chat);
  addEventListener("pageshow", ({ persisted }) => {
    window.broughtBack = persisted;
    requestAnimationFrame(() => (window.shownFirst = window.presence.snapshot(chat).activity));
  });
}

/** As the browser does it with tabs that nobody looks at for long. */
async function freeze(page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Page.setWebLifecycleState", { state: "frozen" });
  return () => cdp.send("Page.setWebLifecycleState", { state: "active" });
}
