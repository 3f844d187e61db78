// For users of screen readers and keyboards, and for those who chose colours, motion and a direction of their own.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openStage } from "./_stage.mjs";
import { ANA, BEN, CLEO, DAN, TEAM, giveClient, hand, nameThem, shows, tell } from "./_story.mjs";

let stage;
before(async () => (stage = await openStage()));
after(() => stage?.close());

/** Notes what every live region of the page says, as a screen reader hears it. */
async function listen(page) {
  await page.evaluate(() => {
    globalThis.spoken = [];
    const hear = (records) => {
      for (const { target } of records) {
        const region = target.closest?.("[aria-live]") ?? target.parentElement?.closest("[aria-live]");
        if (region?.ariaLive === "polite" && region.textContent !== "") spoken.push(region.textContent);
      }
    };
    for (const element of document.querySelectorAll("wa-presence, wa-typing, wa-last-seen")) {
      new MutationObserver(hear).observe(element.shadowRoot, { subtree: true, childList: true, characterData: true });
    }
  });
}

async function open(body, options = {}) {
  const page = await stage.page(body, { before: (it) => it.clock.install() });
  await giveClient(page, options);
  await nameThem(page);
  await hand(page);
  await page.clock.runFor(100);
  await listen(page);
  const spoken = () => page.evaluate(() => spoken.splice(0));
  const pass = (ms) => page.clock.runFor(ms);
  return { page, spoken, pass };
}

test("typing that flickers is announced once, and only after it lasted for a second", async () => {
  const { page, spoken, pass } = await open(`<wa-presence chat="${ANA}"></wa-presence>`);
  await tell(page, "typing", { who: ANA });
  await pass(700);
  assert.deepEqual(await spoken(), []);
  await pass(700);
  assert.deepEqual(await spoken(), ["Ana Flores: typing…"]);
  for (let time = 0; time < 5; time += 1) {
    await tell(page, "paused", { who: ANA });
    await pass(1_500);
    await tell(page, "typing", { who: ANA });
    await pass(1_500);
  }
  assert.deepEqual(await spoken(), [], "again and again is once");
  const left = await page.locator('wa-presence [aria-live="polite"]').textContent();
  assert.equal(left, "", "nobody finds it beside what it was about");
  await page.done();
});

test("typing that is over before anybody could say so is not announced", async () => {
  const { page, spoken, pass } = await open(`<wa-typing chat="${ANA}"></wa-typing>`);
  await tell(page, "typing", { who: ANA });
  await pass(300);
  await tell(page, "paused", { who: ANA });
  await pass(10_000);
  assert.deepEqual(await spoken(), []);
  await page.done();
});

test("who comes or goes is announced; what was so from the start, a silence and the time of day are not", async () => {
  const { page, spoken, pass } = await open(`<wa-presence chat="${ANA}"></wa-presence>`);
  await tell(page, "online", { who: ANA });
  await pass(10_000);
  await shows(page, "wa-presence", "online");
  assert.deepEqual(await spoken(), []);
  await tell(page, "offline", { who: ANA, lastSeenAtMs: await page.evaluate(() => Date.now()) });
  await pass(2_000);
  assert.deepEqual(await spoken(), ["Ana Flores: offline"]);
  await pass(120_000);
  await page.evaluate(() => sessionIs("STOPPED"));
  await pass(10_000);
  assert.deepEqual(await spoken(), []);
  await page.done();
});

test("a list in which all type at once leaves pauses and drops the oldest, and elements of one chat say it once", async () => {
  const all = [ANA, BEN, CLEO, DAN];
  const { page, spoken, pass } = await open(all.map((chat) => `<wa-presence chat="${chat}"></wa-presence><wa-typing chat="${chat}"></wa-typing>`).join(""));
  for (const who of all) await tell(page, "typing", { who });
  await pass(1_200);
  assert.deepEqual(await spoken(), ["Ben Okoro: typing…"], "one at a time");
  await pass(3_500);
  assert.deepEqual(await spoken(), [], "not at once");
  await pass(1_000);
  assert.deepEqual(await spoken(), ["Cleo Brandt: typing…"]);
  await pass(4_000);
  assert.deepEqual(await spoken(), ["Dan Ito: typing…"]);
  await pass(60_000);
  assert.deepEqual(await spoken(), []);
  await page.done();
});

