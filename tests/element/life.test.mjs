// How elements come, move and go: late definitions, properties set early, moves, and clients that end.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openStage } from "./_stage.mjs";
import { ANA, BEN, giveClient, hand, shows, tell, textOf } from "./_story.mjs";

let stage;
before(async () => (stage = await openStage()));
after(() => stage?.close());

/** Notes which chats are watched and given up, through the client of the page. */
async function noteWatches(page) {
  await page.evaluate(() => {
    globalThis.notes = [];
    const watch = presence.watch.bind(presence);
    presence.watch = (chat, options) => {
      notes.push(`watch ${options.priority}`);
      const made = watch(chat, options);
      const close = made.close.bind(made);
      made.close = () => (notes.push("close"), close());
      return made;
    };
  });
}
const notes = (page) => page.evaluate(() => notes.splice(0));

test("an element that is put elsewhere goes on as it was: no watch is closed, and none is opened", async () => {
  const page = await stage.page(`<div id="here"><wa-presence chat="${ANA}"></wa-presence></div><div id="there"></div>`);
  await giveClient(page);
  await noteWatches(page);
  await hand(page);
  await tell(page, "online", { who: ANA });
  await shows(page, "wa-presence", "online");
  assert.deepEqual(await notes(page), ["watch visible"]);
  const kept = await page.evaluate(async () => {
    const element = document.querySelector("wa-presence");
    const { snapshot } = element;
    for (const place of ["there", "here", "there"]) document.getElementById(place).append(element);
    if ("moveBefore" in Element.prototype) document.getElementById("here").moveBefore(element, null);
    await Promise.resolve();
    return element.snapshot === snapshot && element.dataset.state === "online";
  });
  assert.ok(kept);
  assert.deepEqual(await notes(page), []);
  await page.evaluate(() => document.querySelector("wa-presence").remove());
  assert.deepEqual(await notes(page), ["close"], "and one that is gone is not watched");
  await page.done();
});

test("an element that comes back shows what is so by then", async () => {
  const page = await stage.page(`<wa-presence chat="${ANA}"></wa-presence>`);
  await giveClient(page);
  await hand(page);
  await tell(page, "online", { who: ANA });
  await shows(page, "wa-presence", "online");
  await page.evaluate(() => (globalThis.kept = document.querySelector("wa-presence"), kept.remove()));
  await tell(page, "recording", { who: ANA });
  await page.evaluate(() => document.querySelector("main").append(kept));
  await shows(page, "wa-presence", "recording…");
  await page.done();
});

test("properties that were set before the elements were defined count", async () => {
  const page = await stage.page("<wa-presence></wa-presence>", { bare: true });
  await giveClient(page);
  await page.evaluate((chat) => {
    Object.assign(document.querySelector("wa-presence"), { client: presence, chat, name: "Ana", labels: { online: "here" }, resolver: () => null });
  }, ANA);
  await page.evaluate(() => import("/pkg/element.js").then(() => {}));
  await tell(page, "online", { who: ANA });
  await shows(page, "wa-presence", "here");
  assert.equal(await page.locator("wa-presence").getAttribute("chat"), ANA);
  await page.done();
});

test("a second copy of the package on the page leaves the first one's elements alone", async () => {
  const page = await stage.page(`<wa-presence chat="${ANA}"></wa-presence>`);
  const same = await page.evaluate(async () => {
    const first = customElements.get("wa-presence");
    const { define } = await import("/pkg/element.js?another");
    define();
    return customElements.get("wa-presence") === first;
  });
  assert.ok(same);
  await page.done();
});

