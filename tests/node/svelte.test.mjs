// `wa-presence/svelte`: the store contract as Svelte's own helpers read it, and a component compiled by Svelte 5 and by Svelte 4.

import { container, window } from "./_dom.mjs";

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { derived, get, writable } from "svelte/store";
import { get as get4 } from "svelte4/store";

import { connect } from "../../pkg/node.js";
import { composerOf, connectionOf, presenceClient, presenceOf, watchedOf } from "../../pkg/svelte.js";
import { fresh } from "./_fresh.mjs";
import { inProject, loaded } from "./_views.mjs";
import { presence, until, waha } from "./_waha.mjs";

const ANA = "15550001111@c.us";
const BEN = "15550002222@c.us";
const CLEO = "15550003333@c.us";
const ended = [];

afterEach(() => {
  for (const end of ended.splice(0).reverse()) end();
});

async function connected(options = { gateway: { kind: "ingest" }, guard: "off" }) {
  const client = await connect(options);
  ended.push(() => client.close());
  return client;
}

/** Everything a store says, for as long as the test goes on. */
function listened(store) {
  const said = [];
  const leave = store.subscribe((value) => said.push(value));
  ended.push(leave);
  return { said, leave };
}

const watched = (client) => client.chats().map(({ chat }) => chat).sort();

test("a store says what is at once, then every change, and watches while somebody subscribes", async () => {
  const client = await connected();
  const store = presenceOf(client, ANA);
  assert.deepEqual(watched(client), []);
  const one = listened(store);
  const other = listened(store);
  assert.deepEqual(watched(client), [ANA]);
  client.ingest(presence(ANA, "typing"));
  assert.deepEqual(one.said.map(({ activity }) => activity), ["none", "typing"]);
  assert.deepEqual(one.said, other.said);
  assert.equal(one.said[1], other.said[1], "both hold the same object");
  one.leave();
  assert.deepEqual(watched(client), [ANA]);
  other.leave();
  assert.deepEqual(watched(client), []);
  one.leave();
});

test("Svelte's own helpers read it", async () => {
  const client = await connected();
  client.ingest(presence(ANA, "recording"));
  const store = presenceOf(client, ANA);
  assert.deepEqual([get(store).activity, get4(store).activity, get(derived(store, ({ chat }) => chat))], ["recording", "recording", ANA]);
  assert.equal(get(presenceOf(client, null)), null);
  assert.equal(get(connectionOf(client)), client.connection);
  assert.deepEqual(watched(client), [], "whoever only reads leaves nothing behind");
});

test("a mounted client comes, is shared, and goes with the last who mounted it", async () => {
  const gateway = waha();
  const client = presenceClient(gateway.options);
  const { said } = listened(presenceOf(client, ANA));
  const connections = listened(connectionOf(client)).said;
  assert.deepEqual([said[0].knowledge.state, connections], ["unwatched", [null]]);
  const [one, other] = [client.mount(), client.mount()];
  await until(() => gateway.count("/subscribe") === 1);
  assert.deepEqual([gateway.feeds.length, gateway.alive()], [1, 1]);
  listened(presenceOf(client, BEN)).leave();
  assert.deepEqual(watched(get(client)), [ANA]);
  one();
  one();
  assert.equal(gateway.alive(), 1);
  other();
  assert.deepEqual([gateway.alive(), get(client), said.at(-1).knowledge.state, connections.at(-1)], [0, null, "unwatched", null]);
  const again = client.mount();
  await until(() => gateway.alive() === 1);
  again();
  client.mount()();
  await connected();
  assert.deepEqual([gateway.alive(), gateway.feeds.length], [0, 2], "who is gone at once connects nothing");
});

test("the next client of a store takes over from the one before", async () => {
  const [one, other] = [await connected(), await connected()];
  const client = writable(one);
  const { said } = listened(presenceOf(client, ANA));
  client.set(other);
  assert.deepEqual([watched(one), watched(other)], [[], [ANA]]);
  one.ingest(presence(ANA, "recording"));
  other.ingest(presence(ANA, "typing"));
  assert.deepEqual(said.map(({ activity }) => activity), ["none", "none", "typing"]);
});

test("why there is no client is told", async () => {
  const client = presenceClient({ gateway: { kind: "ingest" }, typingTtlMs: 15 });
  const { said } = listened(client.error);
  ended.push(client.mount());
  await until(() => said.at(-1) !== null);
  assert.deepEqual([said.at(-1).code, get(client)], ["invalid-option", null]);
});

test("a closed client breaks no store, and an id that is none is refused", async () => {
  const client = await connected();
  const { said } = listened(connectionOf(client));
  client.close();
  assert.equal(said.at(-1).state, "closed");
  assert.equal(get(presenceOf(client, ANA)).knowledge.state, "unwatched");
  const other = await connected();
  assert.throws(() => get(presenceOf(other, "nobody")), { code: "invalid-chat" });
});

