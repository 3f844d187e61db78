// A bot that answers when it is its turn: it does not talk into what somebody is still writing.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { picture } from "../support.mjs";

const GATEWAYS = ["waha", "wawp-v1", "wawp-v2", "waapi"];
const ANA = "Ana Flores";
/** As phones do: what is typed is told again every 10 s. */
const AGAIN_MS = 10_000;
const TYPES_FOR_MS = 40_000;

export function tell(stage) {
  // Side by side: this is one minute of waiting.
  describe("forty seconds", { concurrency: true }, () => {
    for (const by of GATEWAYS) {
      test(`${by}: while somebody types for 40 s the bot waits, and then it types`, async () => {
        const { scene, page, session, open } = await stage().scene({ by, people: [ANA], config: { guard: "off" } });
        await open();
        await scene.works();
        await session.watched(ANA);
        const bot = page.getByRole("switch", { name: "Bot" });
        const state = (words) => page.locator("#bot-state", { hasText: words }).waitFor();
        await bot.click();
        await state("Waiting for them to write");
        await session.act(ANA, "typing");
        await session.act(ANA, "message");
        // A message is a moment longer on its way than typing. What is typed before it came would be taken for what it ended.
        await state("The bot waits until it is quiet");
        const beganAt = Date.now();
        for (let told = 0; told * AGAIN_MS < TYPES_FOR_MS; told += 1) {
          await session.act(ANA, "typing");
          await state("They are typing, the bot waits");
          if (told === 1) await picture(page, `bot-waits-${by}`);
          await pause(beganAt + (told + 1) * AGAIN_MS - Date.now());
          assert.deepEqual(await shown(session), [], "nobody is interrupted");
        }
        await session.act(ANA, "message");
        await session.sees(ANA, { activity: "typing" });
        await state("The bot is typing…");
        await state("The bot answered (nothing was sent)");
        await session.sees(ANA, { activity: "none" });
        assert.deepEqual((await shown(session)).map(({ shows }) => shows), ["typing", "none"]);
        await bot.click();
        await state(/^Off$/);
        await scene.close();
      });
    }
  });

  test("who writes while the bot types is answered anew, and a bot that is switched off stops typing", async () => {
    const { scene, page, session, open } = await stage().scene({ people: [ANA], config: { guard: "off" } });
    await open();
    await scene.works();
    await session.watched(ANA);
    const bot = page.getByRole("switch", { name: "Bot" });
    const state = (words) => page.locator("#bot-state", { hasText: words }).waitFor();
    await bot.focus();
    await page.keyboard.press("Space");
    assert.equal(await bot.getAttribute("aria-checked"), "true");
    await scene.chat("ana-flores").locator(".tag-bot").waitFor();
    await state("Waiting for them to write");
    await session.act(ANA, "message");
    await state("The bot is typing…");
    await noteStates(page);
    await session.act(ANA, "message");
    await page.waitForFunction(() => globalThis.botStates.includes("overtaken") && globalThis.botStates.includes("answered"));
    // They write once more, and are typed to when somebody switches it off.
    await session.act(ANA, "message");
    await session.sees(ANA, { activity: "typing" });
    await bot.click();
    await state(/^Off$/);
    await session.sees(ANA, { activity: "none" }, 2_500);
    assert.equal(await scene.chat("ana-flores").locator(".tag-bot").isVisible(), false);
    await scene.close();
  });
}

/** What Ana's chat was shown of us, presence aside. */
async function shown(session) {
  return (await session.changes()).filter(({ chat }) => chat !== null);
}

/** Keeps every state of the bot: some last for a moment only. */
async function noteStates(page) {
  await page.evaluate(() => {
    const bot = document.getElementById("bot");
    globalThis.botStates = [];
    new MutationObserver(() => globalThis.botStates.push(bot.dataset.bot)).observe(bot, { attributeFilter: ["data-bot"] });
  });
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
