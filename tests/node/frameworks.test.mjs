// What the entries of all frameworks owe a server, and every example of docs/frameworks.md, compiled and run.

import { container, window } from "./_dom.mjs";

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { act } from "react";
import { createRoot } from "react-dom/client";

import { fresh } from "./_fresh.mjs";
import { connected, draw, endAll, h, provided } from "./_react.mjs";
import { inProject, loaded } from "./_views.mjs";
import { posted, presence, until, waha } from "./_waha.mjs";

const ANA = "15550001111@c.us";
const BEN = "15550002222@c.us";
const root = fileURLToPath(new URL("../../", import.meta.url));
const files = examplesIn(await readFile(join(root, "docs/frameworks.md"), "utf8"));

afterEach(endAll);

/** The page's files by their names, which their first lines tell. */
function examplesIn(text) {
  const blocks = [...text.matchAll(/^```(\w+)\n(?:\/\/|<!--) (\S+)[^\n]*\n([\s\S]*?)^```$/gm)];
  return Object.fromEntries(blocks.map(([, , name, body]) => [name, body]));
}

/** The gateway of the examples, whose feed is the platform's. */
function gatewayOfExamples() {
  const gateway = waha("waha.example");
  window.WebSocket = gateway.options.webSocket;
  return gateway;
}

/** What every example shows: Ana types; we answer, and she sees it until it is sent. */
async function converse(gateway, place, sent) {
  await until(() => gateway.count(`${ANA}/subscribe`) === 1 && gateway.alive() === 1);
  gateway.feeds.at(-1).tell(presence(ANA, "typing"));
  await until(() => place.querySelector("[aria-live]").textContent.trim() === "typing…");
  const input = place.querySelector("textarea");
  input.value = "Hello";
  input.dispatchEvent(new window.Event("input", { bubbles: true }));
  await until(() => gateway.count("/startTyping") === 1);
  place.querySelector("form").dispatchEvent(new window.Event("submit", { bubbles: true, cancelable: true }));
  await until(() => gateway.count("/stopTyping") === 1);
  assert.deepEqual(sent, ["Hello"]);
}

test("imported on a server, no entry touches a global of browsers or loads the module", async () => {
  const { result } = await fresh(`
    await Promise.all(["react", "vue"].map((name) => import(name)));
    const touched = [];
    const names = ["window", "document", "navigator", "self", "location", "localStorage", "sessionStorage", "WebSocket", "fetch", "WebAssembly"];
    for (const name of names) {
      Object.defineProperty(globalThis, name, { get: () => void touched.push(name) });
    }
    const entries = await Promise.all(["react", "vue", "svelte"].map((name) => import("./pkg/" + name + ".js")));
    return [entries.map((entry) => Object.keys(entry).length > 4), touched];
  `, { imports: "" });
  assert.deepEqual(result, [[true, true, true], []]);
});

test("the examples in React compile strictly", () => inProject(files, async (folder) => {
  const compilerOptions = {
    target: "es2022", module: "nodenext", lib: ["esnext", "dom"], jsx: "react-jsx", types: [],
    strict: true, noUncheckedIndexedAccess: true, noEmit: true,
  };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.tsx"] }));
  const tsc = join(root, "node_modules", "typescript-7", "bin", "tsc");
  await promisify(execFile)(process.execPath, [tsc, "--project", folder]).catch(({ stdout }) => assert.fail(stdout));
}));

test("the example in React", () => inProject(files, async (folder) => {
  const gateway = gatewayOfExamples();
  const { App } = await loaded(folder, "App.tsx");
  const [place, sent] = [container(), []];
  const view = createRoot(place);
  globalThis.IS_REACT_ACT_ENVIRONMENT = false;
  try {
    view.render(h(App, { chat: ANA, send: (text) => sent.push(text) }));
    await converse(gateway, place, sent);
    view.unmount();
    await until(() => gateway.alive() === 0);
  } finally {
    globalThis.IS_REACT_ACT_ENVIRONMENT = true;
  }
}));

test("the virtual list in React watches what can be seen and a little more, and draws rows that changed", () => inProject(files, async (folder) => {
  const { ChatList } = await loaded(folder, "ChatList.tsx");
  const client = await connected();
  const chats = Array.from({ length: 1_000 }, (_, n) => `1555${1_000_000 + n}@c.us`);
  const { place } = await draw(provided(client, h(ChatList, { chats, height: 480 })));
  const rows = () => [...place.querySelectorAll("li")].map((row) => row.textContent);
  const watched = () => client.chats().map(({ chat }) => chat).sort();
  assert.deepEqual(rows(), chats.slice(0, 10).map((chat) => `${chat}: unknown`));
  assert.deepEqual(watched(), chats.slice(0, 20));
  await act(async () => {
    client.ingest(presence(chats[3], "typing"));
    client.ingest(presence(chats[104], "typing"));
  });
  assert.equal(rows()[3], `${chats[3]}: typing…`);
  const list = place.querySelector("div");
  list.scrollTop = 4_800;
  await act(async () => list.dispatchEvent(new window.Event("scroll", { bubbles: true })));
  assert.deepEqual(watched(), chats.slice(90, 120));
  assert.deepEqual(rows(), chats.slice(100, 110).map((chat, n) => `${chat}: ${n === 4 ? "typing…" : "unknown"}`));
}));

test("the example in Vue", () => inProject(files, async (folder) => {
  const gateway = gatewayOfExamples();
  const place = container();
  place.id = "app";
  await loaded(folder, "main.js");
  await converse(gateway, place, posted);
  assert.equal(place.querySelectorAll("li")[0].textContent.trim(), `${ANA}: typing…`);
  place.querySelectorAll("li")[1].dispatchEvent(new window.Event("click"));
  gateway.feeds.at(-1).tell(presence(BEN, "recording"));
  await until(() => place.querySelector("[aria-live]").textContent === "recording…");
  place.__vue_app__.unmount();
  assert.equal(gateway.alive(), 0);
}));

const page = 'export { mount, unmount } from "svelte"; export { default as App } from "./App.svelte";';

test("the example in Svelte", () => inProject({ ...files, "page.js": page }, async (folder) => {
  const gateway = gatewayOfExamples();
  const { mount, unmount, App } = await loaded(folder, "page.js");
  const place = container();
  const sent = [];
  const view = mount(App, { target: place, props: { chats: [ANA, BEN], send: (text) => sent.push(text) } });
  await converse(gateway, place, sent);
  place.querySelectorAll("button")[1].dispatchEvent(new window.Event("click", { bubbles: true }));
  gateway.feeds.at(-1).tell(presence(BEN, "recording"));
  await until(() => place.querySelector("[aria-live]").textContent.trim() === "recording…");
  await unmount(view);
  assert.equal(gateway.alive(), 0);
}));
