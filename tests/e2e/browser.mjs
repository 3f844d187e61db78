// Headless Chromium, as every test here starts it.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const FLAGS = [
  "--headless",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/**
 * Another Chromium, as people have it. Its tabs behind the front one are truly hidden, timers slowed down; storage of frames is kept apart by
 * the site around them. Those that are launched as below are told to act as if each tab had the focus, and to let frames share.
 * @param more Flags beyond the usual.
 */
export async function launchHiding(more = []) {
  const folder = await mkdtemp(join(tmpdir(), "wa-presence-"));
  const sandbox = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const flags = [...FLAGS, ...sandbox, `--user-data-dir=${folder}`, "--remote-debugging-port=0", ...more, "about:blank"];
  const child = spawn(executable(), flags, { stdio: ["ignore", "ignore", "pipe"] });
  const address = await new Promise((resolve, reject) => {
    createInterface({ input: child.stderr }).on("line", (line) => {
      const said = line.match(/^DevTools listening on (ws:.+)$/);
      if (said) resolve(said[1]);
    });
    child.once("exit", () => reject(new Error("Chromium ended before it said where it listens")));
  });
  const browser = await chromium.connectOverCDP(address, { noDefaults: true });
  const stop = async () => {
    const gone = once(child, "exit");
    await browser.close();
    child.kill();
    await gone;
    // Its helpers may still be writing.
    await rm(folder, { recursive: true, force: true, maxRetries: 10 });
  };
  return { browser, stop };
}

export function launch() {
  const asRoot = process.getuid?.() === 0;
  // The sandbox does not work for root, and nobody else should go without it.
  return chromium.launch({ executablePath: executable(), args: FLAGS, chromiumSandbox: !asRoot });
}

function executable() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  const found = (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, "chromium")).find(runs);
  if (found === undefined) throw new Error("expected a Chromium: set CHROMIUM to its path, or put `chromium` on PATH");
  return found;
}

function runs(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
