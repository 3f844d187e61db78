// `PresenceProvider` in React's own renderer: who has a client, since when, and until when.

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { act, StrictMode } from "react";
import { renderToString } from "react-dom/server";

import { PresenceProvider, usePresenceClient, usePresenceError } from "../../pkg/react.js";
import { fresh } from "./_fresh.mjs";
import { Activity, connected, draw, endAll, eventually, h, Inside, provided, Watching, Writing } from "./_react.mjs";
import { presence, until, waha } from "./_waha.mjs";

const ANA = "15550001111@c.us";
const BEN = "15550002222@c.us";

afterEach(endAll);

test("a provider that goes while the module is loaded leaves no client", async () => {
  // The first test of this file: a module is loaded once.
  const gateway = waha();
  const { end } = await draw(h(PresenceProvider, { options: gateway.options }));
  await end();
  await connected();
  await until(() => gateway.feeds.length > 0);
  assert.equal(gateway.alive(), 0);
});

test("in StrictMode a provider connects once, and closes its client when it goes", async () => {
  const gateway = waha();
  const { end } = await draw(h(StrictMode, null, h(PresenceProvider, { options: gateway.options }, h(Activity, { chat: ANA }))));
  await eventually(() => gateway.count("/subscribe") > 0);
  assert.deepEqual([gateway.feeds.length, gateway.alive(), gateway.count("/subscribe")], [1, 1, 1]);
  await end();
  assert.equal(gateway.alive(), 0);
});

test("options that are written anew make no other client, and the latest of their functions is called", async () => {
  const gateway = waha();
  const asked = [];
  const heard = [];
  const told = {};
  const app = (n) => h(PresenceProvider, {
    options: {
      ...gateway.options,
      gateway: { ...gateway.options.gateway, apiKey: () => { asked.push(n); return "key_made-up"; } },
      onError: ({ code }) => heard.push([n, code]),
    },
  }, h(Inside, { told }));
  const { show } = await draw(app(1));
  await eventually(() => told.client !== null);
  const first = told.client;
  await show(app(2));
  await show(app(3));
  assert.equal(told.client, first);
  gateway.status = 401;
  await first.rest.session().catch(() => {});
  await eventually(() => heard.length > 0);
  assert.deepEqual([asked, heard], [[1, 3], [[3, "unauthorized"]]]);
  assert.equal(gateway.feeds.length, 1);
});

test("another gateway is another client, and no view sees the one before again", async () => {
  const [one, other] = [waha("one.example"), waha("other.example")];
  const seen = [];
  function Seen({ of }) {
    const client = usePresenceClient();
    seen.push([of, client, client?.connection.state, one.alive() + other.alive()]);
    assert.equal(usePresenceError(), null);
    return h(Activity, { chat: ANA });
  }
  const app = (of) => h(PresenceProvider, { options: of && of.options }, h(Seen, { of }));
  const { show } = await draw(app(one));
  await eventually(() => one.alive() === 1 && one.count("/subscribe") === 1);
  const [, first] = seen.at(-1);
  await show(app(other));
  await eventually(() => other.alive() === 1 && other.count("/subscribe") === 1);
  await show(app(null));
  assert.deepEqual([one.alive(), other.alive()], [0, 0]);
  await show(app(other));
  await eventually(() => other.alive() === 1);
  assert.equal(seen.some(([of, client]) => of !== one && client === first), false);
  assert.equal(seen.some(([, , state, alive]) => state === "closed" || alive > 1), false);
});

test("why there is no client is told, and the views below go on without", async () => {
  const told = {};
  const options = { gateway: { kind: "ingest" }, typingTtlMs: 15 };
  const { place, show } = await draw(h(PresenceProvider, { options, key: 1 }, h(Inside, { told }), h(Activity, { chat: ANA })));
  await eventually(() => told.error !== null);
  assert.deepEqual([told.error.code, told.client, told.connection], ["invalid-option", null, null]);
  assert.equal(place.textContent, "unwatched none");
  await show(h(PresenceProvider, { options: { gateway: { kind: "ingest" } }, key: 2 }, h(Inside, { told }), h(Activity, { chat: ANA })));
  await eventually(() => told.client !== null);
  assert.deepEqual([told.error, told.connection.state], [null, "open"]);
});

test("the connection is followed to its end, and closing a client breaks no view", async () => {
  const client = await connected();
  const told = {};
  const { place, show } = await draw(provided(client, h(Inside, { told }), h(Activity, { chat: ANA })));
  await act(async () => client.ingest(presence(ANA, "typing")));
  await act(async () => client.close());
  assert.equal(told.connection, client.connection);
  assert.equal(told.connection.state, "closed");
  const late = [h(Activity, { chat: BEN }), h(Watching, { list: [BEN] }), h(Writing, { chat: ANA })];
  await show(provided(client, h(Inside, { told }), h(Activity, { chat: ANA }), ...late));
  assert.match(place.textContent, /typing.*unwatched none/);
});

test("hooks without a provider say what is missing", () => {
  assert.throws(() => renderToString(h(Activity, { chat: ANA })), /needs a <PresenceProvider> above it/);
});

test("a module that traps is told as any other error, and takes no view with it", async () => {
  const imports = `
    import { Activity, draw, eventually, h, Inside, Watching } from "./tests/node/_react.mjs";
    import { PresenceProvider } from "./pkg/react.js";`;
  // In a process of its own, which does not wait for the timers that nobody can end any more.
  const { result } = await fresh(`
    const later = globalThis.setTimeout;
    globalThis.setTimeout = (...words) => later(...words).unref();
    const fatal = [];
    const told = {};
    const options = { gateway: { kind: "ingest" }, onFatal: ({ code }) => fatal.push(code) };
    const views = (chat, priority) =>
      h(PresenceProvider, { options }, h(Inside, { told }), h(Activity, { chat }), h(Watching, { list: [{ chat: "${ANA}", priority }] }));
    const { place, show, end } = await draw(views("${ANA}", "visible"));
    await eventually(() => told.client !== null);
    const { client } = told;
    // As a clock that throws leaves it; for a moment after a reading the clock is not read again.
    const now = performance.now;
    await new Promise((resolve) => later(resolve, 30));
    performance.now = () => { throw new Error("torn"); };
    try { client.ingest("{}"); } catch {}
    performance.now = now;
    await show(views("${BEN}", "focused"));
    await eventually(() => told.error !== null);
    const seen = [told.error.code, told.client, fatal, place.textContent];
    await end();
    return seen;
  `, { imports });
  assert.deepEqual(result, ["crashed", null, ["crashed"], "unwatched nonenone"]);
});
