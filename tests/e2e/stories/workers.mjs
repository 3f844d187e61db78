// The client in a worker: of a page, of several pages, of an extension. What works there as in a page, what is refused, and who has the feed.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { openPlaces } from "../places.mjs";
import { until } from "../simulator.mjs";

const ANA = "Ana Flores";
const TTL_MS = 1_500;
/** Longer than a client takes to ask for what another one has asked for. */
const CALM_MS = 1_500;
const KINDS = ["dedicated", "shared", "extension"];
const TABS = 3;
/** So soon has another client the feed: moments, on a busy machine. */
const SOON_MS = 5_000;
/** A leader that stands still is asked after 8 to 10 s, and robbed 4 to 6 s later. */
const ROBBED_MS = 30_000;
const NEVER_CLOSED = { days: ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"], from: "00:00", to: "24:00" };

export function tell(stage) {
  let places;
  let sessions = 0;
  before(async () => (places = await openPlaces()));
  after(() => places?.close());

  /** A session with Ana in it, and the options that connect to it. */
  async function withAna() {
    sessions += 1;
    const key = `key_of_workers_${sessions}`;
    const session = await stage().simulator.createSession(`workers-${sessions}`, key);
    const { id } = await session.addPerson({ name: ANA });
    const gateway = { kind: "waha", baseUrl: stage().gatewayUrl, session: session.name, apiKey: key };
    return { session, id, options: { gateway, guard: "off", typingTtlMs: TTL_MS } };
  }

  const opened = (kind, about) => (kind === "extension" ? places.extension() : places.tab(kind, { name: `${kind}-${sessions}`, ...about }));

  for (const kind of KINDS) {
    describe(`a worker: ${kind}`, () => {
      test("connects, sees typing begin, and ends it", async () => {
        const { session, id, options } = await withAna();
        const client = await opened(kind);
        await follow(client, options, id);
        await session.act(ANA, "online");
        await session.act(ANA, "typing");
        await until("typing", async () => (await client.ask("shows")).activity === "typing");
        await until("the end of it", async () => (await client.ask("shows")).activity === "none");
        assert.deepEqual((await client.ask("heard")).slice(-2), ["typing", "none"]);
        assert.equal((await client.ask("shows")).connection, "open");
        const [lacks, ...others] = await client.ask("errors");
        assert.deepEqual([lacks.name, lacks.code, others], ["PresenceError", "unsupported", []]);
        assert.match(lacks.message, /no storage in workers/);
        assert.equal((await session.log()).openSockets, 1);
        await client.close();
      });

      test("refuses to keep anything for when it is loaded again", async () => {
        const { options } = await withAna();
        const client = await opened(kind);
        const refused = { name: "PresenceError", code: "unsupported", message: /options\.keepOnReload: a worker has no storage/ };
        await assert.rejects(client.ask("connect", { ...options, keepOnReload: true }), refused);
        await client.ask("connect", { ...options, keepOnReload: false });
        await client.close();
      });

      test("shows that we type, claims to be online and runs a policy; only an input cannot be followed", async () => {
        const { session, id, options } = await withAna();
        const client = await opened(kind);
        await follow(client, options, id);
        await session.watched(ANA);
        await client.ask("compose");
        await session.sees(ANA, { activity: "typing" });
        await assert.rejects(client.ask("attach"), { name: "PresenceError", code: "invalid-option", message: /expected an element/ });
        await client.ask("follow", { hours: { timeZone: "UTC", open: [NEVER_CLOSED] } });
        await until("the policy to run", async () => (await client.ask("own")).policy?.open === true);
        assert.equal((await client.ask("own")).policy.runsHere, true);
        await client.ask("claim");
        await session.sees(ANA, { online: true });
        await client.ask("close", { forget: true });
        await session.sees(ANA, { activity: "none" });
        assert.equal((await client.ask("shows")).connection, "closed");
        await until("no socket", async () => (await session.log()).openSockets === 0);
        await client.close();
      });
    });
  }

  describe("an extension's worker", () => {
    test("imports no gateway late, says so, and has all of them from wa-presence/hosted", async () => {
      const client = await places.extension();
      const about = { by: "wawp-v2", people: [{ name: ANA, id: "15550170001@c.us" }], origin: client.origin, config: { typingTtlMs: TTL_MS } };
      const { scene, session, relay } = await stage().scene(about);
      const chat = about.people[0].id;
      const gateway = { kind: "relay", url: relay.url, account: about.by, ticket: relay.ticket(about.by, [chat]) };
      const refused = { name: "PresenceError", code: "unsupported", message: /import connect from "wa-presence\/hosted"/, cause: "TypeError" };
      await assert.rejects(client.ask("connect", { gateway }), refused);
      await assert.rejects(client.ask("connect", { gateway: { kind: "ingest", from: "waapi" } }), refused);
      await follow(client, { gateway, typingTtlMs: TTL_MS }, chat, "whole");
      await session.act(ANA, "typing");
      await until("typing", async () => (await client.ask("heard")).includes("typing"));
      await until("the end of it", async () => (await client.ask("heard")).at(-1) === "none");
      await client.close();
      await scene.close();
    });

    test("is as open to its user as a page: a token of a vendor's is refused there", async () => {
      const client = await places.extension();
      const gateway = { kind: "waapi", instanceId: "1", token: "a-token" };
      await assert.rejects(client.ask("connect", { gateway }, "whole"), { code: "invalid-option", message: /dangerouslyAllowVendorToken/ });
      await assert.rejects(client.ask("connect", { gateway: { kind: "ingest", from: "who" } }, "whole"), { code: "invalid-option" });
    });
  });

  describe("one feed", () => {
    test("tabs speak to one client in a worker that they share: one socket, one call, and it ends with the last of them", async () => {
      const { session, id, options } = await withAna();
      const tabs = [];
      while (tabs.length < TABS) tabs.push(await opened("shared"));
      await follow(tabs[0], options, id);
      await session.act(ANA, "online");
      await session.act(ANA, "typing");
      for (const tab of tabs) await until("typing, from the same client", async () => (await tab.ask("heard")).at(-1) === "typing");
      const [first, ...others] = tabs;
      await first.close();
      await session.act(ANA, "recording");
      await until("recording", async () => (await others[0].ask("shows")).activity === "recording");
      const { openSockets, counts } = await session.log();
      assert.deepEqual({ openSockets, ws: counts.ws, subscribe: counts.subscribe }, { openSockets: 1, ws: 1, subscribe: 1 });
      for (const tab of others) await tab.close();
      await until("no socket", async () => (await session.log()).openSockets === 0);
    });

    for (const kind of KINDS) {
      test(`a tab and a worker (${kind}) share it, and the tab goes on when the worker goes`, async () => {
        const { session, id, options } = await withAna();
        const worker = await opened(kind);
        await follow(worker, options, id);
        await session.act(ANA, "online");
        const tab = await (kind === "extension" ? places.extensionTab() : opened("page"));
        await follow(tab, options, id);
        await until("the tab to be told", async () => (await tab.ask("shows")).connection === "open");
        await session.act(ANA, "typing");
        for (const client of [worker, tab]) await until("typing", async () => (await client.ask("heard")).includes("typing"));
        const shared = await session.log();
        assert.deepEqual([shared.openSockets, shared.counts.ws, shared.counts.subscribe], [1, 1, 1]);
        await worker.close();
        await until("another feed", async () => (await session.log()).counts.ws === 2, SOON_MS);
        await session.act(ANA, "recording");
        await until("recording", async () => (await tab.ask("shows")).activity === "recording");
        await tab.page.waitForTimeout(CALM_MS);
        const alone = await session.log();
        assert.deepEqual([alone.openSockets, alone.counts.subscribe], [1, 1], "nothing is asked for twice");
        await tab.close();
      });
    }

    test("a worker with the feed that stands still with its frozen page is robbed by the tab that is looked at", async () => {
      const { session, id, options } = await withAna();
      const worker = await opened("dedicated", { careless: "" });
      await follow(worker, options, id);
      const tab = await opened("page");
      await follow(tab, options, id);
      await until("the tab to be told", async () => (await tab.ask("shows")).connection === "open");
      await session.act(ANA, "online");
      const thaw = await places.freeze(worker);
      await until("another feed", async () => (await session.log()).counts.ws === 2, ROBBED_MS);
      await session.act(ANA, "recording");
      await until("recording", async () => (await tab.ask("shows")).activity === "recording");
      await thaw();
      await until("recording, told by the tab", async () => (await worker.ask("shows")).activity === "recording");
      await until("one socket", async () => (await session.log()).openSockets === 1);
      assert.equal((await session.log()).counts.subscribe, 1, "nothing is asked for twice");
      await worker.close();
      await tab.close();
    });

    for (const [how, goes] of [["is frozen", (tab) => places.freeze(tab)], ["is left, and kept for the way back", (tab) => places.leave(tab)]]) {
      test(`a page that ${how} ends its worker in time: another tab has the feed; later it begins anew`, async () => {
        const { session, id, options } = await withAna();
        const worker = await opened("dedicated");
        await follow(worker, options, id);
        const tab = await opened("page");
        await follow(tab, options, id);
        await until("the tab to be told", async () => (await tab.ask("shows")).connection === "open");
        assert.equal((await session.log()).counts.ws, 1);
        const comesBack = await goes(worker);
        await until("another feed", async () => (await session.log()).counts.ws === 2, SOON_MS);
        await session.act(ANA, "recording");
        await until("recording", async () => (await tab.ask("shows")).activity === "recording");
        await comesBack();
        await follow(worker, options, id);
        await until("recording, told by the tab", async () => (await worker.ask("shows")).activity === "recording");
        assert.equal((await session.log()).openSockets, 1);
        await worker.close();
        await tab.close();
      });
    }
  });
}

async function follow(client, options, id, way) {
  await client.ask("connect", options, way);
  await client.ask("watch", id);
}
