// `wa-presence/vue` in Vue's own renderers.

import { container, window } from "./_dom.mjs";

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import {
  createApp, createSSRApp, defineComponent, effectScope, h, nextTick, reactive, ref, shallowRef, useTemplateRef,
} from "vue";
import { renderToString } from "vue/server-renderer";

import { connect } from "../../pkg/node.js";
import {
  presencePlugin, providePresence, useComposer, useConnection, usePresence, usePresenceClient, usePresenceError, useWatched,
} from "../../pkg/vue.js";
import { presence, until, waha, watchesOf } from "./_waha.mjs";

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

/** An app of one component, whose `setup` returns what it draws. */
function mount(given, setup, make = createApp, place = container()) {
  const app = make(defineComponent({ setup }));
  const wrong = [];
  app.config.errorHandler = (error) => wrong.push(error);
  if (given !== null) app.use(presencePlugin, given);
  app.mount(place);
  let mounted = true;
  const end = () => {
    if (mounted) app.unmount();
    mounted = false;
  };
  ended.push(end);
  return { place, end, wrong };
}

const watched = (client) => client.chats().map(({ chat }) => chat).sort();

test("a change draws a view once, with the snapshot that every other view holds", async () => {
  const client = await connected();
  const drawn = [];
  const other = defineComponent(() => {
    const shown = usePresence(ANA);
    return () => (drawn.push(shown.value), null);
  });
  mount({ client }, () => {
    const shown = usePresence(ANA);
    return () => (drawn.push(shown.value), h("p", [shown.value.activity, h(other)]));
  });
  await nextTick();
  const before = drawn.length;
  client.ingest(presence(ANA, "typing"));
  await nextTick();
  assert.equal(drawn.length, before + 2);
  assert.equal(drawn.at(-1), drawn.at(-2));
  assert.equal(drawn.at(-1), client.snapshot(ANA));
  assert.equal(client.chats().length, 1);
});

test("another chat and other options are followed, and nothing is watched once the component is gone", async () => {
  const gateway = waha();
  const client = await connected(gateway.options);
  const chat = ref(ANA);
  const options = reactive({ priority: "background" });
  const watches = watchesOf(client);
  const { place, end } = mount({ client }, () => {
    const shown = usePresence(chat, options);
    return () => (shown.value === null ? "nobody" : `${shown.value.chat} ${shown.value.activity}`);
  });
  await until(() => gateway.count("/subscribe") === 1);
  options.priority = "focused";
  await nextTick();
  assert.deepEqual([watched(client), watches.at(-1).priority, gateway.count("/subscribe")], [[ANA], "focused", 1]);
  chat.value = BEN;
  client.ingest(presence(BEN, "typing"));
  await nextTick();
  assert.deepEqual([watched(client), place.textContent], [[BEN], `${BEN} typing`]);
  chat.value = null;
  await nextTick();
  assert.deepEqual([watched(client), place.textContent], [[], "nobody"]);
  chat.value = ANA;
  await nextTick();
  end();
  assert.deepEqual([watched(client), client.connection.state === "closed"], [[], false]);
});

test("in a scope of one's own it stops with the scope", async () => {
  const client = await connected();
  const app = createApp({}).use(presencePlugin, { client });
  const scope = effectScope();
  const shown = app.runWithContext(() => scope.run(() => usePresence(ANA)));
  client.ingest(presence(ANA, "typing"));
  assert.equal(shown.value.activity, "typing");
  scope.stop();
  assert.deepEqual(watched(client), []);
});

test("the plugin connects with the first component that asks, and closes its client with the app", async () => {
  const gateway = waha();
  const { end } = mount({ options: gateway.options }, () => {
    const shown = usePresence(ANA);
    const client = usePresenceClient();
    return () => `${client.value === null} ${shown.value.knowledge.state}`;
  });
  await until(() => gateway.count("/subscribe") === 1);
  assert.deepEqual([gateway.feeds.length, gateway.alive()], [1, 1]);
  end();
  assert.equal(gateway.alive(), 0);
  const idle = waha("idle.example");
  mount({ options: idle.options }, () => () => null);
  await connected();
  assert.equal(idle.feeds.length, 0, "nobody asked");
});

test("a component provides for those below it; other options are another client, the same in other words are not", async () => {
  const [one, other] = [waha("one.example"), waha("other.example")];
  const options = shallowRef(one.options);
  const [seen, told] = [[], {}];
  const below = defineComponent(() => {
    Object.assign(told, { client: usePresenceClient(), error: usePresenceError() });
    usePresence(ANA);
    return () => (seen.push(told.client.value?.connection.state), null);
  });
  const { end } = mount(null, () => {
    providePresence({ options });
    return () => h(below);
  });
  await until(() => one.count("/subscribe") === 1);
  options.value = { ...one.options, gateway: { ...one.options.gateway }, onError: () => {} };
  await nextTick();
  assert.deepEqual([one.feeds.length, one.alive()], [1, 1]);
  options.value = other.options;
  await until(() => other.count("/subscribe") === 1);
  assert.deepEqual([one.alive(), other.alive()], [0, 1]);
  options.value = null;
  await nextTick();
  assert.deepEqual([other.alive(), told.client.value, told.error.value], [0, null, null]);
  options.value = other.options;
  await until(() => other.alive() === 1);
  end();
  assert.equal(other.alive(), 0);
  assert.equal(seen.includes("closed"), false);
});

