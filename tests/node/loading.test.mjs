// How the package is loaded on a server: what the module may come from, what an import touches, what bundlers and `require` make of it.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { fresh } from "./_fresh.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const pkg = fileURLToPath(new URL("../../pkg/", import.meta.url));
/** A folder with the package in its node_modules, as a user has it. */
let folder;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "wa-presence-"));
  await mkdir(join(folder, "node_modules"));
  await symlink(pkg, join(folder, "node_modules/wa-presence"), "dir");
});
after(() => rm(folder, { recursive: true }));

/** The gateway that says which of the two modules is meant, the file of it, and a minimal body of that gateway's. */
const modules = [
  { file: "wa_presence_bg.wasm", options: { gateway: { kind: "ingest" } } },
  { file: "hosted_bg.wasm", options: { gateway: { kind: "ingest", from: "waapi" } } },
];

for (const { file, options } of modules) {
  for (const [what, source] of Object.entries({
    bytes: "bytes",
    "a buffer": "bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)",
    "a compiled module": "new WebAssembly.Module(bytes)",
    "a response": 'new Response(bytes, { headers: { "content-type": "application/wasm" } })',
    "a promise of a response": "Promise.resolve(new Response(bytes))",
    "an address": 'new URL("data:application/wasm;base64," + bytes.toString("base64"))',
    "an address as text": '"data:application/wasm;base64," + bytes.toString("base64")',
  })) {
    test(`${file} may be given as ${what}`, async () => {
      const { result } = await fresh(`
        const { readFile } = await import("node:fs/promises");
        const bytes = await readFile("pkg/dist/${file}");
        // With what is given it must not be needed.
        globalThis.DecompressionStream = class { constructor() { throw new Error("the module in the script was used"); } };
        const client = await connect(${JSON.stringify(options)}, { wasm: ${source} });
        const { state } = client.connection;
        client.close();
        return state;
      `);
      assert.equal(result, "open");
    });
  }
}

test("the module in the script is unpacked when somebody connects, and once, however many do", async () => {
  const { result } = await fresh(`
    let unpacked = 0;
    const Native = DecompressionStream;
    globalThis.DecompressionStream = class extends Native { constructor(format) { super(format); unpacked += 1; } };
    await new Promise((resolve) => setTimeout(resolve, 20));
    const before = unpacked;
    await Promise.all(Array.from({ length: 5 }, () => connect({ gateway: { kind: "ingest" } })));
    return [before, unpacked];
  `);
  assert.deepEqual(result, [0, 1]);
});

// What a page has and a server must not be asked for while it imports; and what loading would need.
const BROWSER = ["window", "document", "navigator", "location", "localStorage", "sessionStorage", "indexedDB", "self", "caches"];
const LAZY = ["WebSocket", "EventSource", "BroadcastChannel", "fetch", "setTimeout", "DecompressionStream", "WebAssembly", "performance"];

async function entries() {
  const { exports } = JSON.parse(await readFile(join(pkg, "package.json"), "utf8"));
  return Object.entries(exports).filter(([, entry]) => typeof entry === "object" && !entry.default.endsWith(".wasm"));
}

test("importing an entry on a server touches no global of a browser, and loads nothing", async () => {
  for (const [entry] of await entries()) {
    // What decodes webhooks is ready at once: its calls answer at once.
    const forbidden = entry === "./webhook" ? BROWSER : [...BROWSER, ...LAZY];
    const { result } = await fresh(`
      // The frameworks themselves look for a window; they are here before anybody watches.
      const require = (await import("node:module")).createRequire(${JSON.stringify(join(root, "package.json"))});
      for (const name of ["react", "vue"]) require(name);
      const touched = [];
      for (const name of ${JSON.stringify(forbidden)}) {
        const value = globalThis[name];
        Object.defineProperty(globalThis, name, { configurable: true, get() { touched.push(name); return value; }, set() {} });
      }
      const names = Object.keys(await import("wa-presence${entry.slice(1)}"));
      const seen = [...touched];
      return { seen, names };
    `, { cwd: folder, imports: "" });
    assert.deepEqual(result.seen, [], entry);
    assert.ok(result.names.length > 0, entry);
  }
});

