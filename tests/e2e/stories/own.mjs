// What everybody sees of our own account, from a switch in the page.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { picture } from "../support.mjs";

const GATEWAYS = ["waha", "wawp-v1", "wawp-v2", "waapi"];
const ANA = "Ana Flores";

export function tell(stage) {
  describe("the switch", { concurrency: 4 }, () => {
    for (const by of GATEWAYS) {
      test(`${by}: the account is seen offline and online as the switch says`, async () => {
        const { scene, page, session, open } = await stage().scene({ by, people: [ANA], config: { guard: "off" } });
        await open();
        await scene.works();
        await session.watched(ANA);
        await page.locator("#own summary").click();
        await page.getByText("the owner’s phone shows no notifications").waitFor();
        // Offline first: where watching marks us online we are so already.
        await choose(page, "Offline");
        await session.sees(ANA, { online: false });
        await page.locator("#own-label", { hasText: "You: offline" }).waitFor();
        await choose(page, "Online");
        await session.sees(ANA, { online: true });
        await page.locator("#own-label", { hasText: "You: online" }).waitFor();
        assert.match(await page.locator("#own-facts").innerText(), /Claimed here\s+yes/);
        await picture(page, `own-${by}`);
        await choose(page, "Offline");
        await session.sees(ANA, { online: false });
        await page.keyboard.press("Escape");
        assert.equal(await page.locator(".own-panel").isVisible(), false);
        await scene.close();
      });

      test(`${by}: of two tabs that claim to be online, one that is closed leaves the account online`, async () => {
        const { scene, page, session, open } = await stage().scene({ by, people: [ANA], config: { guard: "off" } });
        await open();
        await scene.works();
        const other = await scene.tab();
        await other.works();
        for (const tab of [page, other.page]) {
          await tab.locator("#own summary").click();
          await choose(tab, "Online");
          await tab.locator("#own-facts div", { hasText: /Claimed here\s*yes/ }).waitFor();
        }
        await session.sees(ANA, { online: true });
        await page.locator("#own-facts div", { hasText: /Claimed in another tab\s*yes/ }).waitFor();
        const before = (await session.changes()).at(-1)?.number ?? 0;
        await other.page.close({ runBeforeUnload: true });
        await page.locator("#own-facts div", { hasText: /Claimed in another tab\s*no/ }).waitFor();
        await page.waitForTimeout(1_000);
        const since = (await session.changes()).filter(({ number, chat }) => number > before && chat === null);
        assert.deepEqual(since.map(({ shows }) => shows), [], "nobody saw us go");
        // The browser outlives the last of them, as it does for people.
        await page.context().newPage();
        await page.close({ runBeforeUnload: true });
        await session.sees(ANA, { online: false });
        await scene.close();
      });
    }
  });

  test("by policy: online in the hours of a time zone, offline outside them, and a zone that is none is refused", async () => {
    const { scene, page, session, open } = await stage().scene({ by: "waapi", people: [ANA], config: { guard: "off" } });
    // A Wednesday, since the hours are those of working days; in Tokyo they are over.
    await page.clock.setSystemTime(new Date("2026-11-25T12:00:00Z"));
    await open();
    await scene.works();
    await page.locator("#own summary").click();
    const zone = page.getByRole("combobox", { name: "Time zone" });
    const ours = await page.evaluate(() => Intl.DateTimeFormat().resolvedOptions().timeZone);
    assert.equal(await zone.inputValue(), ours, "where we are is a good guess");
    await zone.fill("Nowhere/Land");
    await choose(page, "By policy");
    await page.locator("#policy-error", { hasText: "Not a time zone" }).waitFor();
    assert.equal(await page.getByRole("button", { name: "By policy" }).getAttribute("aria-pressed"), "false");
    await zone.fill("UTC");
    await choose(page, "By policy");
    await page.locator("#own-facts", { hasText: "runs here, support is open, healthy" }).waitFor();
    await session.sees(ANA, { online: true });
    await picture(page, "own-policy");
    await zone.fill("Asia/Tokyo");
    await zone.press("Tab");
    await page.locator("#own-facts", { hasText: "runs here, support is closed" }).waitFor();
    await session.sees(ANA, { online: false });
    // Whoever is not well is not there.
    await zone.fill("UTC");
    await zone.press("Tab");
    await session.sees(ANA, { online: true });
    await page.route("**/config.json", (route) => route.fulfill({ status: 503 }));
    await choose(page, "By policy");
    await page.locator("#own-facts", { hasText: "support is open, not healthy" }).waitFor();
    await session.sees(ANA, { online: false });
    await scene.close();
  });

  test("a ghost shows its price, outweighs a claim, and gives it back", async () => {
    const { scene, page, session, open } = await stage().scene({ people: [ANA], config: { guard: "off" } });
    await open();
    await scene.works();
    await session.watched(ANA);
    await page.locator("#own summary").click();
    await choose(page, "Online");
    await session.sees(ANA, { online: true });
    await page.getByRole("checkbox", { name: "Also switch read receipts off" }).check();
    const ghost = page.getByRole("switch", { name: "Stay unseen (ghost)" });
    await ghost.click();
    await session.sees(ANA, { online: false });
    await page.locator("#own-label", { hasText: "You: kept unseen" }).waitFor();
    for (const code of ["reciprocity", "watching-marks-online", "typing-marks-online", "phone"]) {
      const price = await page.locator(`#ghost-price [data-price="${code}"]`).innerText();
      assert.match(price, /\w+ \w+/, code);
    }
    await page.locator("#ghost-result", { hasText: /left as they are\. They are switched off on the phone of this account/ }).waitFor();
    await picture(page, "own-ghost");
    await ghost.click();
    await session.sees(ANA, { online: true });
    assert.equal(await page.locator("#ghost-price").isVisible(), false);
    await scene.close();
  });
}

function choose(page, name) {
  return page.getByRole("group", { name: "Your account is" }).getByRole("button", { name, exact: true }).click();
}
