// The same page by way of every gateway, over the same people. News of the hosted ones travel as they would: webhook, server, page.

import assert from "node:assert/strict";
import { test } from "node:test";
import { lastSighting } from "../sightings.mjs";
import { picture } from "../support.mjs";

const ALL = ["waha", "wawp-v1", "wawp-v2", "waapi", "waapi-polled"];
/** What a chat that was just asked for is told first must not end what a test begins. */
const CALM_MS = 1_000;
const TTL_MS = 1_500;
const TOLERANCE_MS = 400;

export function tell(stage) {
  for (const by of ALL) {
    test(`${by}: a contact comes online, types, and stops being shown as typing by themselves`, async () => {
      const { scene, page, session, open } = await stage().scene({ by, people: ["Ana Flores"], config: { typingTtlMs: TTL_MS, guard: "off" } });
      const said = [];
      page.on("console", (message) => said.push(message.text()));
      await open();
      await scene.connection("open");
      await page.locator('#status[data-session="working"]').waitFor();
      await session.act("Ana Flores", "online");
      await scene.shows("ana-flores", "online");
      await page.waitForTimeout(CALM_MS);
      await session.act("Ana Flores", "typing");
      await scene.shows("ana-flores", "typing…");
      await picture(page, `gateway-${by}`);
      await page.locator('#conversation[data-activity="none"]').waitFor();
      await page.locator("#log li", { hasText: "stopped typing: nothing repeated it in time" }).waitFor();
      const { beganAtMs, endedAtMs } = await lastSighting(page, "Ana Flores", "typing");
      assert.ok(Math.abs(endedAtMs - beganAtMs - TTL_MS) < TOLERANCE_MS, `typing was shown for ${endedAtMs - beganAtMs} ms`);
      const { counts } = await session.log();
      assert.equal((counts.snapshot ?? 0) > 0, by === "waapi-polled", "only the polled entry polls");
      assert.deepEqual(said, [], "a page that works has nothing to say to the console");
      await scene.close();
    });
  }

  for (const [by, name] of [["wawp-v1", "Wawp"], ["wawp-v2", "Wawp"], ["waapi", "WaAPI"]]) {
    test(`${by}: a wrong token is explained, and not shown`, async () => {
      const { scene, page, open } = await stage().scene({ by, people: ["Ana Flores"], instance: { token: "wrong-and-secret" } });
      await open();
      assert.match(await scene.trouble("key"), new RegExp(`${name} refused the token\\.`));
      await scene.connection("unauthorized");
      assert.match(await page.locator("#status").innerText(), /Token refused/);
      await picture(page, `gateway-${by}-token-refused`);
      assert.doesNotMatch(await page.content(), /wrong-and-secret/);
      await scene.close();
    });
  }

  test("an instance that does not exist is explained, in the words each gateway allows", async () => {
    for (const [by, instanceId, trouble, words] of [
      ["wawp-v2", "NOSUCHINSTAN", "not-ready", /it may be starting, not linked, or not exist/],
      ["waapi", "999", "no-session", /WaAPI does not know the instance/],
    ]) {
      const { scene, open } = await stage().scene({ by, people: ["Ana Flores"], instance: { instanceId } });
      await open();
      assert.match(await scene.trouble(trouble), words);
      await scene.close();
    }
  });

  for (const by of ["wawp-v2", "waapi", "waapi-polled"]) {
    test(`${by}: an instance that is lost and returns is explained, and goes on without a reload`, async () => {
      const { scene, page, session, open } = await stage().scene({ by, people: ["Ana Flores"] });
      await open();
      await session.act("Ana Flores", "online");
      await scene.shows("ana-flores", "online");
      await session.setStatus("STARTING");
      assert.match(await scene.trouble("starting"), /The instance is starting\./);
      await page.locator('#status[data-session="starting"]').waitFor();
      await page.locator('.chat[data-state="lapsed"]').waitFor();
      await session.setStatus("WORKING");
      await scene.noTrouble();
      await session.act("Ana Flores", "typing");
      await scene.shows("ana-flores", "typing…");
      await scene.close();
    });
  }

  test("where the gateway looks nobody up, the list of people tells who a hidden id is", async () => {
    const lidia = { name: "Lidia Lind", id: "15550130003@c.us", lid: "99000000077003@lid" };
    const { scene, session, open } = await stage().scene({ by: "wawp-v2", people: [lidia] });
    await open();
    await session.act("Lidia Lind", "typing");
    await scene.shows("lidia-lind", "typing…");
    assert.equal(await scene.chats().count(), 1);
    await scene.close();
  });

  test("too many calls: the page says who asks for a pause", async () => {
    const { scene, session, open } = await stage().scene({ by: "waapi", people: ["Ana Flores"] });
    await session.fail({ status: 429, body: { message: "Too Many Attempts." }, route: "get-chat-presence" });
    await open();
    assert.match(await scene.trouble("rate-limited"), /WaAPI asks for a pause\./);
    await scene.close();
  });

  test("without the stream of webhooks the page says so, and finds it again", async () => {
    const { scene, page, session, open } = await stage().scene({ by: "waapi", people: ["Ana Flores"] });
    await page.route("**/events/waapi", (route) => route.fulfill({ status: 503 }));
    await open();
    await scene.connection("reconnecting");
    await page.unroute("**/events/waapi");
    await scene.connection("open");
    await session.act("Ana Flores", "typing");
    await scene.shows("ana-flores", "typing…");
    await scene.close();
  });

  test("the switch is reached by keyboard, says where we are, and leads to a page that works", async () => {
    const { scene, page, session, open } = await stage().scene({ by: "waha", people: ["Ana Flores"] });
    await open();
    const at = (label) => page.getByRole("navigation", { name: "Gateway" }).getByRole("link", { name: label, exact: true });
    assert.equal(await at("WAHA").getAttribute("aria-current"), "page");
    await page.locator("#notice", { hasText: "online on WAHA" }).waitFor();
    await at("WAHA").focus();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/?gateway=wawp-v1");
    assert.equal(await at("Wawp v1").getAttribute("aria-current"), "page");
    await page.locator("#notice", { hasText: "online on Wawp" }).waitFor();
    await scene.connection("open");
    await at("WaAPI").click();
    await page.waitForURL("**/?gateway=waapi");
    await scene.connection("open");
    assert.equal(await page.locator("#notice").isVisible(), false, "nothing is known to mark the account online");
    await session.act("Ana Flores", "recording");
    await scene.shows("ana-flores", "recording…");
    await scene.close();
  });

  test("with one gateway there is no switch", async () => {
    const { scene, page, open } = await stage().scene({ people: ["Ana Flores"] });
    await open();
    assert.equal(await page.locator("#choice").isVisible(), false);
    await scene.close();
  });

  test("no token, key or secret travels with the events, nor gets into the markup or the address", async () => {
    const { scene, page, session, open } = await stage().scene({ by: "wawp-v2", people: ["Ana Flores"], shows: 1 });
    const told = ["wawp", "waapi"].map((face) => overheard(new URL(`events/${face}`, stage().url)));
    await open();
    await session.act("Ana Flores", "typing");
    await scene.shows("ana-flores", "typing…");
    const { wawp, waapi } = session.instances;
    const markup = await page.evaluate(() => document.documentElement.outerHTML);
    const texts = [...(await Promise.all(told.map((stop) => stop()))), markup, page.url()];
    assert.ok(texts[0].includes("presence.update") && texts[1].includes("presence_update"), "the search heard the events");
    for (const secret of [wawp.accessToken, waapi.token, `key_of_${session.name}`, stage().hooks[0].secret]) {
      assert.equal(texts.some((text) => text.includes(secret)), false);
    }
    assert.equal(markup.includes(wawp.instanceId), false);
    await scene.close();
  });
}

/** Reads a stream until it is told to stop, and answers with all of it. */
function overheard(url) {
  const stopping = new AbortController();
  const text = fetch(url, { signal: stopping.signal }).then(async ({ body }) => {
    let heard = "";
    const decoder = new TextDecoder();
    try {
      for await (const chunk of body) heard += decoder.decode(chunk, { stream: true });
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
    return heard;
  });
  return () => {
    stopping.abort();
    return text;
  };
}
