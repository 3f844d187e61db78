// What elements show of a chat, in Chromium and under a strict policy: every state, in words, on the element and as a custom state.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { NETWORK, openStage } from "./_stage.mjs";
import { ANA, BEN, CLEO, DAN, NOBODY, TEAM, giveClient, hand, nameThem, shows, tell, textOf } from "./_story.mjs";

const HOUR = 3_600_000;
let stage;
before(async () => (stage = await openStage()));
after(() => stage?.close());

const one = `<wa-presence chat="${ANA}" name="Ana Flores"></wa-presence>`;
const stateOf = (page, selector = "wa-presence") =>
  page.locator(selector).evaluate((element) => {
    const named = ["idle", "waiting", "online", "offline", "uncertain", "unknown", "lapsed", "hidden", "refused", "error", "typing", "recording"];
    return { state: element.dataset.state, activity: element.dataset.activity, custom: named.filter((name) => element.matches(`:state(${name})`)) };
  });

test("each state has its words, its attribute and its custom state", async () => {
  const page = await stage.page(one);
  assert.deepEqual(await stateOf(page), { state: "idle", activity: "none", custom: ["idle"] });
  assert.equal(await textOf(page, "wa-presence"), "", "of a chat that nobody watches nothing is said");
  await giveClient(page, { typingTtlMs: 400 });
  await hand(page);
  await shows(page, "wa-presence", "checking…");
  assert.deepEqual(await stateOf(page), { state: "waiting", activity: "none", custom: ["waiting"] });
  await tell(page, "offline", { who: ANA });
  await shows(page, "wa-presence", "offline or hidden");
  assert.deepEqual(await stateOf(page), { state: "uncertain", activity: "none", custom: ["uncertain"] });
  await tell(page, "online", { who: ANA });
  await shows(page, "wa-presence", "online");
  assert.deepEqual(await stateOf(page), { state: "online", activity: "none", custom: ["online"] });
  await tell(page, "recording", { who: ANA });
  await shows(page, "wa-presence", "recording…");
  assert.deepEqual(await stateOf(page), { state: "online", activity: "recording", custom: ["online", "recording"] });
  await shows(page, "wa-presence", "online");
  await tell(page, "offline", { who: ANA, lastSeenAtMs: Date.now() - HOUR });
  await shows(page, "wa-presence", "last seen 1 hour ago");
  assert.deepEqual(await stateOf(page), { state: "offline", activity: "none", custom: ["offline"] });
  await page.evaluate(() => sessionIs("STOPPED"));
  await page.locator('wa-presence[data-state="lapsed"]').waitFor();
  assert.equal(await textOf(page, "wa-presence"), "last seen 1 hour ago");
  assert.deepEqual((await stateOf(page)).custom, ["lapsed"]);
  await page.done();
});

test("who hides is hidden, and who is one too many is refused", async () => {
  const page = await stage.page(`${one}<wa-presence id="ben" chat="${BEN}"></wa-presence>`);
  await giveClient(page, { gateway: { kind: "ingest", from: "waapi" }, maxWatchedChats: 1 });
  await hand(page);
  await page.evaluate((chatId) => {
    const unknown = { isGroup: false, hasData: false, isOnline: true, lastSeen: null, chatstate: null };
    const data = { presence: { chatId, deny: true, ...unknown, typingParticipants: [], recordingParticipants: [] } };
    presence.ingest({ event: "presence_update", instanceId: 123, data });
  }, ANA);
  await shows(page, "wa-presence:not(#ben)", "presence hidden");
  await shows(page, "#ben", "not available");
  assert.deepEqual((await stateOf(page, "#ben")).custom, ["refused"]);
  await page.done();
});

test("typing that nobody ended is over by itself, and is shown by each element in its way", async () => {
  const page = await stage.page(`${one}<wa-typing chat="${ANA}"><b>Ana</b></wa-typing><wa-last-seen chat="${ANA}"></wa-last-seen>`);
  await giveClient(page, { typingTtlMs: 600 });
  await hand(page);
  assert.equal(await page.locator("wa-typing").innerText(), "Ana", "while nobody types, what is inside");
  await tell(page, "typing", { who: ANA });
  await shows(page, "wa-presence", "typing…");
  await shows(page, "wa-typing", "typing…");
  await shows(page, "wa-last-seen", "online");
  assert.equal(await page.locator("wa-typing b").isVisible(), false);
  await page.locator('wa-typing[data-activity="none"]').waitFor();
  assert.equal(await page.locator("wa-typing b").isVisible(), true);
  await shows(page, "wa-presence", "online");
  await page.done();
});

