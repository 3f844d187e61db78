// What watching costs and how long it lasts, as the page draws it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { picture } from "../support.mjs";

const PEOPLE = ["Ana Flores", "Ben Okoro", "Cleo Marsh"];

export function tell(stage) {
  test("the gauge counts calls, and a subscription runs out before one's eyes", async () => {
    const { page, session, scene, open } = await stage().scene({ people: PEOPLE, config: { guard: "off" } });
    await open();
    for (const name of PEOPLE) await session.watched(name);
    const gauge = page.getByRole("meter", { name: "Calls" });
    const spent = async () => Number(await gauge.getAttribute("aria-valuenow"));
    await page.waitForFunction(() => Number(document.querySelector("[role=meter]").getAttribute("aria-valuenow")) >= 3);
    assert.equal(await gauge.getAttribute("aria-valuemax"), "45");
    assert.match(await gauge.getAttribute("aria-valuetext"), /^\d+ of 45 in the last 62 s, \d+ today$/);
    await page.locator("#gauge-queue", { hasText: "3 chats watched" }).waitFor();
    const drawn = (bar) => bar.evaluate((node) => node.getBoundingClientRect().width);
    const filled = gauge.locator(".bar-spent");
    const [share, before] = [(await drawn(filled)) / (await drawn(gauge)), await spent()];
    assert.ok(Math.abs(share - before / 45) < 0.05, `${share} of the gauge is filled for ${before} calls`);
    // One more chat, one more call.
    await session.addPerson({ name: "Dan Ito", id: "15550100077@c.us" });
    await page.locator("#add-number").fill("+1 555 010 0077");
    await page.keyboard.press("Enter");
    await page.locator("#gauge-queue", { hasText: "4 chats watched" }).waitFor();
    await page.waitForFunction((n) => Number(document.querySelector("[role=meter]").getAttribute("aria-valuenow")) > n, before);
    await scene.chat("ana-flores").click();
    const bar = page.locator("#lease-bar .lease-bar[data-lease=sure]");
    await bar.waitFor();
    await page.locator("#lease-text", { hasText: /^Certain for another \d+ min/ }).waitFor();
    const left = () => bar.locator(".bar-sure").getAttribute("width").then(Number.parseFloat);
    const first = await left();
    await page.waitForTimeout(2_500);
    assert.ok((await left()) < first, "it runs out");
    assert.equal(await scene.chats().locator(".lease-bar[data-lease=sure]").count(), 4, "each chat of the list has its own");
    await picture(page, "dashboard-budget");
    // The browser itself leaves an empty one on a field that was filled in.
    assert.equal(await page.locator("[style]:not([style=''])").count(), 0, "the page's policy allows no inline style");
    await scene.close();
  });

  test("the log says what became of a subscription, and why", async () => {
    const { page, session, scene, open } = await stage().scene({ people: ["Ana Flores"], config: { guard: "off" } });
    await open();
    await session.watched("Ana Flores");
    const line = (text) => page.locator("#log li[data-about=knowledge]", { hasText: text }).first().waitFor();
    await line("The gateway tells us of changes");
    await session.setStatus("FAILED");
    await line("The subscription was lost: the gateway is not connected to WhatsApp");
    await page.locator("#lease-text", { hasText: "None at the moment" }).waitFor();
    await session.setStatus("WORKING");
    await line("WhatsApp was asked");
    await page.locator("#lease-bar .lease-bar[data-lease=sure]").waitFor();
    await scene.close();
  });

  test("who has not written for a day is not asked about, and the page says so until they write", async () => {
    const people = [{ name: "Ana Flores", id: "15550100088@c.us" }];
    const { page, session, scene, open } = await stage().scene({ people, config: { guard: "strict" } });
    await open();
    await page.locator("#knowledge", { hasText: "They have not written in the last 24 hours." }).waitFor();
    await page.locator("#log li", { hasText: "The chat is not watched: they have not written in the last 24 h" }).waitFor();
    assert.equal((await session.log()).counts.subscribe ?? 0, 0);
    assert.equal(await scene.chat("ana-flores").getAttribute("data-knowledge"), "refused");
    await page.locator("#lease-bar .lease-bar[data-lease=none]").waitFor({ state: "attached" });
    await scene.connection("open");
    await session.write("Ana Flores");
    await session.watched("Ana Flores");
    await page.locator('#conversation[data-knowledge="live"]').waitFor();
    await scene.close();
  });
}