test("a browser's loader may be imported on a server too: it touches nothing until it connects", async () => {
  const { result } = await fresh(`
    const touched = [];
    for (const name of ${JSON.stringify([...BROWSER, ...LAZY])}) {
      const value = globalThis[name];
      Object.defineProperty(globalThis, name, { configurable: true, get() { touched.push(name); return value; }, set() {} });
    }
    await import("./pkg/index.js");
    return [...touched];
  `, { cwd: root, imports: "" });
  assert.deepEqual(result, []);
});

test("two entries in one program are one module", async () => {
  const { result } = await fresh(`
    const [own, inline] = [await import("wa-presence"), await import("wa-presence/inline")];
    return own.connect === inline.connect;
  `, { cwd: folder, imports: "" });
  assert.equal(result, true);
});

test("two loaders over one glue are one client: its classes are completed once", async () => {
  const { result } = await fresh(`
    const { clientOf } = await import("./pkg/client.js");
    const glue = await import("./pkg/dist/wa_presence.js");
    const bytes = await (await import("node:fs/promises")).readFile("pkg/dist/wa_presence_bg.wasm");
    const [first, second] = [clientOf(glue, () => bytes), clientOf(glue, () => bytes)];
    await first({ gateway: { kind: "ingest" } });
    const client = await second({ gateway: { kind: "ingest" } });
    client.watch("15550001111@c.us");
    client.ingest(JSON.stringify({ id: "e", timestamp: Date.now(), event: "presence.update", session: "default",
      payload: { id: "15550001111@c.us", presences: [{ participant: "15550001111@c.us", lastKnownPresence: "online" }] } }));
    const { availability } = client.snapshot("15550001111@c.us");
    client.close();
    return [first === second, availability];
  `);
  assert.deepEqual(result, [true, "online"]);
});

function run(program, args, cwd) {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, encoding: "utf8" });
  return { status, stdout: stdout.trim(), stderr };
}

test("require() works where Node can require a module, and says what to do where it cannot", async () => {
  const program = `
    const { connect, chatId } = require("wa-presence");
    const { decodeWebhook } = require("wa-presence/webhook");
    connect({ gateway: { kind: "ingest" } }).then((client) => {
      console.log(client.connection.state, chatId("+1 555 000 1111"), decodeWebhook("{}").length);
      client.close();
    });`;
  const file = join(folder, "required.cjs");
  await writeFile(file, program);
  if (process.features.require_module) {
    const { status, stdout, stderr } = run(process.execPath, [file], folder);
    assert.deepEqual([status, stdout], [0, "open 15550001111@c.us 1"], stderr);
  }
  const old = run(process.execPath, ["--no-experimental-require-module", file], folder);
  assert.notEqual(old.status, 0);
  assert.match(old.stderr, /require\(\) of ES Module .* not supported\.[\s\S]*dynamic import\(\)/);
});

test("a bundled server runs from anywhere, its modules within it, and keeps what decodes webhooks", async () => {
  const program = `
    import { connect } from "wa-presence";
    import { decodeWebhook } from "wa-presence/webhook";
    const states = [];
    for (const gateway of [{ kind: "ingest" }, { kind: "ingest", from: "waapi" }]) {
      const client = await connect({ gateway });
      states.push(client.connection.state);
      client.close();
    }
    console.log(states.join(), decodeWebhook("{}")[0].kind);`;
  await writeFile(join(folder, "server.mjs"), program);
  const elsewhere = await mkdtemp(join(tmpdir(), "wa-presence-"));
  try {
    const out = join(elsewhere, "server.mjs");
    const flags = ["--bundle", "--platform=node", "--format=esm", "--tree-shaking=true", `--outfile=${out}`, "--log-level=warning"];
    const built = run(join(root, "node_modules/.bin/esbuild"), [join(folder, "server.mjs"), ...flags], folder);
    assert.equal(built.status, 0, built.stderr);
    const { status, stdout, stderr } = run(process.execPath, [out], elsewhere);
    assert.deepEqual([status, stdout], [0, "open,open unknown"], stderr);
  } finally {
    await rm(elsewhere, { recursive: true });
  }
});
