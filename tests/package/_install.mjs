// The package as npm packs it, installed for each fixture in a folder of its own outside the repository: nothing of the repository can be
// found from there.

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = fileURLToPath(new URL("../../", import.meta.url));
/** Kept between runs: what is installed once is not fetched again. Each clone of the repository has its own. */
const scratch = join(tmpdir(), `wa-presence-package-${digest(root).slice(0, 8)}`);
const run = promisify(execFile);
const INSTALL = ["install", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"];

/** Packs the package; the answer is the tarball, under a name that tells one content from another. */
export async function pack() {
  await mkdir(scratch, { recursive: true });
  const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", scratch], { cwd: join(root, "pkg") });
  const packed = join(scratch, JSON.parse(stdout)[0].filename);
  const tarball = join(scratch, `wa-presence-${digest(await readFile(packed)).slice(0, 16)}.tgz`);
  await rename(packed, tarball);
  for (const old of await readdir(scratch)) {
    if (old.endsWith(".tgz") && join(scratch, old) !== tarball) await rm(join(scratch, old));
  }
  return tarball;
}

/** A fixture's own folder, with its files, or another's, and everything it depends on. */
export async function install(name, tarball, from = name) {
  const folder = join(scratch, name);
  const source = join(here, "fixtures", from);
  const about = JSON.parse(await readFile(join(source, "package.json"), "utf8"));
  about.private = true;
  about.dependencies = { ...about.dependencies, "wa-presence": `file:${tarball}` };
  const wanted = JSON.stringify(about, null, 2);
  await mkdir(folder, { recursive: true });
  const stamp = join(folder, "node_modules", ".installed");
  const installed = (await readFile(stamp, "utf8").catch(() => "")) === wanted;
  for (const entry of await readdir(folder)) {
    // What a build left behind would be taken for what this one makes.
    if (entry !== "node_modules") await rm(join(folder, entry), { recursive: true });
  }
  await cp(source, folder, { recursive: true, filter: (path) => !path.endsWith("fixture.mjs") });
  await cp(join(here, "story.js"), join(folder, "story.js"));
  await writeFile(join(folder, "package.json"), wanted);
  if (!installed) {
    await run("npm", INSTALL, { cwd: folder });
    await writeFile(stamp, wanted);
  }
  return folder;
}

/** While a program runs, the files of the modules are not there: it has them in its scripts, or does not work. */
export async function withoutModules(folder, run) {
  const dist = join(folder, "node_modules/wa-presence/dist");
  const aside = join(folder, "aside");
  await mkdir(aside);
  const modules = (await readdir(dist)).filter((name) => name.endsWith(".wasm"));
  for (const name of modules) await rename(join(dist, name), join(aside, name));
  try {
    return await run();
  } finally {
    for (const name of modules) await rename(join(aside, name), join(dist, name));
  }
}

/** The version of a package as it was installed. */
export async function versionOf(folder, tool) {
  return JSON.parse(await readFile(join(folder, "node_modules", tool, "package.json"), "utf8")).version;
}

function digest(bytes) {
  return createHash("sha256").update(bytes).digest("hex");
}