test("why there is no client is told, the connection is followed, and a closed client breaks no view", async () => {
  const told = {};
  const setup = () => {
    Object.assign(told, { error: usePresenceError(), connection: useConnection(), shown: usePresence(ANA) });
    return () => null;
  };
  mount({ options: { gateway: { kind: "ingest" }, typingTtlMs: 15 } }, setup);
  await until(() => told.error.value !== null);
  assert.deepEqual([told.error.value.code, told.connection.value, told.shown.value.knowledge.state], ["invalid-option", null, "unwatched"]);
  const client = await connected();
  const { wrong } = mount({ client }, setup);
  assert.equal(told.connection.value, client.connection);
  client.close();
  assert.equal(told.connection.value.state, "closed");
  mount({ client }, setup);
  assert.deepEqual(wrong, []);
  assert.throws(() => createApp({}).runWithContext(() => usePresence(ANA)), /app\.use\(presencePlugin/);
});

test("an id that is none reaches the app's error handler", async () => {
  const { wrong } = mount({ client: await connected() }, () => {
    usePresence("nobody");
    return () => null;
  });
  assert.deepEqual(wrong.map(({ code }) => code), ["invalid-chat"]);
});

test("a list that is scrolled asks for what comes, keeps what stays, and ends what goes", async () => {
  const gateway = waha();
  const client = await connected(gateway.options);
  const list = shallowRef([ANA, BEN]);
  const drawn = [];
  const { end } = mount({ client }, () => {
    const rows = useWatched(list);
    const again = useWatched([CLEO]);
    return () => (drawn.push(rows.value), again.value.length);
  });
  await until(() => gateway.count("/subscribe") === 3);
  list.value = [BEN, { chat: CLEO, priority: "background" }];
  await nextTick();
  assert.deepEqual([watched(client), gateway.count("/subscribe")], [[BEN, CLEO], 3]);
  client.ingest(presence(CLEO, "typing"));
  await until(() => drawn.at(-1).map(({ activity }) => activity).join() === "none,typing");
  const last = drawn.at(-1);
  list.value = [BEN];
  await nextTick();
  assert.equal(drawn.at(-1)[0], last[0], "a row that stays is the same object");
  assert.deepEqual(watched(client), [BEN, CLEO], "the other list holds it");
  end();
  assert.deepEqual(watched(client), []);
});

test("keys in the input show typing; another chat, and an input or a component that goes, end it", async () => {
  const gateway = waha();
  const client = await connected(gateway.options);
  const [chat, hidden] = [ref(ANA), ref(false)];
  let composer;
  const { place, end } = mount({ client }, () => {
    composer = useComposer(chat, useTemplateRef("input"));
    return () => (hidden.value ? null : h("textarea", { ref: "input" }));
  });
  const type = () => {
    const input = place.querySelector("textarea");
    input.value = "Hel";
    input.dispatchEvent(new window.Event("input"));
  };
  const calls = () => [gateway.count("/startTyping"), gateway.count("/stopTyping")].join();

  type();
  await until(() => calls() === "1,0");
  chat.value = BEN;
  await until(() => calls() === "1,1");

  type();
  await until(() => calls() === "2,1");
  hidden.value = true;
  await until(() => calls() === "2,2");

  chat.value = CLEO;
  await nextTick();
  composer.work();
  await until(() => calls() === "3,2");
  end();
  await until(() => calls() === "3,3");

  mount({ client: await connected() }, () => {
    composer = useComposer(ANA);
    return () => null;
  });
  for (const call of ["keystroke", "record", "work", "sent", "stop"]) composer[call]();
});

test("a server draws what nobody watches, connects nowhere, and the page takes over without a difference", async () => {
  const gateway = waha();
  const setup = () => {
    const [one, many, connection] = [usePresence(ANA), useWatched([ANA]), useConnection()];
    useComposer(ANA);
    return () => h("p", `${one.value.knowledge.state} ${many.value[0].activity} ${connection.value?.state}`);
  };
  const app = createSSRApp(defineComponent({ setup }));
  app.use(presencePlugin, { options: gateway.options });
  const html = await renderToString(app);
  assert.equal(html, "<p>unwatched none undefined</p>");
  const client = await connected();
  const ready = createSSRApp(defineComponent({ setup }));
  ready.use(presencePlugin, { client });
  assert.equal(await renderToString(ready), html);
  assert.deepEqual([gateway.feeds.length, watched(client)], [0, []]);

  client.ingest(presence(ANA, "typing"));
  const place = container();
  place.innerHTML = html;
  const warned = [];
  const { warn } = console;
  console.warn = (...words) => warned.push(words.join(" "));
  try {
    mount({ client }, setup, createSSRApp, place);
    await nextTick();
  } finally {
    console.warn = warn;
  }
  assert.deepEqual(warned, []);
  assert.equal(place.textContent, "live typing open");
});
