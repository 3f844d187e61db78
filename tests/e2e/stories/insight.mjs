// What the page makes of their side of a conversation: where to send it, how it moves, whether they struggle, what happened.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { picture } from "../support.mjs";

const ANA = "Ana Flores";
const NUMBER = "15550140001";

export function tell(stage) {
  for (const by of ["waha", "wawp-v1", "wawp-v2", "waapi"]) {
    test(`${by}: who is there has priority, who is not is a ticket`, async () => {
      const { scene, page, session, open } = await stage().scene({ by, people: [ANA], config: { guard: "off" } });
      await open();
      await scene.works();
      await session.act(ANA, "online");
      await scene.shows("ana-flores", "online");
      const check = page.getByRole("button", { name: /^Check/ });
      await check.click();
      await page.locator('#routing[data-route="priority"]', { hasText: "they are there: to a human, at once" }).waitFor();
      await page.locator("#routing-age", { hasText: /as of \d+ s ago/ }).waitFor();
      await session.act(ANA, "offline");
      await scene.shows("ana-flores", "last seen just now");
      await check.click();
      await page.locator('#routing[data-route="standard"]', { hasText: "a ticket will do" }).waitFor();
      await scene.close();
    });
  }

  test("of whom nothing is told, nothing is claimed, and the gateway that says so is believed", async () => {
    for (const [by, why] of [["waha", "nothing certain came in time"], ["waapi", "the gateway tells nothing of them"]]) {
      const people = [{ name: "Hidden Hana", hidesPresence: true }];
      const { scene, page, open } = await stage().scene({ by, people, config: { guard: "off" } });
      await open();
      await page.locator('#routing[data-route="unknown"]', { hasText: why }).waitFor();
      await scene.close();
    }
  });

  test("momentum: how they composed, how long their reply took, and that they read and do not answer", async () => {
    const { scene, page, session, open } = await stage().scene({ people: [ANA], config: { guard: "off" } });
    await open();
    await scene.works();
    const line = (words) => page.locator("#momentum-lines li", { hasText: words }).waitFor();
    await line("Nothing was seen of their side yet.");
    await session.act(ANA, "typing");
    await line(/^First composed \d+ s ago: 1 burst, \d+ s of composing, nothing sent yet$/);
    await session.act(ANA, "paused");
    await page.waitForTimeout(1_000);
    await session.act(ANA, "typing");
    await line(/: 2 bursts,/);
    await session.act(ANA, "message");
    await line(/^Last wrote at [\d:]+, \d+ s after they began: \d+ s of composing in 2 bursts$/);
    await session.act(ANA, "message", { fromMe: true });
    await line(/^Read at [\d:]+, online, not answering$/);
    await picture(page, "momentum");
    await scene.close();
  });

  test("who struggles is marked in the list, and hinted at until they write", async () => {
    const { scene, page, session, open } = await stage().scene({ people: [ANA, "Ben Okoro"], config: { guard: "off" } });
    // Three minutes of composing are proven natively; here the package is wrapped, and says so when it is told to.
    await page.route("**/pkg/index.js", (route) => route.fulfill({ contentType: "text/javascript", body: STRUGGLING }));
    await open();
    await scene.works();
    await page.evaluate(() => globalThis.struggle(1));
    const tag = scene.chat("ben-okoro").locator(".tag-struggling");
    await tag.waitFor();
    assert.equal(await page.locator("#hint").isVisible(), false, "another chat is open");
    await scene.chat("ben-okoro").click();
    await page.locator("#hint", { hasText: "Ben Okoro has been composing for 3 min and sent nothing." }).waitFor();
    await picture(page, "struggling");
    await page.evaluate(() => globalThis.struggle(null));
    await tag.waitFor({ state: "hidden" });
    await page.locator("#hint").waitFor({ state: "hidden" });
    await scene.close();
  });

  test("the log is saved as NDJSON, without a number in it", async () => {
    const people = [{ name: ANA, id: `${NUMBER}@c.us` }];
    const { scene, page, session, open } = await stage().scene({ people, config: { guard: "off" } });
    await open();
    await session.act(ANA, "typing");
    await scene.shows("ana-flores", "typing…");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Export NDJSON" }).click(),
    ]);
    assert.match(download.suggestedFilename(), /^presence-[\dT-]+\.ndjson$/);
    const text = await readFile(await download.path(), "utf8");
    const entries = text.trimEnd().split("\n").map((line) => JSON.parse(line));
    assert.ok(entries.some(({ event, participant }) => event === "typing-began" && /^person-\d+$/.test(participant)));
    assert.ok(entries.every(({ chat }) => /^chat-\d+$/.test(chat)));
    assert.equal(text.includes(NUMBER), false);
    await scene.close();
  });
}

/** The package, but for who struggles: the chat of that number in the page's list, or nobody. */
const STRUGGLING = `
  import * as real from "/pkg/index.js?real";
  export const { chatId, isChatId } = real;
  export async function connect(options) {
    const presence = await real.connect(options);
    const chats = [];
    let struggler = null;
    let tell = null;
    const momentum = () => ({
      firstComposingAtMs: Date.now() - 190_000, bursts: 4, composingMs: 184_000, struggling: true, lastReply: null, lastReadAtMs: null,
    });
    globalThis.struggle = (number) => {
      struggler = chats[number] ?? null;
      if (struggler !== null) tell({ chat: struggler, participant: struggler, momentum: momentum() });
    };
    const changed = {
      watch: (chat, options) => {
        chats.push(chat);
        return presence.watch(chat, options);
      },
      onStruggling: (callback) => {
        tell = callback;
        return () => {};
      },
      momentum: (chat) => (chat === struggler ? momentum() : presence.momentum(chat)),
    };
    return new Proxy(presence, {
      get(target, name) {
        if (name in changed) return changed[name];
        const value = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
      set: (target, name, value) => Reflect.set(target, name, value, target),
    });
  }
`;
