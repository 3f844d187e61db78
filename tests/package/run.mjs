// The packed package: linted as npm's world lints, then installed, built and run wherever it is said to work. `cargo xtask test` runs
// those places that always are; with `--packages` all. What came of it is the table in the README.

import { exec } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

import { launch } from "../e2e/browser.mjs";
import { Simulator } from "../e2e/simulator.mjs";
import { install, pack, versionOf, withoutModules } from "./_install.mjs";
import { lint } from "./_lint.mjs";
import { serve, startServer } from "./_serve.mjs";
import { inPage, inProgram, tell } from "./_story.mjs";
import { bless, check } from "./_table.mjs";

const BUILD_MS = 600_000;
const START_MS = 60_000;
const fixtures = new URL("fixtures/", import.meta.url);
const all = process.argv.includes("--all");
const named = process.argv.filter((word) => !word.startsWith("--")).slice(2);

const simulator = new Simulator(process.env.SIMULATOR_URL);
const tarball = await pack();
console.log(await lint(tarball));
const browser = await launch();
const rows = [];
try {
  for (const name of await chosen()) rows.push(await row(name));
} finally {
  await browser.close();
}
const failed = rows.filter(({ trouble }) => trouble !== undefined);
for (const { name, trouble } of failed) console.log(`FAILED ${name}: ${trouble}`);
console.log(`# pass ${rows.length - failed.length}`);
if (failed.length > 0) process.exitCode = 1;
else if (process.argv.includes("--bless")) await bless(rows, { all });
else if (!(await check(rows, { all }))) process.exitCode = 1;

/** Those that were named, or all, or those that always run. */
async function chosen() {
  if (named.length > 0) return named;
  const names = (await readdir(fixtures)).sort();
  const about = new Map(await Promise.all(names.map(async (name) => [name, await read(name)])));
  const always = names.filter((name) => about.get(name).always);
  return all ? [...always, ...names.filter((name) => !always.includes(name))] : always;
}

async function read(name) {
  return (await import(new URL(`${name}/fixture.mjs`, fixtures))).default;
}

/** One line of the table. */
async function row(name) {
  const fixture = await read(name);
  const began = Date.now();
  const line = { name, title: fixture.title, entry: fixture.entry, pinned: fixture.tool !== undefined };
  try {
    const folder = await install(name, tarball, fixture.from);
    line.version = await version(folder, fixture);
    if (fixture.build) await shell(fixture.build, folder);
    const { module } = await shown(name, fixture, folder);
    line.module = fixture.module ?? module;
  } catch (error) {
    line.trouble = error.message;
  }
  const how = line.trouble === undefined ? `ok, the module ${line.module}` : "FAILED";
  console.log(`${name} ${line.version ?? ""}: ${how}, ${((Date.now() - began) / 1_000).toFixed(1)} s`);
  return line;
}

async function shown(name, fixture, folder) {
  if (fixture.run) return withoutModules(folder, () => tell(simulator, name, inProgram(withTools(fixture.run), folder)));
  const { url, stop } = fixture.start
    ? await startServer(withTools(fixture.start), folder, START_MS)
    : await serve(join(folder, fixture.serve ?? ""), fixture.headers);
  try {
    await fixture.check?.(url);
    return await tell(simulator, name, inPage(browser, url));
  } finally {
    await stop();
  }
}

/** Of the tool or the runtime, as it says itself. */
async function version(folder, { tool, runtime }) {
  if (tool !== undefined) return versionOf(folder, tool);
  if (runtime === undefined) return browser.version().split(".")[0];
  const said = await shell(`${runtime} --version`, folder);
  return said.match(/\d+\.\d+\.\d+/)[0];
}

/** Of a fixture's own programs first. */
function withTools(command) {
  return `PATH="$PWD/node_modules/.bin:$PATH" exec ${command}`;
}

async function shell(command, cwd) {
  const options = { cwd, timeout: BUILD_MS, env: { ...process.env, PATH: `${cwd}/node_modules/.bin:${process.env.PATH}` } };
  const { stdout } = await promisify(exec)(command, options).catch((error) => {
    throw new Error(`\`${command}\` failed: ${`${error.stdout}\n${error.stderr}`.trim()}`);
  });
  return stdout;
}
