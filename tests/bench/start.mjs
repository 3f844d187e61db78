// From `connect()` to the first presence that is shown, over the simulated gateway on loopback, in pages that find the module in the
// browser's cache; and what of that compiling and instantiating take.
//
// The simulator answers a subscription after 40 to 250 ms, as WhatsApp would: that is in it.

import { fileURLToPath } from "node:url";

import { launch } from "../e2e/browser.mjs";
import { Simulator } from "../e2e/simulator.mjs";
import { serve } from "../package/_serve.mjs";

const ROUNDS = 20;
/** The first fill the cache: Chromium keeps compiled code from the second load on. */
const WARM_UPS = 3;
const CHAT = "15550001111@c.us";
/** With the most that the first presence may take. What is in the script cannot be kept compiled: there is no bar for it. */
const ENTRIES = [
  { entry: "wa-presence", path: "/pkg/index.js", mostMs: 300 },
  { entry: "wa-presence/inline", path: "/pkg/dist/inline.js", mostMs: Number.POSITIVE_INFINITY },
];

const { SIMULATOR_URL } = process.env;
const simulator = new Simulator(SIMULATOR_URL);
// The benchmarks' own server lets nothing be kept.
const site = await serve(fileURLToPath(new URL("../../", import.meta.url)), { "cache-control": "max-age=3600" });
const browser = await launch();
const met = [];
try {
  console.log(`Chromium ${browser.version()}, ${ROUNDS} pages each, medians in ms`);
  const rounds = [];
  for (const about of ENTRIES) rounds.push(...(await report(about)));
  console.log("the module alone, by either");
  console.log(`  compile                                  ${shown(median(rounds, "compileMs"))}`);
  console.log(`  instantiate                              ${shown(median(rounds, "instantiateMs"))}`);
} finally {
  await browser.close();
  await site.stop();
}
if (met.includes(false)) process.exitCode = 1;

async function report({ entry, path, mostMs }) {
  const context = await browser.newContext();
  const rounds = [];
  for (let round = -WARM_UPS; round < ROUNDS; round += 1) {
    const measured = await measure(context, path, `${entry.replace("/", "-")}-${round + WARM_UPS}`);
    if (round >= 0) rounds.push(measured);
  }
  await context.close();
  const first = median(rounds, "firstMs");
  const holds = first <= mostMs;
  met.push(holds);
  const verdict = Number.isFinite(mostMs) ? `  ≤ ${mostMs} ${holds ? "PASS" : "FAIL"}` : "";
  console.log(`${entry}`);
  console.log(`  import                                   ${shown(median(rounds, "importMs"))}`);
  console.log(`  connect() resolves                       ${shown(median(rounds, "connectMs"))}`);
  console.log(`  first presence after connect()           ${shown(first)}${verdict}`);
  return rounds;
}

/** A page of its own, over a session of its own, so that every round is told for the first time. */
async function measure(context, path, name) {
  const session = await simulator.createSession(`bench-${name}`, `key_of_bench_${name}`);
  await session.addPerson({ name: "Ana", id: CHAT, online: true });
  const page = await context.newPage();
  try {
    await page.goto(new URL("tests/bench/_page.html", site.url).href);
    const gateway = { kind: "waha", baseUrl: SIMULATOR_URL, session: session.name, apiKey: `key_of_bench_${name}` };
    return await page.evaluate(inPage, { path, gateway, chat: CHAT });
  } finally {
    await page.close();
    await session.end();
  }
}

/** In the page. Compiling is measured apart and at the end: what was compiled in this page already would be found. */
async function inPage({ path, gateway, chat }) {
  const began = performance.now();
  const { connect } = await import(path);
  const imported = performance.now();
  const presence = await connect({ gateway, guard: "off" });
  const connected = performance.now();
  const firstMs = await new Promise((resolve) => {
    presence.watch(chat).listen(({ availability }) => {
      if (availability !== "unknown") resolve(performance.now() - imported);
    });
  });
  presence.close();
  const bytes = await (await fetch("/pkg/dist/wa_presence_bg.wasm")).arrayBuffer();
  const { initSync } = await import("/pkg/dist/wa_presence.js?again");
  // With another section that says nothing it is another module: the engine has not seen it.
  const unseen = await new Blob([bytes, new Uint8Array([0, 9, 8]), crypto.randomUUID().slice(0, 8)]).arrayBuffer();
  const compiling = performance.now();
  const module = await WebAssembly.compile(unseen);
  const compiled = performance.now();
  initSync({ module });
  const instantiated = performance.now();
  return {
    importMs: imported - began,
    connectMs: connected - imported,
    firstMs,
    compileMs: compiled - compiling,
    instantiateMs: instantiated - compiled,
  };
}

function median(rounds, name) {
  const sorted = rounds.map((measured) => measured[name]).sort((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2;
}

function shown(ms) {
  return ms.toFixed(1).padStart(8);
}
