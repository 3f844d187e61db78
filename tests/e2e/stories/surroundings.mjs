// What the page around a client allows: its policy, https:, the local network, the frame it is in. What is forbidden is said in the words of
// the package, at once, and nothing waits for ever.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { openPlaces } from "../places.mjs";
import { until } from "../simulator.mjs";

const ANA = "Ana Flores";
/** Longer than a client takes to connect. */
const CALM_MS = 1_500;
const MODULES = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'";

export function tell(stage) {
  let places;
  let sessions = 0;
  before(async () => (places = await openPlaces()));
  after(() => places?.close());

  /** A session with Ana in it, and the options that connect to it at this address. */
  async function withAna(baseUrl = stage().gatewayUrl) {
    sessions += 1;
    const key = `key_of_surroundings_${sessions}`;
    const session = await stage().simulator.createSession(`surroundings-${sessions}`, key);
    const { id } = await session.addPerson({ name: ANA });
    return { session, id, options: { gateway: { kind: "waha", baseUrl, session: session.name, apiKey: key }, guard: "off" } };
  }

  /** The gateway as the two sources that a policy names. */
  const sources = () => [stage().gatewayUrl, stage().gatewayUrl.replace("http", "ws")];

  /** What was told to `onError`, but for the word that every worker has of its storage. */
  const errorsOf = async (client) => (await client.ask("errors")).filter(({ message }) => !message.startsWith("no storage in workers"));

  async function works(client, { session, id, options }) {
    await client.ask("connect", options);
    await client.ask("watch", id);
    await session.act(ANA, "typing");
    await until("typing", async () => (await client.ask("shows")).activity === "typing");
    assert.deepEqual(await errorsOf(client), []);
  }

  describe("a policy", () => {
    for (const kind of ["page", "dedicated", "shared"]) {
      test(`that names modules, WebAssembly, the package's own place and the gateway twice is enough (${kind})`, async () => {
        const policy = `${MODULES}; connect-src 'self' ${sources().join(" ")}; worker-src 'self'`;
        // The address of a worker is a trusted type of its own, which is the page's to make.
        const types = kind === "page" ? "; require-trusted-types-for 'script'" : "";
        const client = await places.tab(kind, { policy: policy + types, its: policy, name: "strict" });
        await works(client, await withAna());
        await client.close();
      });
    }

    test("that forbids the gateway makes the feed unsupported, once, and calls fail as network", async () => {
      const { session, id, options } = await withAna();
      const client = await places.tab("page", { policy: `${MODULES}; connect-src 'self'` });
      await client.ask("connect", options);
      await client.ask("watch", id);
      await assert.rejects(client.ask("session"), { name: "PresenceError", code: "network", cause: "TypeError" });
      await until("both errors", async () => (await errorsOf(client)).length >= 2);
      await client.page.waitForTimeout(CALM_MS);
      const errors = await errorsOf(client);
      assert.deepEqual(errors.map(({ code }) => code).sort(), ["network", "unsupported"]);
      assert.match(errors.find(({ code }) => code === "unsupported").message, /no WebSocket here .*the page's policy/);
      assert.match(errors.find(({ code }) => code === "network").message, /unreachable, or the browser blocked the request/);
      const { connection, reason } = await client.ask("shows");
      assert.deepEqual([connection, reason], ["open", "unreachable"]);
      assert.deepEqual((await session.log()).counts, {});
      await client.close();
    });

    for (const [scheme, place, expected] of [["http:", 0, { code: "unsupported" }], ["ws:", 1, { code: "network" }]]) {
      test(`that allows the gateway by ${scheme} alone allows half of it`, async () => {
        const { session, id, options } = await withAna();
        const client = await places.tab("page", { policy: `${MODULES}; connect-src 'self' ${sources()[place]}` });
        await client.ask("connect", options);
        await client.ask("watch", id);
        await until("an error", async () => (await errorsOf(client)).length > 0);
        assert.deepEqual((await errorsOf(client)).map(({ code }) => code), [expected.code]);
        assert.equal((await session.log()).openSockets, place);
        await client.close();
      });
    }

    test("without WebAssembly, or without the place of the module, is what connect rejects with", async () => {
      for (const [policy, expected] of [
        [`default-src 'none'; script-src 'self'; connect-src 'self'`, { code: "unsupported", message: /'wasm-unsafe-eval'/, cause: "CompileError" }],
        [`${MODULES}; connect-src ${sources().join(" ")}`, { code: "network", message: /did not load/, cause: "TypeError" }],
      ]) {
        const client = await places.tab("page", { policy });
        await assert.rejects(client.ask("connect", { gateway: { kind: "ingest" } }), { name: "PresenceError", ...expected });
        await client.close();
      }
    });

    test("is the one that a worker's own script comes with, not the page's", async () => {
      const strict = `${MODULES}; connect-src 'self'; worker-src 'self'`;
      const free = await places.tab("dedicated", { policy: strict });
      await works(free, await withAna());
      const bound = await places.tab("dedicated", { its: strict });
      const { session, options } = await withAna();
      await bound.ask("connect", options);
      await until("both errors", async () => (await errorsOf(bound)).length === 2);
      assert.deepEqual((await session.log()).counts, {});
      await free.close();
      await bound.close();
    });
  });

  describe("a page on https:", () => {
    test("cannot speak to a gateway on http:, and says so", async () => {
      const client = await places.tabAt("https://mixed.example", "page");
      const { id, options } = await withAna("http://gateway.example");
      await client.ask("connect", options);
      await client.ask("watch", id);
      await until("both errors", async () => (await errorsOf(client)).length === 2);
      assert.deepEqual((await errorsOf(client)).map(({ code }) => code), ["unsupported", "network"]);
      await assert.rejects(client.ask("session"), { code: "network" });
      await client.close();
    });

    for (const kind of ["page", "dedicated"]) {
      test(`can speak to one on this machine where people allow it, and tries until they do (${kind})`, async (t) => {
        const origin = `https://${kind}.example`;
        const client = await places.tabAt(origin, kind);
        const { session, id, options } = await withAna();
        await client.ask("connect", options);
        await client.ask("watch", id);
        if (await client.page.evaluate(knowsLocalNetworks)) {
          await until("the reason", async () => (await client.ask("shows")).reason === "unreachable");
          assert.equal((await client.ask("shows")).connection, "connecting");
          await until("an error", async () => (await errorsOf(client)).length > 0);
          assert.deepEqual((await errorsOf(client)).map(({ code }) => code), ["network"]);
          assert.deepEqual((await session.log()).counts, {});
          await places.allowLocalNetwork(origin);
        } else {
          t.diagnostic("this Chromium asks nobody");
        }
        await until("the feed", async () => (await client.ask("shows")).connection === "open");
        await session.act(ANA, "typing");
        await until("typing", async () => (await client.ask("shows")).activity === "typing");
        await client.close();
      });
    }
  });

  describe("a frame", () => {
    test("shares a feed with frames in pages of the same site, and with no other", async () => {
      const ana = await withAna();
      const clients = [];
      for (const [opens, feeds] of [
        [() => places.frame("one.localhost"), 1],
        [() => places.frame("one.localhost"), 1],
        [() => places.frame("two.localhost"), 2],
        [() => places.tab("page"), 3],
      ]) {
        const client = await opens();
        clients.push(client);
        await client.ask("connect", ana.options);
        await client.ask("watch", ana.id);
        await until("a feed, or its leader's word", async () => (await client.ask("shows")).connection === "open");
        await until("its subscription", async () => (await ana.session.log()).counts.subscribe === feeds);
        assert.equal((await ana.session.log()).openSockets, feeds);
      }
      await ana.session.act(ANA, "typing");
      for (const client of clients) await until("typing", async () => (await client.ask("shows")).activity === "typing");
      const { openSockets, counts } = await ana.session.log();
      assert.deepEqual([openSockets, counts.subscribe], [3, 3]);
      for (const client of clients) await client.close();
    });

    test("that is sandboxed without an origin leads alone", async () => {
      const ana = await withAna();
      const beside = await places.tab("page");
      await works(beside, ana);
      const frame = await places.frame("127.0.0.1", { sandbox: "allow-scripts" });
      await works(frame, ana);
      assert.equal((await ana.session.log()).openSockets, 2);
      await frame.ask("close", { forget: true });
      await frame.close();
      await beside.close();
    });
  });
}

function knowsLocalNetworks() {
  return navigator.permissions.query({ name: "local-network-access" }).then(() => true, () => false);
}