test("in a group those who type are named, up to so many", async () => {
  const page = await stage.page(`<wa-typing chat="${TEAM}"></wa-typing><wa-typing id="few" chat="${TEAM}" max="1"></wa-typing>`);
  await giveClient(page);
  await nameThem(page);
  await hand(page);
  for (const who of [ANA, BEN]) await tell(page, "typing", { who, chat: TEAM });
  await shows(page, "wa-typing:not(#few)", "Ana Flores and Ben Okoro are typing…");
  for (const who of [CLEO, DAN, NOBODY]) await tell(page, "typing", { who, chat: TEAM });
  await shows(page, "wa-typing:not(#few)", "Ana Flores, Ben Okoro, Cleo Brandt, and 2 others are typing…");
  await shows(page, "#few", "Ana Flores and 4 others are typing…");
  await tell(page, "recording", { who: ANA, chat: TEAM });
  await shows(page, "#few", "Ben Okoro and 3 others are typing… · Ana Flores is recording…");
  await page.done();
});

test("names and pictures come from the resolver, also late; without, there is the number", async () => {
  const page = await stage.page(`<wa-presence chat="${ANA}"></wa-presence>`);
  await giveClient(page);
  await hand(page);
  const name = page.locator('wa-presence [part="name"]');
  const initials = page.locator('wa-presence [part="initials"]');
  assert.equal(await name.innerText(), "+1 555 000 1111");
  assert.equal(await initials.innerText(), "#");
  const asked = await page.evaluate(async () => {
    const seen = [];
    const element = document.querySelector("wa-presence");
    element.resolver = (id) => {
      seen.push(id);
      return new Promise((resolve) => setTimeout(resolve, 50, { name: "Ana Flores", avatarUrl: "/tests/element/ana.svg" }));
    };
    await new Promise((resolve) => setTimeout(resolve, 20));
    element.refresh();
    return seen;
  });
  assert.deepEqual(asked, [ANA], "asked once, however often it is drawn");
  await name.getByText("Ana Flores").waitFor();
  const image = page.locator('wa-presence [part="image"]');
  await image.waitFor();
  assert.ok(await image.evaluate(async (img) => (await img.decode(), img.naturalWidth > 0)));
  assert.equal(await initials.innerText(), "AF");
  await page.evaluate(() => (document.querySelector("wa-presence").name = "Ana at work"));
  await name.getByText("Ana at work").waitFor();
  await page.done();
});

test("a picture that cannot be had leaves the initials, and is not asked for again", async () => {
  let asked = 0;
  const count = (it) => it.on("request", (request) => (asked += Number(request.url().endsWith("nobody.svg"))));
  const page = await stage.page(`<wa-presence chat="${ANA}" name="Ana Flores" avatar-url="/tests/element/nobody.svg"></wa-presence>`, { before: count });
  await giveClient(page);
  await hand(page);
  await page.locator('wa-presence [part="image"]').waitFor({ state: "detached" });
  await tell(page, "online", { who: ANA });
  await shows(page, "wa-presence", "online");
  assert.equal(await page.locator('wa-presence [part="image"]').count(), 0);
  assert.equal(asked, 1);
  await page.done(NETWORK);
});

test("labels are overridden by attributes, properties and the source, in that order", async () => {
  const page = await stage.page(`<wa-presence-source label-online="from the source" label-typing="types">
      <wa-presence id="plain" chat="${ANA}"></wa-presence>
      <wa-presence id="own" chat="${ANA}" label-online="from the attribute"></wa-presence></wa-presence-source>`);
  await giveClient(page);
  await page.evaluate(() => {
    document.querySelector("wa-presence-source").client = presence;
    document.querySelector("#own").labels = { online: "from the property", lastSeen: "seen {time}" };
  });
  await tell(page, "online", { who: ANA });
  await shows(page, "#plain", "from the source");
  await shows(page, "#own", "from the attribute");
  await page.evaluate(() => document.querySelector("#own").removeAttribute("label-online"));
  await shows(page, "#own", "from the property");
  await tell(page, "offline", { who: ANA, lastSeenAtMs: Date.now() - HOUR });
  await shows(page, "#own", "seen 1 hour ago");
  await shows(page, "#plain", "last seen 1 hour ago");
  await page.done();
});

test("slots and parts: an application's own avatar, name, indicator and more", async () => {
  const page = await stage.page(`<wa-presence chat="${ANA}"><img slot="avatar" alt="" src="/tests/element/ana.svg"><a slot="name" href="#ana">Ana</a>
    <i slot="indicator" id="mine">…</i><b id="more">2 new</b></wa-presence>`, { head: '<link rel="stylesheet" href="/tests/element/parts.css">' });
  await giveClient(page);
  await hand(page);
  await tell(page, "typing", { who: ANA });
  await shows(page, "wa-presence", "typing…");
  for (const shown of ["img", "a", "#mine", "#more"]) assert.ok(await page.locator(`wa-presence > ${shown}`).isVisible(), shown);
  for (const hidden of ["name", "avatar", "indicator"]) assert.equal(await page.locator(`wa-presence [part="${hidden}"]`).isVisible(), false, hidden);
  const colours = await page.evaluate(() => {
    const shadow = document.querySelector("wa-presence").shadowRoot;
    const style = (part) => getComputedStyle(shadow.querySelector(`[part~="${part}"]`));
    return [style("dot").backgroundColor, style("text").textTransform, style("status").color];
  });
  assert.deepEqual(colours, ["rgb(255, 0, 255)", "uppercase", "rgb(1, 2, 3)"]);
  await page.done();
});
