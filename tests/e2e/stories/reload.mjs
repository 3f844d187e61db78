// A tab that is loaded again.

import assert from "node:assert/strict";
import { test } from "node:test";

/** As many as are asked for at once, and some more. */
const PEOPLE = ["Ana", "Ben", "Cleo", "Dan", "Eva", "Finn", "Gia", "Hugo", "Ida", "Jon"].map((name) => `${name} Flores`);
/** Longer than a page takes to ask for all of them. */
const CALM_MS = 3_000;

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
}