test("another chat, another priority and another client are followed at once", async () => {
  const page = await stage.page(`<wa-presence chat="${ANA}"></wa-presence>`);
  await giveClient(page);
  await noteWatches(page);
  await hand(page);
  await tell(page, "online", { who: ANA });
  await shows(page, "wa-presence", "online");
  await page.evaluate(() => (document.querySelector("wa-presence").priority = "focused"));
  assert.deepEqual(await notes(page), ["watch visible"], "a priority is changed, not watched anew");
  await page.evaluate((ben) => (document.querySelector("wa-presence").chat = ben), BEN);
  await shows(page, "wa-presence", "checking…");
  assert.deepEqual(await notes(page), ["close", "watch focused"]);
  await tell(page, "typing", { who: BEN });
  await shows(page, "wa-presence", "typing…");
  await page.evaluate(async () => (document.querySelector("wa-presence").client = await connectOne()));
  await shows(page, "wa-presence", "checking…");
  await page.evaluate(() => (document.querySelector("wa-presence").client = null));
  await shows(page, "wa-presence", "");
  assert.equal(await page.locator("wa-presence").getAttribute("data-state"), "idle");
  await page.done();
});

test("of a client that was closed nothing is shown: what it knew last may be over", async () => {
  const page = await stage.page(`<wa-presence chat="${ANA}"></wa-presence><wa-presence id="late" chat="${ANA}"></wa-presence>`);
  await giveClient(page);
  await hand(page, "wa-presence:not(#late)");
  await tell(page, "online", { who: ANA });
  await shows(page, "wa-presence", "online");
  await page.evaluate(() => presence.close());
  await page.locator('wa-presence:not(#late)[data-state="idle"]').waitFor();
  assert.equal(await textOf(page, "wa-presence:not(#late)"), "");
  const code = await page.evaluate(() => {
    const late = document.querySelector("#late");
    const heard = new Promise((resolve) => late.addEventListener("error", ({ detail }) => resolve([detail.about, detail.error.code])));
    late.client = presence;
    return heard;
  });
  assert.deepEqual(code, ["connection", "closed"]);
  await page.done();
});

test("a source gives its client, its names and its words to all that is inside, through shadow roots too", async () => {
  const page = await stage.page(`<wa-presence-source><div id="host"></div><wa-presence id="in" chat="${ANA}"></wa-presence></wa-presence-source>
    <wa-presence id="out" chat="${ANA}"></wa-presence>`);
  await giveClient(page);
  await page.evaluate((chat) => {
    const source = document.querySelector("wa-presence-source");
    Object.assign(source, { client: presence, resolver: () => ({ name: "Ana Flores" }), labels: { online: "here" } });
    const deep = document.createElement("wa-presence");
    deep.chat = chat;
    document.querySelector("#host").attachShadow({ mode: "open" }).append(deep);
    globalThis.deep = deep;
  }, ANA);
  await tell(page, "online", { who: ANA });
  await shows(page, "#in", "here");
  assert.equal(await page.locator('#in [part="name"]').innerText(), "Ana Flores");
  assert.deepEqual(await page.evaluate(() => [deep.client === presence, deep.dataset.state]), [true, "online"]);
  assert.equal(await page.locator("#out").getAttribute("data-state"), "idle");
  await page.evaluate(() => document.querySelector("wa-presence-source").append(document.querySelector("#out")));
  await shows(page, "#out", "here");
  await page.evaluate(() => (document.querySelector("wa-presence-source").labels = null));
  await shows(page, "#out", "online");
  await page.evaluate(() => document.querySelector("main").append(document.querySelector("#out")));
  await page.locator('#out[data-state="idle"]').waitFor();
  await page.done();
});

test("each change is an event with the snapshot before and its cause", async () => {
  const page = await stage.page(`<wa-presence chat="${ANA}"></wa-presence>`);
  await giveClient(page);
  await page.evaluate(() => {
    globalThis.changes = [];
    document.querySelector("wa-presence").addEventListener("change", ({ detail, bubbles }) => {
      const { snapshot, previous, cause } = detail;
      changes.push([previous.availability, snapshot.availability, cause, bubbles, document.querySelector("wa-presence").snapshot === snapshot]);
    });
  });
  await hand(page);
  await tell(page, "online", { who: ANA });
  await shows(page, "wa-presence", "online");
  assert.deepEqual(await page.evaluate(() => changes), [["unknown", "online", "push", false, true]]);
  await page.done();
});
