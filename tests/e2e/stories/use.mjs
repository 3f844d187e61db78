// The page in the hands of its users: keyboard, screen reader, phone.

import assert from "node:assert/strict";
import { test } from "node:test";
import { picture } from "../support.mjs";

const PEOPLE = ["Ana Flores", "Ben Okoro", "Cleo Marsh"];

export function tell(stage) {
  test("the list has one tab stop, arrows move in it, and Enter opens", async () => {
    const { scene, page, open } = await stage().scene({ people: PEOPLE });
    await open();
    await scene.chats().nth(2).waitFor();
    await scene.chat("ana-flores").focus();
    const press = async (key, slug) => {
      await page.keyboard.press(key);
      assert.equal(await page.evaluate(() => document.activeElement.dataset.chat), slug, key);
    };
    await press("ArrowDown", "ben-okoro");
    await press("End", "cleo-marsh");
    await press("ArrowDown", "cleo-marsh");
    await press("Home", "ana-flores");
    await press("c", "cleo-marsh");
    await press("ArrowUp", "ben-okoro");
    assert.equal(await page.locator("#conversation").getAttribute("data-chat"), "ana-flores", "moving opens nothing");
    await press("Enter", "ben-okoro");
    await page.locator('#conversation[data-chat="ben-okoro"]').waitFor();
    assert.equal(await scene.chat("ben-okoro").getAttribute("aria-selected"), "true");
    assert.equal(await page.locator("#chats [tabindex='0']").count(), 1);
    const outline = await scene.chat("ben-okoro").evaluate((row) => getComputedStyle(row).outlineStyle);
    assert.equal(outline, "solid", "focus must be visible");
    await scene.close();
  });

  test("only the open chat is announced", async () => {
    const { scene, page, session, open } = await stage().scene({ people: ["Ana Flores", "Ben Okoro"] });
    await open();
    await session.act("Ben Okoro", "typing");
    await session.act("Ana Flores", "typing");
    await page.locator("#announcer", { hasText: "Ana Flores: typing…" }).waitFor();
    assert.equal(await page.locator("#announcer").getAttribute("aria-live"), "polite");
    assert.doesNotMatch(await page.locator("#announcer").innerText(), /Ben/);
    await scene.close();
  });

  test("a phone shows one pane at a time, and nothing is cut off", async () => {
    const viewport = { width: 360, height: 740 };
    const { scene, page, open } = await stage().scene({ by: "waha", people: PEOPLE, viewport });
    await open();
    const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.equal(await overflow(), 0);
    assert.equal(await page.locator("#conversation").isVisible(), false);
    await picture(page, "dashboard-narrow");
    await scene.chat("ben-okoro").click();
    await page.locator("#conversation-name", { hasText: "Ben Okoro" }).waitFor();
    assert.equal(await page.locator("#chats").isVisible(), false);
    assert.equal(await overflow(), 0);
    await page.locator("#composer-text").fill("Hello");
    assert.deepEqual(await page.evaluate(cutOff), []);
    await picture(page, "dashboard-narrow-conversation");
    await page.locator("#own summary").click();
    await page.getByRole("switch", { name: "Stay unseen (ghost)" }).click();
    assert.deepEqual(await page.evaluate(cutOff), []);
    await picture(page, "dashboard-narrow-own");
    await page.keyboard.press("Escape");
    await page.locator("#back").click();
    assert.equal(await page.evaluate(() => document.activeElement.dataset.chat), "ben-okoro");
    await scene.close();
  });

  test("the page says what watching costs", async () => {
    const { scene, page, open } = await stage().scene({ people: ["Ana Flores"] });
    await open();
    await page.locator("#notice", { hasText: "Watching marks your account online on WAHA" }).waitFor();
    await scene.close();
  });

  test("every text stands out from its ground, by day and by night", async () => {
    const { scene, page, session, open } = await stage().scene({ by: "waha", people: PEOPLE });
    await open();
    await session.act("Ana Flores", "recording");
    await scene.shows("ana-flores", "recording…");
    await page.emulateMedia({ reducedMotion: "reduce" });
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await picture(page, `dashboard-${colorScheme}`);
      assert.deepEqual(await page.evaluate(faintTexts), [], colorScheme);
      await page.locator("#own summary").click();
      await page.getByRole("switch", { name: "Stay unseen (ghost)" }).click();
      await picture(page, `dashboard-own-${colorScheme}`);
      assert.deepEqual(await page.evaluate(faintTexts), [], `${colorScheme}, our own account`);
      await page.keyboard.press("Escape");
    }
    await scene.close();
  });
}

/** Runs in the page: controls of which a part lies beside the page, or beside the panel that they are in. */
function cutOff() {
  const outside = (inner, outer) => inner.left < outer.left - 1 || inner.right > outer.right + 1;
  return [...document.querySelectorAll("button, input, summary")]
    .filter((node) => node.checkVisibility())
    .filter((node) => outside(node.getBoundingClientRect(), (node.closest(".panel") ?? document.body).getBoundingClientRect()))
    .map((node) => node.id || node.textContent);
}

/** Runs in the page: the texts with a contrast below 4.5 : 1. */
function faintTexts() {
  const channels = (color) => color.match(/[\d.]+/g).map(Number);
  const linear = (value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const ground = (node) => {
    for (let at = node; at !== null; at = at.parentElement) {
      const [r, g, b, alpha = 1] = channels(getComputedStyle(at).backgroundColor);
      if (alpha === 1) return [r, g, b];
    }
    return [255, 255, 255];
  };
  const contrast = (node) => {
    const [light, dark] = [luminance(channels(getComputedStyle(node).color)), luminance(ground(node))].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
  };
  const hasText = (node) => [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim() !== "");
  return [...document.querySelectorAll("body *")]
    .filter((node) => hasText(node) && node.checkVisibility() && contrast(node) < 4.5)
    .map((node) => `${node.className}: ${contrast(node).toFixed(2)}`);
}