test("a store with an id that is none fails for itself when the client comes, and for nobody else", async () => {
  const { result } = await fresh(`
    const failed = [];
    process.on("uncaughtException", ({ code }) => failed.push(code));
    const client = presenceClient({ gateway: { kind: "ingest" } });
    const said = [];
    presenceOf(client, "nobody").subscribe(() => {});
    presenceOf(client, "${ANA}").subscribe(({ knowledge }) => said.push(knowledge.state));
    const unmount = client.mount();
    while (failed.length === 0) await new Promise(setImmediate);
    client.error.subscribe((error) => said.push(error))();
    unmount();
    return [failed, said];
  `, { imports: 'import { presenceClient, presenceOf } from "./pkg/svelte.js";' });
  assert.deepEqual(result, [["invalid-chat"], ["unwatched", "waiting", null, "unwatched"]]);
});

test("a list that is scrolled asks for what comes, keeps what stays, and ends what goes", async () => {
  const gateway = waha();
  const client = await connected(gateway.options);
  const rows = watchedOf(client, [ANA, BEN]);
  assert.deepEqual(watched(client), []);
  const { said, leave } = listened(rows);
  await until(() => gateway.count("/subscribe") === 2);
  rows.watch([BEN, { chat: CLEO, priority: "background" }]);
  await until(() => gateway.count("/subscribe") === 3);
  assert.deepEqual(watched(client), [BEN, CLEO]);
  client.ingest(presence(CLEO, "typing"));
  await until(() => said.at(-1).map(({ activity }) => activity).join() === "none,typing");
  const last = said.at(-1);
  rows.watch([CLEO]);
  assert.equal(said.at(-1)[0], last[1], "a row that stays is the same object");
  leave();
  assert.deepEqual([watched(client), gateway.count("/subscribe")], [[], 3]);
});

test("keys in the input show typing; another chat, and an input that goes, end it", async () => {
  const gateway = waha();
  const composer = composerOf(await connected(gateway.options));
  const input = container().appendChild(document.createElement("textarea"));
  const calls = () => [gateway.count("/startTyping"), gateway.count("/stopTyping")].join();
  const action = composer(input, ANA);
  input.value = "Hel";
  input.dispatchEvent(new window.Event("input"));
  await until(() => calls() === "1,0");
  action.update(BEN);
  await until(() => calls() === "1,1");
  composer.work();
  await until(() => calls() === "2,1");
  action.destroy();
  await until(() => calls() === "2,2");
  composer.work();

  const deaf = composerOf(await connected());
  const { destroy } = deaf(input, ANA);
  for (const call of ["keystroke", "record", "work", "sent", "stop"]) deaf[call]();
  destroy();
});

// ---- In components --------------------------------------------------------------------------------------------------------------

// What both compilers take.
const VIEW = `
<script>
  import { composerOf, connectionOf, presenceOf, watchedOf } from "wa-presence/svelte";
  export let client;
  export let chats;
  const connection = connectionOf(client);
  const rows = watchedOf(client);
  const composer = composerOf(client);
  $: chat = presenceOf(client, chats[0]);
  $: rows.watch(chats);
</script>
<p>{$connection?.state} {$chat.knowledge.state} {$chat.activity} {$rows.map(({ activity }) => activity).join()}</p>
<textarea use:composer={chats[0]}></textarea>
`;

// How each release is asked to draw.
const RELEASES = {
  svelte: {
    name: "Svelte 5",
    page: `import { createClassComponent } from "svelte/legacy"; import View from "./View.svelte";
      export const draw = (target, props) => createClassComponent({ component: View, target, props });`,
    server: `import { render } from "svelte/server"; import View from "./View.svelte";
      export const draw = (props) => render(View, { props }).body;`,
  },
  svelte4: {
    name: "Svelte 4",
    page: `import View from "./View.svelte"; export const draw = (target, props) => new View({ target, props });`,
    server: `import View from "./View.svelte"; export const draw = (props) => View.render(props).html;`,
  },
};

for (const [svelte, { name, page, server }] of Object.entries(RELEASES)) {
  const files = { "View.svelte": VIEW, "page.js": page, "server.js": server };

  test(`a component of ${name} shows it, follows its props, and leaves nothing behind`, () => inProject(files, async (folder) => {
    const gateway = waha();
    const client = await connected(gateway.options);
    const { draw } = await loaded(folder, "page.js", { svelte });
    const target = container();
    const view = draw(target, { client, chats: [ANA, BEN] });
    const text = () => target.querySelector("p").textContent;
    await until(() => gateway.count("/subscribe") === 2);
    client.ingest(presence(ANA, "typing"));
    await until(() => / typing typing,none$/.test(text()));
    const input = target.querySelector("textarea");
    input.value = "Hel";
    input.dispatchEvent(new window.Event("input"));
    await until(() => gateway.count("/startTyping") === 1);
    view.$set({ chats: [BEN] });
    await until(() => gateway.count("/stopTyping") === 1 && / none none$/.test(text()));
    assert.deepEqual([watched(client), gateway.count("/subscribe")], [[BEN], 2]);
    view.$destroy();
    assert.deepEqual(watched(client), []);
  }));

  test(`a server with ${name} draws what nobody watches, and connects nowhere`, () => inProject(files, async (folder) => {
    const gateway = waha();
    const { draw } = await loaded(folder, "server.js", { svelte, on: "server" });
    const html = await draw({ client: presenceClient(gateway.options), chats: [ANA] });
    assert.match(html, /unwatched none none/);
    assert.equal(gateway.feeds.length, 0);
  }));
}
