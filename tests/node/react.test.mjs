// The hooks of `wa-presence/react` in React's own renderers: what they show, how often, and what they leave behind.

import { container } from "./_dom.mjs";

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { act, Profiler, startTransition, StrictMode } from "react";
import { hydrateRoot } from "react-dom/client";
import { renderToString } from "react-dom/server";

import { PresenceProvider, usePresence } from "../../pkg/react.js";
import { Activity, connected, draw, endAll, ended, eventually, h, provided, typeInto, Watching, Writing } from "./_react.mjs";
import { presence, until, waha, watchesOf } from "./_waha.mjs";

const ANA = "15550001111@c.us";
const BEN = "15550002222@c.us";
const CLEO = "15550003333@c.us";

afterEach(endAll);

test("a change draws every view of the chat once, and no other", async () => {
  const client = await connected();
  const [ana, again, ben] = [[], [], []];
  const views = [[ANA, ana], [ANA, again], [BEN, ben]].map(([chat, drawn]) => h(Activity, { chat, drawn }));
  await draw(provided(client, ...views));
  const before = [ana.length, again.length, ben.length];
  await act(async () => client.ingest(presence(ANA, "typing")));
  assert.deepEqual([ana.length, again.length, ben.length], [before[0] + 1, before[1] + 1, before[2]]);
  assert.equal(ana.at(-1).activity, "typing");
  assert.equal(ana.at(-1), again.at(-1), "both hold the same object");
  await act(async () => client.ingest(presence(BEN, "online")));
  assert.equal(ana.length, before[0] + 1);
});

test("in StrictMode one watch is left of the two, and none after the view is gone", async () => {
  const gateway = waha();
  const client = await connected(gateway.options);
  const { end } = await draw(h(StrictMode, null, provided(client, h(Activity, { chat: ANA }))));
  await eventually(() => gateway.count("/subscribe") > 0);
  assert.equal(client.chats().length, 1);
  await end();
  assert.equal(client.chats().length, 0);
  assert.equal(gateway.count("/subscribe"), 1, "the gateway was asked once");
  assert.equal(client.connection.state === "closed", false, "a client that was given stays its owner's");
});

test("choosing another chat ends the watch of the one before, and choosing none ends it too", async () => {
  const client = await connected();
  const watched = () => client.chats().map(({ chat }) => chat);
  const { place, show } = await draw(provided(client, h(Activity, { chat: ANA })));
  await act(async () => client.ingest(presence(BEN, "recording")));
  await show(provided(client, h(Activity, { chat: BEN })));
  assert.deepEqual([watched(), place.textContent], [[BEN], "live recording"]);
  await show(provided(client, h(Activity, { chat: null })));
  assert.deepEqual([watched(), place.textContent], [[], "nobody"]);
});

test("other options change a watch without a call, a gap or another drawing", async () => {
  const gateway = waha();
  const client = await connected(gateway.options);
  const [drawn, watches] = [[], watchesOf(client)];
  const app = (options) => provided(client, h(Activity, { chat: ANA, options, drawn }));
  const { show } = await draw(app({ priority: "background" }));
  await eventually(() => gateway.count("/subscribe") > 0 && client.budget.inFlight === 0);
  const before = drawn.length;
  const lastInboundAtMs = Date.now();
  await show(app({ priority: "focused", lastInboundAtMs }));
  assert.equal(drawn.length, before + 1);
  assert.equal(drawn.at(-1), drawn.at(-2));
  await show(app({ priority: "focused", lastInboundAtMs }));
  assert.deepEqual(watches.map(({ priority }) => priority), ["background", "focused"], "the same in other words is the same");
  assert.deepEqual([client.chats().length, gateway.count("/subscribe")], [1, 1]);
});

test("an id that is none reaches the error boundary", async () => {
  const client = await connected();
  await assert.rejects(draw(provided(client, h(Activity, { chat: "nobody" }))), { code: "invalid-chat" });
});

// ---- Many chats -------------------------------------------------------------------------------------------------------------

test("a list that is scrolled asks for what comes, keeps what stays, and ends what goes", async () => {
  const gateway = waha();
  const client = await connected(gateway.options);
  const watched = () => client.chats().map(({ chat }) => chat).sort();
  const [drawn, watches] = [[], watchesOf(client)];
  const app = (list) => h(StrictMode, null, provided(client, h(Watching, { list, drawn })));
  const { place, show, end } = await draw(app([ANA, BEN]));
  await eventually(() => gateway.count("/subscribe") === 2);
  assert.deepEqual(watched(), [ANA, BEN]);
  await show(app([BEN, { chat: CLEO, priority: "background" }]));
  await eventually(() => gateway.count("/subscribe") === 3);
  assert.deepEqual(watched(), [BEN, CLEO]);
  await act(async () => client.ingest(presence(CLEO, "typing")));
  await eventually(() => place.textContent === "none,typing");
  const last = drawn.at(-1);
  await show(app([BEN, { chat: CLEO, priority: "background" }]));
  assert.equal(drawn.at(-1), last, "the same in other words is the same");
  await show(app([CLEO]));
  assert.equal(watches.at(-1).priority, "visible");
  assert.deepEqual([watched(), place.textContent], [[CLEO], "typing"]);
  assert.equal(drawn.at(-1)[0], last[1], "a row that stays is the same object");
  await end();
  assert.deepEqual([watched(), gateway.count("/subscribe")], [[], 3]);
});

