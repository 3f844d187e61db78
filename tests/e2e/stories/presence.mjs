// What people do, as it appears and ends on the page.

import assert from "node:assert/strict";
import { test } from "node:test";
import { lateEnds, percentile } from "../ends.mjs";
import { lastSighting } from "../sightings.mjs";
import { picture } from "../support.mjs";

/**
 * A chat that was asked for before the feed was open is asked for again once it is, and the greeting ends what it finds. Who
 * wants to see a typing last waits for that.
 */
const CALM_MS = 2_000;
/** Short, so that the real 15 s are waited for only once: in the smoke. */
const TTL_MS = 2_000;
const ENDS = 60;
/** It takes no longer than a frame; machines that run this are busy. */
const MOST_LATE_MS = 250;

export function tell(stage) {
  test("typing appears, and ends by itself on time when nothing repeats it", async () => {
    const { scene, page, session, open } = await stage().scene({ people: ["Ana Flores"], config: { typingTtlMs: TTL_MS, guard: "off" } });
    const said = [];
    page.on("console", (message) => said.push(message.text()));
    await open();
    await page.waitForTimeout(CALM_MS);
    await session.act("Ana Flores", "typing");
    await scene.shows("ana-flores", "typing…");
    await page.locator('#conversation[data-chat="ana-flores"][data-activity="typing"]').waitFor();
    await page.locator('#conversation[data-activity="none"]').waitFor();
    await page.locator("#log li", { hasText: "stopped typing: nothing repeated it in time" }).waitFor();
    const { beganAtMs, endedAtMs } = await lastSighting(page, "Ana Flores", "typing");
    assert.ok(Math.abs(endedAtMs - beganAtMs - TTL_MS) < 400, `typing was shown for ${endedAtMs - beganAtMs} ms`);
    assert.deepEqual(said, [], "a page that works has nothing to say to the console");
    await scene.close();
  });

  test("no end of typing is on the screen later than 250 ms after it is due", async () => {
    const { scene, page } = await stage().scene();
    await page.goto(stage().blank);
    const late = await lateEnds(page, ENDS);
    assert.equal(late.length, ENDS);
    assert.ok(percentile(late, 99) <= MOST_LATE_MS, `late by ${percentile(late, 50)} ms, and by ${percentile(late, 99)} ms`);
    assert.ok(Math.min(...late) > -5, `${Math.min(...late)} ms before it was due`);
    await scene.close();
  });

  test("typing that is repeated goes on, and a pause ends it", async () => {
    const { scene, page, session, open } = await stage().scene({ people: ["Ana Flores"], config: { typingTtlMs: TTL_MS } });
    await open();
    await page.waitForTimeout(CALM_MS);
    for (let repeat = 0; repeat < 4; repeat += 1) {
      await session.act("Ana Flores", "typing");
      await page.waitForTimeout(TTL_MS / 2);
    }
    await session.act("Ana Flores", "paused");
    await scene.shows("ana-flores", "online");
    await page.locator("#log li", { hasText: "stopped typing: they paused" }).waitFor();
    const starts = await page.locator("#log li", { hasText: "started typing" }).count();
    assert.equal(starts, 1, "repeats must not flicker");
    await scene.close();
  });

  test("recording has its own word, and their message ends it", async () => {
    const { scene, page, session, open } = await stage().scene({ people: ["Ana Flores"] });
    await open();
    await session.act("Ana Flores", "recording");
    await scene.shows("ana-flores", "recording…");
    await session.act("Ana Flores", "message", { voice: true });
    await scene.shows("ana-flores", "online");
    await page.locator("#log li", { hasText: "stopped recording: their message came" }).waitFor();
    await scene.close();
  });

  test("who left is last seen in words", async () => {
    const { scene, session, open } = await stage().scene({ people: ["Ana Flores"] });
    await open();
    await session.act("Ana Flores", "online");
    await scene.shows("ana-flores", "online");
    const lastSeen = Math.floor(Date.now() / 1_000) - 5 * 60 - 10;
    await session.act("Ana Flores", "offline", { lastSeen });
    await scene.shows("ana-flores", "last seen 5 minutes ago");
    assert.equal(await scene.chat("ana-flores").getAttribute("data-state"), "offline");
    await scene.close();
  });

  test("in a group each participant types on their own", async () => {
    const members = ["Ana Flores", "Ben Okoro", "Cleo Marsh"];
    const { scene, page, session, open } = await stage().scene({ people: members, groups: { Team: members } });
    await open();
    await scene.chat("team").click();
    const inTeam = { chat: "Team" };
    await session.act("Ana Flores", "typing", inTeam);
    await scene.shows("team", "Ana Flores is typing…");
    await session.act("Ben Okoro", "typing", inTeam);
    await scene.shows("team", "Ana Flores and Ben Okoro are typing…");
    await session.act("Cleo Marsh", "typing", inTeam);
    await scene.shows("team", "3 people are typing…");
    await picture(page, "dashboard-group");
    await session.act("Ben Okoro", "paused", inTeam);
    await session.act("Cleo Marsh", "paused", inTeam);
    await scene.shows("team", "Ana Flores is typing…");
    for (const [slug, activity] of [["ana-flores", "typing"], ["ben-okoro", "none"], ["cleo-marsh", "none"]]) {
      await page.locator(`.participant[data-person="${slug}"][data-activity="${activity}"]`).waitFor();
    }
    assert.equal(await scene.chat("ana-flores").getAttribute("data-activity"), "none", "her own chat is another one");
    await scene.close();
  });

  test("somebody who appears under a hidden id is still themselves", async () => {
    const lidia = { name: "Lidia Lind", id: "15550130001@c.us", lid: "99000000077001@lid" };
    const { scene, session, open } = await stage().scene({ people: [lidia] });
    await open();
    await session.act("Lidia Lind", "typing");
    await scene.shows("lidia-lind", "typing…");
    assert.equal(await scene.chats().count(), 1);
    await scene.close();
  });

  test("who answers nothing is not called offline", async () => {
    const { scene, session, open } = await stage().scene({ people: [{ name: "Hidden Hana", hidesPresence: true }] });
    await open();
    await session.watched("Hidden Hana");
    await scene.shows("hidden-hana", "asking WhatsApp…");
    assert.equal(await scene.chat("hidden-hana").getAttribute("data-state"), "unknown");
    await scene.close();
  });
}