test('live="off" is silent, and a last seen always is', async () => {
  const { page, spoken, pass } = await open(`<wa-presence live="off" chat="${ANA}"></wa-presence><wa-last-seen chat="${ANA}"></wa-last-seen>`);
  for (const word of ["online", "typing", "offline"]) {
    await tell(page, word, { who: ANA });
    await pass(5_000);
  }
  assert.deepEqual(await spoken(), []);
  assert.deepEqual(await page.evaluate(() => [...document.querySelectorAll("main > *")].map((one) => one.shadowRoot.querySelector("[aria-live]").ariaLive)), ["off", "off"]);
  await page.done();
});

test("axe finds nothing to complain of, in light and dark, whatever is shown", async () => {
  for (const colorScheme of ["light", "dark"]) {
    const each = [ANA, BEN, CLEO, DAN, TEAM].map((chat) => `<li><wa-presence chat="${chat}"></wa-presence> <wa-presence view="inline" chat="${chat}"></wa-presence>
      <wa-presence view="dot" chat="${chat}"></wa-presence> <wa-last-seen chat="${chat}"></wa-last-seen> <wa-typing chat="${chat}"></wa-typing></li>`);
    const page = await stage.page(`<h1>Chats</h1><ul>${each.join("")}</ul>`, { context: { colorScheme, reducedMotion: "reduce" } });
    await giveClient(page);
    await nameThem(page);
    await hand(page);
    await tell(page, "typing", { who: ANA });
    await tell(page, "recording", { who: BEN });
    await tell(page, "offline", { who: CLEO, lastSeenAtMs: Date.now() - 60_000 });
    await tell(page, "typing", { who: DAN, chat: TEAM });
    await shows(page, `wa-presence[chat="${TEAM}"]`, "Dan Ito is typing…");
    const broken = await page.evaluate(async () => {
      await import("/node_modules/axe-core/axe.js");
      const { violations, passes } = await axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"] });
      if (!passes.some(({ id }) => id === "color-contrast")) return ["no contrast was looked at"];
      return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary}`));
    });
    assert.deepEqual(broken, [], colorScheme);
    await page.done();
  }
});

test("a dot alone has its words for whoever cannot see it", async () => {
  const { page } = await open(`<wa-presence view="dot" chat="${ANA}"></wa-presence>`);
  await tell(page, "online", { who: ANA });
  await shows(page, "wa-presence", "online");
  const { width } = await page.locator("wa-presence").boundingBox();
  assert.ok(width < 20, `only a dot is seen: ${width} px`);
  const tree = await page.locator("main").ariaSnapshot();
  assert.match(tree, /Ana Flores.*online/s);
  await page.done();
});

test("who wants no motion gets none, and who chose colours gets theirs", async () => {
  const about = { context: { reducedMotion: "reduce", forcedColors: "active" } };
  const page = await stage.page(`<wa-presence chat="${ANA}" name="Ana"></wa-presence>`, about);
  await giveClient(page);
  await hand(page);
  await tell(page, "typing", { who: ANA });
  await shows(page, "wa-presence", "typing…");
  const look = await page.evaluate(() => {
    const { shadowRoot } = document.querySelector("wa-presence");
    const style = (selector) => getComputedStyle(shadowRoot.querySelector(selector));
    document.querySelector("main").style.color = "CanvasText";
    return { motion: style(".dots i").animationName, dot: style(".dot").backgroundColor, text: getComputedStyle(document.querySelector("main")).color };
  });
  assert.equal(look.motion, "none");
  assert.equal(look.dot, look.text, "the mark is in the colour of text");
  await page.done();
});

test("from right to left everything changes sides: the face, the mark and its hole", async () => {
  const place = async (dir, lang) => {
    const page = await stage.page(`<wa-presence chat="${ANA}" name="Ana Flores"></wa-presence>`, { dir, lang });
    await giveClient(page);
    await hand(page);
    await tell(page, "online", { who: ANA });
    await shows(page, "wa-presence", lang === "ar" ? "متصل الآن" : "online");
    const box = (part) => page.locator(`wa-presence [part="${part}"]`).boundingBox();
    const [face, dot, name] = [await box("face"), await box("dot"), await box("name")];
    const hole = await page.locator('wa-presence [part="avatar"]').evaluate((avatar) => getComputedStyle(avatar).maskImage);
    await page.done();
    return { markIsRight: dot.x > face.x + face.width / 2, faceIsRight: face.x > name.x, hole };
  };
  const [left, right] = [await place("ltr", "en"), await place("rtl", "ar")];
  assert.deepEqual([left.markIsRight, left.faceIsRight], [true, false]);
  assert.deepEqual([right.markIsRight, right.faceIsRight], [false, true]);
  assert.notEqual(left.hole, right.hole);
});