test("what changed together draws a list once, and what is not in it never", async () => {
  const client = await connected();
  const drawn = [];
  await draw(provided(client, h(Watching, { list: [ANA, BEN], drawn }), h(Activity, { chat: CLEO })));
  const before = drawn.length;
  await act(async () => {
    client.ingest(presence(ANA, "typing"));
    client.ingest(presence(BEN, "typing"));
  });
  assert.deepEqual([drawn.length, drawn.at(-1).map(({ activity }) => activity)], [before + 1, ["typing", "typing"]]);
  await act(async () => client.ingest(presence(CLEO, "typing")));
  assert.equal(drawn.length, before + 1);
});

test("two lists and a view may hold one chat, and each lets go for itself", async () => {
  const client = await connected();
  const app = (...views) => provided(client, ...views.map((view, key) => view && h("p", { key }, view)));
  const { show } = await draw(app(h(Watching, { list: [ANA, BEN] }), h(Watching, { list: [BEN] }), h(Activity, { chat: BEN })));
  await show(app(null, h(Watching, { list: [] }), h(Activity, { chat: BEN })));
  assert.deepEqual(client.chats().map(({ chat }) => chat), [BEN]);
});

// ---- One commit, one snapshot -------------------------------------------------------------------------------------------------

test("no commit shows two snapshots of one chat, even where it changes while views are drawn", async () => {
  const client = await connected();
  const [read, commits] = [new Set(), []];
  function Slow() {
    const snapshot = usePresence(ANA);
    read.add(snapshot);
    for (const end = performance.now() + 4; performance.now() < end;);
    return h("i", null, snapshot.activity);
  }
  const note = () => commits.push(new Set([...document.querySelectorAll("i")].map((row) => row.textContent)));
  const app = (rows) => provided(client, h(Profiler, { id: "rows", onRender: note }, rows));
  const { place, root } = await draw(app());
  globalThis.IS_REACT_ACT_ENVIRONMENT = false;
  try {
    startTransition(() => root.render(app(Array.from({ length: 25 }, (_, key) => h(Slow, { key })))));
    // Nobody follows the chat yet, so nobody tells React that it changed.
    for (let turn = 0; place.children.length === 0; turn += 1) {
      client.ingest(presence(ANA, turn % 2 ? "typing" : "recording"));
      await new Promise(setImmediate);
    }
  } finally {
    globalThis.IS_REACT_ACT_ENVIRONMENT = true;
  }
  assert.ok(read.size > 2, "it did not change while it was drawn");
  assert.deepEqual(commits.filter((shown) => shown.size > 1), []);
});

// ---- On a server ----------------------------------------------------------------------------------------------------------------

test("a server draws what nobody watches, connects nowhere, and the page takes over without a difference", async () => {
  const gateway = waha();
  const drawn = [];
  const app = (props) => h(PresenceProvider, props, h(Activity, { chat: ANA, drawn }), h(Watching, { list: [ANA] }), h(Writing, { chat: ANA }));
  const html = renderToString(app({ options: gateway.options }));
  await new Promise(setImmediate);
  assert.match(html, /unwatched none.*<b>none<\/b>/);
  assert.equal(gateway.feeds.length, 0);

  const client = await connected();
  client.watch(ANA);
  client.ingest(presence(ANA, "typing"));
  const place = container();
  place.innerHTML = html;
  const wrong = [];
  let root;
  await act(async () => { root = hydrateRoot(place, app({ client }), { onRecoverableError: (error) => wrong.push(error) }); });
  ended.push(() => root.unmount());
  assert.deepEqual(wrong, []);
  assert.match(place.textContent, /^live typingtyping/);
});

test("the snapshot that stands for nothing has every field of a real one, frozen", async () => {
  const client = await connected();
  for (const chat of [ANA, "900000001@lid", "120363000000000001@g.us"]) {
    const drawn = [];
    renderToString(provided(null, h(Activity, { chat, drawn })));
    client.watch(chat);
    const { knowledge, ...real } = client.snapshot(chat);
    assert.deepEqual(drawn[0], { ...real, knowledge: { state: "unwatched" } });
    assert.ok([drawn[0], drawn[0].knowledge, drawn[0].active, drawn[0].participants].every(Object.isFrozen));
  }
});

// ---- Composing ------------------------------------------------------------------------------------------------------------------

test("keys in the input show typing; another chat, and an input or a view that goes, end it", async () => {
  const gateway = waha();
  const client = await connected(gateway.options);
  const told = {};
  const app = (props) => h(StrictMode, null, provided(client, h(Writing, { told, ...props })));
  const { place, show, end } = await draw(app({ chat: ANA }));
  const { composer } = told;
  const calls = () => [gateway.count("/startTyping"), gateway.count("/stopTyping")].join();

  typeInto(place);
  await until(() => calls() === "1,0");
  await show(app({ chat: BEN }));
  await until(() => calls() === "1,1");

  typeInto(place);
  await until(() => calls() === "2,1");
  await show(app({ chat: BEN, hidden: true }));
  await until(() => calls() === "2,2");

  await show(app({ chat: CLEO, hidden: true }));
  composer.work();
  await until(() => calls() === "3,2");
  await end();
  await until(() => calls() === "3,3");
  assert.equal(told.composer, composer, "the handle is the same all along");
});

test("a composer without an input does what it is told, and nothing where nobody could see it", async () => {
  const gateway = waha();
  const client = await connected(gateway.options);
  const [told, deaf] = [{}, {}];
  await draw(provided(client, h(Writing, { chat: ANA, told, hidden: true })));
  await draw(provided(await connected(), h(Writing, { chat: ANA, told: deaf })));
  told.composer.work();
  await until(() => gateway.count("/startTyping") === 1);
  told.composer.sent();
  await until(() => gateway.count("/stopTyping") === 1);
  for (const call of ["keystroke", "record", "work", "sent", "stop"]) deaf.composer[call]();
});
