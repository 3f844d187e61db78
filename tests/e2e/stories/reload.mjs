// A tab that is loaded again.

import assert from "node:assert/strict";
import { test } from "node:test";
import { connectIn } from "../client.mjs";
import { until } from "../simulator.mjs";

/** As many as are asked for at once, and some more. */
const PEOPLE = ["Ana", "Ben", "Cleo", "Dan", "Eva", "Finn", "Gia", "Hugo", "Ida", "Jon"].map((name) => `${name} Flores`);
/** Longer than a page takes to ask for all of them. */
const CALM_MS = 3_000;
/** Of many chats one is asked for every so often. */
const PACE_MS = 1_500;
const MANY = 50;

export function tell(stage) {
  test("a page that is loaded again shows what it knew, goes on with it, and asks for nothing twice", async () => {
    const { scene, page, session, open } = await stage().scene({ people: PEOPLE, config: { guard: "off" } });
    await open();
    // Those that were asked for before the feed was open, and not told of, are asked for once more.
    for (const name of PEOPLE) await session.act(name, "online");
    await page.waitForTimeout(CALM_MS);
    const before = (await session.log()).counts.subscribe;
    await session.act("Ana Flores", "typing");
    await scene.shows("ana-flores", "typing…");
    await page.reload();
    await scene.shows("ana-flores", "typing…");
    assert.equal(await page.locator('.chat[data-knowledge="live"]').count(), PEOPLE.length, "at once");
    await scene.connection("open");
    await page.waitForTimeout(CALM_MS);
    assert.equal((await session.log()).counts.subscribe, before);
    assert.equal(await page.locator('.chat[data-knowledge="live"]').count(), PEOPLE.length);
    await session.act("Ben Flores", "recording");
    await scene.shows("ben-flores", "recording…");
    await scene.close();
  });

  test("a page with fifty live chats that is loaded again costs no call before a renewal is due", async () => {
    const { scene, page, session } = await stage().scene();
    const chats = Array.from({ length: MANY }, (_, n) => `1555700${String(n).padStart(4, "0")}@c.us`);
    for (const id of chats) await session.addPerson({ name: id, id });
    const gateway = { baseUrl: stage().gatewayUrl, session: session.name, apiKey: `key_of_${session.name}` };
    // The budget spreads that many calls over a minute, which the page believes to pass in seconds.
    await page.clock.install();
    await page.goto(stage().blank);
    await connectIn(page, gateway, chats);
    await until("so many subscriptions", async () => {
      await page.clock.fastForward(PACE_MS);
      // Those that were asked for before the feed was open, and not told of, are asked for once more.
      const { waiting, inFlight } = await page.evaluate(() => window.presence.budget);
      return waiting + inFlight === 0 && (await page.evaluate(countLive)) === MANY;
    });
    const before = (await session.log()).counts.subscribe;
    await page.reload();
    await page.clock.fastForward(PACE_MS);
    await connectIn(page, gateway, chats);
    assert.equal(await page.evaluate(countLive), MANY, "at once");
    for (let passed = 0; passed < 20_000; passed += PACE_MS) {
      await page.clock.fastForward(PACE_MS);
      await page.waitForTimeout(50);
    }
    await page.waitForTimeout(CALM_MS);
    assert.equal((await session.log()).counts.subscribe, before);
    assert.equal(await page.evaluate(countLive), MANY);
    await scene.close();
  });
}

function countLive() {
  return window.presence.chats().filter(({ knowledge }) => knowledge.state === "live").length;
}
