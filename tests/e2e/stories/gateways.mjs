// The same page by way of every gateway, over the same people. News of the hosted ones travel as they would: webhook, relay, page.

import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer } from "node:net";
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
    test(`${by}: a wrong token is the relay's affair, explained, and not shown`, async () => {
      const { scene, page, relay, open } = await stage().scene({ by, people: ["Ana Flores"], instance: { token: "wrong-and-secret" } });
      await open();
      assert.match(await scene.trouble("credential"), new RegExp(`${name} refuses the relay's key\\.`));
      await scene.connection("open");
      assert.doesNotMatch(await page.locator("#status").innerText(), /refused/);
      await picture(page, `gateway-${by}-token-refused`);
      for (const text of [await page.content(), relay.log]) assert.doesNotMatch(text, /wrong-and-secret/);
      await scene.close();
    });
  }

  test("waapi-polled: a wrong token is explained, and not shown", async () => {
    const by = "waapi-polled";
    const { scene, page, open } = await stage().scene({ by, people: ["Ana Flores"], instance: { token: "wrong-and-secret" } });
    await open();
    assert.match(await scene.trouble("key"), /WaAPI refused the token\./);
    await scene.connection("unauthorized");
    assert.match(await page.locator("#status").innerText(), /Token refused/);
    assert.doesNotMatch(await page.content(), /wrong-and-secret/);
    await scene.close();
  });

  test("an instance that does not exist is explained, in the words each gateway allows", async () => {
    for (const [by, instanceId, trouble, words] of [
      ["wawp-v2", "NOSUCHINSTAN", "starting", /it may not be linked, or not exist: look for it in Wawp's own dashboard/],
      ["waapi", "999", "no-session", /WaAPI tells nothing of the instance\..*it may not exist/s],
      ["waapi-polled", "999", "no-session", /WaAPI does not know the instance/],
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

  test("without the relay the page says so, and finds it again", async () => {
    const { scene, page, session, relay, open } = await stage().scene({ by: "waapi", people: ["Ana Flores"] });
    await relay.kill();
    await open();
    assert.match(await scene.trouble("unreachable"), /The relay is out of reach\. Nothing answers at 127\.0\.0\.1/);
    await picture(page, "gateway-relay-gone");
    await relay.resume();
    await scene.connection("open");
    await scene.noTrouble();
    await session.act("Ana Flores", "typing");
    await scene.shows("ana-flores", "typing…");
    await scene.close();
  });

  test("the switch is reached by keyboard, says where we are, and leads to a page that works", async () => {
    const about = { by: "waha", accounts: ["wawp-v1", "waapi"], people: ["Ana Flores"] };
    const { scene, page, session, open } = await stage().scene(about);
    await open();
    const at = (label) => page.getByRole("navigation", { name: "Gateway" }).getByRole("link", { name: label, exact: true });
    assert.equal(await at("WAHA").getAttribute("aria-current"), "page");
    await page.locator("#notice", { hasText: "online on WAHA" }).waitFor();
    await at("WAHA").focus();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/?gateway=wawp-v1");
    assert.equal(await at("Wawp v1").getAttribute("aria-current"), "page");
    assert.match(await page.locator("#gateway").innerText(), /^Wawp by relay · 127\.0\.0\.1:\d+$/);
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

  test("no token, key or secret travels from the relay, nor gets into the markup or the address", async () => {
    let heard;
    const between = async (url) => (heard = await overhear(url)).url;
    const { scene, page, session, relay, open } = await stage().scene({ by: "wawp-v2", people: ["Ana Flores"], between });
    await open();
    await session.act("Ana Flores", "typing");
    await scene.shows("ana-flores", "typing…");
    const { wawp, waapi } = session.instances;
    const markup = await page.evaluate(() => document.documentElement.outerHTML);
    const texts = [heard.text(), markup, page.url()];
    assert.ok(texts[0].includes("event: observation") && texts[0].includes('"typing"'), "the search heard the events");
    for (const secret of [wawp.accessToken, waapi.token, `key_of_${session.name}`, wawp.instanceId, ...relay.secrets]) {
      assert.deepEqual(texts.filter((text) => text.includes(secret)), []);
    }
    await scene.close();
    heard.stop();
  });

  test("of what is behind a relay the page is told no more than whose it is", async () => {
    const { gateways } = await (await fetch(new URL("config.json", stage().url))).json();
    const relayed = gateways.filter(({ gateway }) => gateway.kind === "relay");
    assert.deepEqual(relayed.map(({ name }) => name), ["wawp-v1", "wawp-v2", "waapi"]);
    for (const one of relayed) {
      assert.deepEqual(Object.keys(one).sort(), ["gateway", "label", "name", "ticketUrl", "vendor"]);
      assert.deepEqual(Object.keys(one.gateway).sort(), ["account", "kind", "url"]);
      assert.equal(stage().vendorTokens.some((token) => JSON.stringify(one).includes(token)), false);
    }
  });
}

/** Stands between a page and a server, and keeps every byte that the page gets. */
async function overhear(url) {
  const said = [];
  const { hostname, port } = new URL(url);
  const server = createServer((page) => {
    const there = connect(Number(port), hostname);
    there.on("data", (chunk) => said.push(chunk));
    page.pipe(there).pipe(page);
    // Either side may go when it likes.
    for (const [end, other] of [[page, there], [there, page]]) end.on("error", () => other.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const stop = () => server.close();
  return { url: `http://127.0.0.1:${server.address().port}`, text: () => Buffer.concat(said).toString(), stop };
}
