// Pages behind a relay: many on one lease, through its death and the end of their tickets, with no more than a ticket in them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../simulator.mjs";
import { picture } from "../support.mjs";

const ANA = { name: "Ana Flores", id: "15550150001@c.us" };
const BEN = { name: "Ben Okoro", id: "15550150002@c.us" };
const MANY = 20;
/** A ticket of six seconds is renewed after some five. */
const SHORT = { minutes: 0.1 };
const RENEWALS = 3;
/** A chat that was just asked for is told first how it is, which must not end what a test begins. */
const CALM_MS = 1_000;

export function tell(stage) {
  test("two browsers that share twenty chats cost one set of subscriptions, and see the same", async () => {
    const people = Array.from({ length: MANY }, (_, place) => ({ name: named(place), id: `155501600${10 + place}@c.us` }));
    const { scene, session, visit, open } = await stage().scene({ by: "waapi", people });
    await open();
    const other = await visit();
    for (const one of [scene, other]) await one.chats().and(one.page.locator('[data-knowledge="live"]')).nth(MANY - 1).waitFor();
    await session.act(named(7), "typing");
    for (const one of [scene, other]) await one.shows(slugOf(named(7)), "typing…");
    const spent = (one) => one.page.getByRole("meter", { name: "Calls" }).getAttribute("aria-valuenow");
    for (const one of [scene, other]) await until("the gauge to count them", async () => (await spent(one)) === String(MANY));
    assert.equal((await session.log()).counts.chatPresence, MANY);
    await other.close();
    await scene.close();
  });

  test("tabs of one browser share one stream, whoever of them has it", async () => {
    const { scene, session, relay, open } = await stage().scene({ by: "waapi", people: [ANA, BEN] });
    await open();
    await scene.chats().and(scene.page.locator('[data-knowledge="live"]')).nth(1).waitFor();
    const calls = await subscribes(session);
    const tabs = [scene, await scene.tab(), await scene.tab()];
    await session.act(ANA.name, "typing");
    for (const tab of tabs) await tab.shows("ana-flores", "typing…");
    const late = await scene.tab();
    await late.shows("ana-flores", "typing…");
    await session.act(BEN.name, "online");
    for (const tab of [...tabs, late]) {
      await tab.shows("ben-okoro", /^online$/);
      await tab.connection("open");
    }
    assert.equal(await streams(relay), 1);
    await scene.page.close();
    await session.act(ANA.name, "recording");
    for (const tab of [tabs[1], tabs[2], late]) await tab.shows("ana-flores", "recording…");
    assert.equal(await subscribes(session), calls, "nothing is asked for again");
    // Its numbers are as old as its last look at them.
    await until("one stream", async () => (await streams(relay)) === 1);
    // What a tab asks itself goes with a ticket of its own.
    await late.chat("ben-okoro").click();
    await late.page.getByRole("textbox", { name: "Message" }).pressSequentially("Hello Ben", { delay: 40 });
    await session.sees(BEN.name, { activity: "typing" });
    await scene.close();
  });

  for (const by of ["wawp-v2", "waapi"]) {
    test(`${by}: a relay that dies takes what is known with it, and nothing else`, async () => {
      const { scene, page, session, relay, open } = await stage().scene({ by, people: [ANA, BEN] });
      await open();
      await page.evaluate(() => (globalThis.sameDocument = true));
      await session.act(ANA.name, "online");
      await scene.shows("ana-flores", /^online$/);
      await session.act(BEN.name, "offline");
      await page.locator('.chat[data-chat="ben-okoro"][data-state="offline"]').waitFor();
      const calls = await subscribes(session);
      await relay.kill();
      await page.locator('.chat[data-state="lapsed"]').nth(1).waitFor();
      await scene.shows("ana-flores", "was online just now");
      await scene.trouble("unreachable");
      const seen = await watchStates(page);
      // What happens in the gap is told to nobody who is there.
      await session.act(ANA.name, "offline");
      await page.waitForTimeout(CALM_MS);
      assert.deepEqual(await seen(), [], "nobody is called anything while nobody tells us");
      await picture(page, `relay-gone-${by}`);
      await relay.resume();
      await scene.connection("open");
      await scene.noTrouble();
      await page.locator('.chat[data-chat="ana-flores"][data-state="offline"]').waitFor();
      await page.locator('.chat[data-knowledge="live"]').nth(1).waitFor();
      assert.ok((await subscribes(session)) >= calls + 2, "it is asked again");
      await page.waitForTimeout(CALM_MS);
      await session.act(BEN.name, "typing");
      await scene.shows("ben-okoro", "typing…");
      assert.equal(await page.evaluate(() => globalThis.sameDocument), true, "without a reload");
      await scene.close();
    });
  }

  test("a ticket that ends is replaced in time, and nothing is seen of it", async () => {
    let asked = 0;
    const issue = (relay, account, chats) => {
      asked += 1;
      return relay.ticket(account, chats, SHORT);
    };
    const { scene, page, session, open } = await stage().scene({ by: "waapi", people: [ANA], issue });
    await open();
    await session.act(ANA.name, "online");
    await scene.shows("ana-flores", /^online$/);
    const [states, before] = [await watchStates(page, "#status"), asked];
    const seen = await watchStates(page);
    await until("more tickets", () => asked >= before + RENEWALS, 30_000);
    assert.deepEqual(await states(), [], "the connection stays open");
    assert.deepEqual(await seen(), [], "and so does what is shown");
    await session.act(ANA.name, "typing");
    await scene.shows("ana-flores", "typing…");
    await scene.close();
  });

  test("without another ticket the page says so, and goes on when there is one", async () => {
    let down = false;
    const issue = (relay, account, chats) => (down ? 503 : relay.ticket(account, chats, SHORT));
    const { scene, page, session, open } = await stage().scene({ by: "waapi", people: [ANA], issue });
    await open();
    await session.act(ANA.name, "online");
    await scene.shows("ana-flores", /^online$/);
    down = true;
    assert.match(await scene.trouble("ticket"), /There is no ticket for the relay\./);
    await page.locator('.chat[data-state="lapsed"]').waitFor();
    down = false;
    await scene.connection("open");
    await scene.noTrouble();
    await scene.shows("ana-flores", /^online$/);
    await session.act(ANA.name, "typing");
    await scene.shows("ana-flores", "typing…");
    await scene.close();
  });

  test("a ticket that the relay refuses is explained, and not shown", async () => {
    const forged = (relay, account, chats) => relay.ticket(account, chats).replace(/[^.]+$/, "forged-and-secret");
    const { scene, page, open } = await stage().scene({ by: "waapi", people: [ANA], issue: forged });
    await open();
    assert.match(await scene.trouble("key"), /The relay refused the ticket\./);
    await scene.connection("unauthorized");
    assert.match(await page.locator("#status").innerText(), /Ticket refused/);
    assert.doesNotMatch(await page.content(), /forged-and-secret/);
    await scene.close();
  });

  test("a chat that the ticket does not cover is refused, and the others are not", async () => {
    const issue = (relay, account) => relay.ticket(account, [ANA.id]);
    const { scene, page, session, open } = await stage().scene({ by: "wawp-v2", people: [ANA, BEN], issue });
    await open();
    await page.locator('.chat[data-chat="ben-okoro"][data-knowledge="refused"]').waitFor();
    await scene.shows("ben-okoro", "not available");
    await scene.chat("ben-okoro").click();
    await page.locator("#knowledge", { hasText: "We may not watch this chat" }).waitFor();
    await session.act(ANA.name, "typing");
    await scene.shows("ana-flores", "typing…");
    assert.equal((await session.log()).watching.includes(BEN.id), false, "nobody asked for it either");
    await scene.connection("open");
    await scene.close();
  });

  test("a relay that does not let this page in is told apart from one that is not there", async () => {
    const { scene, open } = await stage().scene({ by: "waapi", people: [ANA], origin: "https://elsewhere.example" });
    await open();
    assert.match(await scene.trouble("cors"), /List the origin of this page in the relay's configuration/);
    await scene.close();
  });

  test("no ticket, token or secret gets into the markup, storage, the address, the console or the relay's log", async () => {
    const tickets = [];
    const issue = (relay, account, chats) => {
      tickets.push(relay.ticket(account, chats));
      return tickets.at(-1);
    };
    const { scene, page, session, relay, open } = await stage().scene({ by: "wawp-v2", people: [ANA], issue });
    const spoken = [];
    page.on("console", (message) => spoken.push(message.text()));
    page.on("pageerror", (error) => spoken.push(`${error.message}\n${error.stack}`));
    await open();
    await scene.works();
    await session.act(ANA.name, "typing");
    await scene.shows("ana-flores", "typing…");
    await page.locator("#composer-text").pressSequentially("Hello");
    await session.sees(ANA.name, { activity: "typing" });
    await session.fail({ status: 401, body: { message: `no ${relay.secrets.join(" ")}` }, times: 2 });
    await page.locator("#composer-text").press("Enter");
    await fetch(`${relay.url}/hooks/wawp-v2?secret=${relay.secrets[1]}`, { method: "POST", body: relay.secrets[1] });
    await relay.kill();
    await scene.trouble("unreachable");
    await relay.resume();
    await scene.connection("open");
    const markup = await page.evaluate(() => document.documentElement.outerHTML);
    const stored = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
    const found = [markup, stored, page.url(), ...spoken, relay.log];
    assert.ok(tickets.length > 0 && relay.log.includes("refused"), "there is something to search for, and something to search");
    const signatures = tickets.map((one) => one.split(".").at(-1));
    for (const secret of [...tickets, ...signatures, ...relay.secrets, session.instances.wawp.instanceId, ANA.id]) {
      assert.deepEqual(found.filter((text) => text.includes(secret)).map((text) => text.replaceAll(secret, "…")), []);
    }
    await scene.close();
  });

  test("the demo's own relay and tickets show somebody typing", async () => {
    const scene = await stage().demo("wawp-v2");
    await scene.works();
    await scene.page.locator('.chat[data-activity="typing"]').first().waitFor();
    await scene.noTrouble();
    await scene.close();
  });
}

/** Notes what the chats, or another part of the page, are said to be from now on; the answer tells. */
async function watchStates(page, selector = ".chat") {
  const key = `states of ${selector}`;
  await page.evaluate(
    ([name, which]) => {
      const seen = [];
      globalThis[name] = seen;
      const observer = new MutationObserver((records) => {
        for (const { target, oldValue } of records) if (target.dataset.state !== oldValue) seen.push(target.dataset.state);
      });
      const options = { attributes: true, attributeOldValue: true, attributeFilter: ["data-state"] };
      for (const node of document.querySelectorAll(which)) observer.observe(node, options);
    },
    [key, selector],
  );
  return () => page.evaluate((name) => globalThis[name], key);
}

/** How often the gateway was asked to tell of a chat, by whichever name it has for that. */
async function subscribes(session) {
  const { counts } = await session.log();
  return (counts.subscribe ?? 0) + (counts.chatPresence ?? 0);
}

/** Streams that the relay has open. */
async function streams(relay) {
  const metrics = await (await fetch(`${relay.url}/metrics`)).text();
  return Number(/^wa_presence_relay_account\{[^}]*of="feeds"\} (\d+)$/m.exec(metrics)?.[1]);
}

/** Names that differ in letters, as the markup names chats. */
function named(place) {
  return `Guest ${String.fromCodePoint("A".codePointAt(0) + place)}`;
}

function slugOf(name) {
  return name.toLowerCase().replace(" ", "-");
}
