// The package as Node loads it: one module per process, the same client as in a browser, with fetch and without a feed.

import assert from "node:assert/strict";
import { mkdtemp, mkdir, readdir, readFile, rm, stat, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { connect, PresenceError } from "../../pkg/node.js";
import { fresh } from "./_fresh.mjs";

const ANA = "15550001111@c.us";
const pkg = new URL("../../pkg/", import.meta.url);

let events = 0;
const presence = (chat, word) => ({
  id: `evt_${events += 1}`,
  timestamp: Date.now(),
  event: "presence.update",
  session: "default",
  payload: { id: chat, presences: [{ participant: chat, lastKnownPresence: word, lastSeen: null }] },
});

test("a typing story, told by a backend's webhooks", async () => {
  const client = await connect({ gateway: { kind: "ingest" }, typingTtlMs: 400 });
  const chat = client.watch(ANA);
  const heard = [];
  chat.listen((snapshot, change) => heard.push([snapshot.activity, change.cause]));
  await sleep(150);
  client.ingest(JSON.stringify(presence(ANA, "typing")));
  await sleep(250);
  client.ingest(Buffer.from(JSON.stringify(presence(ANA, "typing"))));
  await sleep(250);
  assert.equal(chat.snapshot.activity, "typing", "a repeat keeps it alive");
  await sleep(450);
  client.ingest(presence(ANA, "offline"));
  await sleep(150);
  assert.deepEqual(heard, [["typing", "push"], ["none", "expiry"], ["none", "push"]]);
  assert.equal(chat.snapshot.lastActivity.endedBy, "ttl");
  assert.equal(chat.snapshot.availability, "offline");
  client.close();
});

test("the module is loaded once", async () => {
  // Bytes that no WebAssembly could be made of: nobody looks at them any more.
  const client = await connect({ gateway: { kind: "ingest" } }, { wasm: new Uint8Array([1, 2, 3]) });
  assert.equal(client.connection.state, "open");
  client.close();
});

test("the module may come as bytes or compiled, and a failed attempt may be repeated", async () => {
  const { result } = await fresh(`
    const { readFile } = await import("node:fs/promises");
    const bytes = await readFile("pkg/dist/wa_presence_bg.wasm");
    const options = { gateway: { kind: "ingest" } };
    const why = ({ name, code, cause }) => [name, code, cause.name];
    const refused = await connect(options, { wasm: new Uint8Array([1, 2, 3]) }).then(() => "loaded", why);
    const missing = await connect(options, { wasm: Promise.reject(new TypeError("not found")) }).then(() => "loaded", why);
    return [refused, missing, (await connect(options, { wasm: bytes })).connection.state];
  `);
  assert.deepEqual(result, [["PresenceError", "unsupported", "CompileError"], ["PresenceError", "network", "TypeError"], "open"]);
  const compiled = await fresh(`
    const { readFile } = await import("node:fs/promises");
    const module = new WebAssembly.Module(await readFile("pkg/dist/wa_presence_bg.wasm"));
    return (await connect({ gateway: { kind: "ingest" } }, { wasm: module })).capabilities;
  `);
  assert.equal(compiled.result.gateway, "ingest");
});

test("loading says nothing on the console, and a closed client lets the process end", async () => {
  const began = performance.now();
  const { err } = await fresh(`
    const client = await connect({ gateway: { kind: "ingest" } });
    client.watch("15550001111@c.us");
    client.ingest(${JSON.stringify(JSON.stringify(presence(ANA, "typing")))});
    client.close();
  `);
  assert.equal(err, "");
  assert.ok(performance.now() - began < 10_000, "a typing that lives for 15 s held the process back");
});

test("a module that trapped says crashed, tells onFatal once, and can be connected to again", async () => {
  const { result } = await fresh(`
    const fatal = [];
    const client = await connect({ gateway: { kind: "ingest" }, onFatal: (error) => fatal.push(error.code) });
    const chat = client.watch("${ANA}");
    const said = (call) => { try { call(); return "nothing"; } catch (error) { return error.code ?? error.name; } };
    // A clock that throws unwinds through the module and leaves it in the middle of something.
    const now = performance.now;
    performance.now = () => { throw new Error("torn"); };
    await new Promise((resolve) => setTimeout(resolve, 30));
    said(() => client.ingest("{}"));
    performance.now = now;
    const calls = [
      () => client.ingest("{}"), () => client.watch("${ANA}"), () => client.chats(), () => client.capabilities, () => client.close(),
      () => chat.snapshot, () => chat.lease, () => chat.listen(() => {}), () => (chat.priority = "focused"),
    ];
    const codes = new Set(calls.map(said));
    const again = await connect({ gateway: { kind: "ingest" } });
    again.watch("${ANA}");
    const { state } = again.connection;
    again.close();
    return { codes: [...codes], fatal, again: state };
  `);
  assert.deepEqual(result, { codes: ["crashed"], fatal: ["crashed"], again: "open" });
});

test("a module that trapped while nobody calls tells onFatal all the same, and throws nothing at the process", async () => {
  const { result, err } = await fresh(`
    const fatal = [];
    const client = await connect({ gateway: { kind: "ingest" }, typingTtlMs: 200, onFatal: (error) => fatal.push(error.code) });
    client.watch("${ANA}");
    client.ingest(${JSON.stringify(JSON.stringify(presence(ANA, "typing")))});
    const now = performance.now;
    await new Promise((resolve) => setTimeout(resolve, 30));
    performance.now = () => { throw new Error("torn"); };
    try { client.ingest("{}"); } catch {}
    performance.now = now;
    await new Promise((resolve) => setTimeout(resolve, 400));
    return { fatal };
  `);
  assert.deepEqual({ ...result, err }, { fatal: ["crashed"], err: "" });
});

test("options that are wrong reject the promise of connect", async () => {
  for (const [options, message] of [
    [undefined, "options.gateway: expected an object with a kind, found undefined"],
    [{ gateway: { kind: "ingest" }, typingTtlMs: 15 }, "options.typingTtlMs: expected a whole number from 200 to 120000, found 15"],
  ]) {
    await assert.rejects(connect(options), (error) => {
      assert.ok(error instanceof PresenceError && error instanceof Error);
      const { name, code, status, retryAfterMs, gateway } = error;
      assert.deepEqual({ name, code, status, retryAfterMs, gateway, message: error.message },
        { name: "PresenceError", code: "invalid-option", status: null, retryAfterMs: null, gateway: null, message });
      return true;
    });
  }
});

test("PresenceError is recognised by its name and code, whoever made it", () => {
  const made = new PresenceError("closed", "why");
  assert.ok(made instanceof PresenceError && made instanceof Error);
  assert.deepEqual([made.name, made.code, made.message, made.status], ["PresenceError", "closed", "why", null]);
  assert.ok({ name: "PresenceError", code: "closed" } instanceof PresenceError, "one of another realm");
  for (const other of [new Error("x"), { name: "PresenceError" }, "PresenceError", null, undefined]) {
    assert.equal(other instanceof PresenceError, false);
  }
});

test("using ends what it was given", async (t) => {
  if (Symbol.dispose === undefined) return t.skip("this Node has no Symbol.dispose");
  const client = await connect({ gateway: { kind: "ingest" } });
  const chat = client.watch(ANA);
  const last = chat.snapshot;
  chat[Symbol.dispose]();
  assert.equal(chat.snapshot, last, "a disposed watch can still be read");
  client[Symbol.dispose]();
  assert.equal(client.connection.state, "closed", "and so can a client");
  assert.throws(() => client.watch(ANA), (error) => error.code === "closed");
});

test("for await reads a watch and may leave it", async () => {
  const client = await connect({ gateway: { kind: "ingest" } });
  const chat = client.watch(ANA);
  setTimeout(() => client.ingest(presence(ANA, "typing")), 150);
  const seen = [];
  for await (const snapshot of chat) {
    seen.push(snapshot.activity);
    if (snapshot.activity === "typing") break;
  }
  assert.equal(seen.at(-1), "typing");
  assert.equal(client.chats().length, 1);
  client.close();
});

// ---- Declarations and files ------------------------------------------------------------------------------------------

async function declared() {
  const folder = new URL("../../src/js/types/", import.meta.url);
  const texts = (await readdir(folder)).map((file) => readFile(new URL(file, folder), "utf8"));
  return (await Promise.all(texts)).join("\n");
}

// The names of an interface's members, as they are written: two spaces in, and never deeper.
function members(declarations, name) {
  const body = declarations.match(new RegExp(`^export interface ${name} \\{\\n([\\s\\S]*?)^\\}`, "m"))[1];
  const found = [...body.matchAll(/^ {2}(?:readonly )?(\[Symbol\.\w+\]|\w+)\??[(:]/gm)].map(([, member]) => member);
  assert.ok(found.length > 2, `${name} was not read`);
  return new Set(found);
}

test("every member that is declared exists", async () => {
  const declarations = await declared();
  const client = await connect({ gateway: { kind: "ingest" } });
  const made = { Presence: client, Watch: client.watch(ANA), Rest: client.rest, Snapshot: client.snapshot(ANA),
    Connection: client.connection, Capabilities: client.capabilities, Budget: client.budget, Counters: client.counters };
  for (const [name, object] of Object.entries(made)) {
    for (const member of members(declarations, name)) {
      const symbol = member.match(/^\[Symbol\.(\w+)\]$/)?.[1];
      if (symbol !== undefined && Symbol[symbol] === undefined) continue;
      assert.ok((symbol === undefined ? member : Symbol[symbol]) in object, `${name}.${member}`);
    }
  }
  client.close();
});

test("plain objects have no member that is not declared", async () => {
  const declarations = await declared();
  const client = await connect({ gateway: { kind: "ingest" } });
  client.watch(ANA);
  const made = { Snapshot: client.snapshot(ANA), Connection: client.connection, Capabilities: client.capabilities,
    Budget: client.budget, Counters: client.counters };
  for (const [name, object] of Object.entries(made)) {
    assert.deepEqual(Object.keys(object).sort(), [...members(declarations, name)].sort(), name);
  }
  client.close();
});

test("the package can be imported by its name, and every file that it names is there", async () => {
  const { exports, types, main, files } = JSON.parse(await readFile(new URL("package.json", pkg), "utf8"));
  const named = [types, main, ...Object.values(exports).flatMap((entry) => typeof entry === "string" ? entry : Object.values(entry)),
    ...files.filter((file) => !file.includes("*"))];
  for (const file of named) assert.ok((await stat(new URL(file, pkg))).isFile(), file);

  const folder = await mkdtemp(join(tmpdir(), "wa-presence-"));
  try {
    await mkdir(join(folder, "node_modules"));
    await symlink(fileURLToPath(pkg), join(folder, "node_modules", "wa-presence"), "dir");
    const { result } = await fresh(`
      const client = await connect({ gateway: { kind: "ingest" } });
      return [client.connection.state, chatId("+1 555 000 1111"), import.meta.resolve("wa-presence/wasm").endsWith("_bg.wasm"), all === connect];
    `, { cwd: folder, imports: 'import { connect, chatId } from "wa-presence"; import { connect as all } from "wa-presence/hosted";' });
    assert.deepEqual(result, ["open", ANA, true, true]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
