// Headless Chromium, as every test here starts it.

import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
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
