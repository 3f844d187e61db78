// The one story that every fixture has to show: a contact types, it is shown, and though nobody says that it stopped, it ends.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

import { until } from "../e2e/simulator.mjs";

const CHAT = "15550001111@c.us";
const TTL_MS = 2_000;
/** The end may be seen so much too early or too late: by way of a browser, on a machine that does other things. */
const EARLY_MS = 300;
const LATE_MS = 2_000;
/** A page may be compiled on its first request. */
const PATIENCE_MS = 30_000;

/**
 * Runs the story before `open`, which is told what to show, and answers with a way to read what is seen, `[{ text, atMs }]`, a promise that
 * rejects when it breaks, and what is to be known of it at the end.
 */
export async function tell(simulator, name, open) {
  const session = await simulator.createSession(`package-${name}`, `key_of_package_${name}`);
  await session.addPerson({ name: "Ana", id: CHAT });
  const gateway = { kind: "waha", baseUrl: process.env.SIMULATOR_URL, session: session.name, apiKey: `key_of_package_${name}` };
  const show = await open({ gateway, chat: CHAT, typingTtlMs: TTL_MS });
  try {
    await Promise.race([typingThatEnds(session, show), show.broken]);
    return await show.close();
  } finally {
    await show.stop();
    await session.end();
  }
}

async function typingThatEnds(session, show) {
  const sees = async (text, fromMs = 0) => {
    let found;
    await until(`${text} to be shown`, async () => {
      found = (await show.seen()).find((sighting) => sighting.text === text && sighting.atMs >= fromMs);
      return found !== undefined;
    }, PATIENCE_MS);
    return found.atMs;
  };
  await session.act("Ana", "typing");
  const began = await sees("typing");
  const took = (await sees("none", began)) - began;
  if (took < TTL_MS - EARLY_MS || took > TTL_MS + LATE_MS) throw new Error(`typing was shown for ${took} ms, expected ${TTL_MS}`);
}

/** Shows the story in a page. What is known at the end: whether the module was a file of its own. */
export function inPage(browser, url) {
  return async (told) => {
    const page = await browser.newPage();
    const files = [];
    const broken = new Promise((_, reject) => {
      const say = (text) => reject(new Error(`the page said: ${text}`));
      page.on("pageerror", (error) => say(error.message));
      page.on("console", (message) => {
        if (["error", "warning"].includes(message.type()) && !message.location().url.endsWith("/favicon.ico")) say(message.text());
      });
    });
    broken.catch(() => {});
    page.on("response", (response) => files.push(response.headers()["content-type"] ?? ""));
    await page.addInitScript(noteOutput);
    await page.goto(`${url}#${encodeURIComponent(JSON.stringify(told))}`);
    return {
      seen: () => page.evaluate(() => globalThis.sightings),
      broken,
      close: () => ({ module: files.some((type) => type.startsWith("application/wasm")) ? "a file of its own" : "in the script" }),
      stop: () => page.close(),
    };
  };
}

/** In the page: whatever its `<output>` shows, and when, however it is drawn. */
function noteOutput() {
  globalThis.sightings = [];
  let shown;
  const note = () => {
    const text = document.querySelector("output")?.textContent;
    if (text === undefined || text === shown) return;
    shown = text;
    globalThis.sightings.push({ text, atMs: Date.now() });
  };
  new MutationObserver(note).observe(document, { subtree: true, childList: true, characterData: true });
}

/** Shows the story in a program, which prints what it shows and ends by itself. */
export function inProgram(command, folder) {
  return async (told) => {
    const child = spawn(command, { cwd: folder, shell: true, detached: true, env: { ...process.env, STORY: JSON.stringify(told) } });
    const seen = [];
    let said = "";
    createInterface({ input: child.stdout }).on("line", (text) => seen.push({ text, atMs: Date.now() }));
    child.stderr.on("data", (text) => { said += text; });
    const gone = once(child, "close");
    const broken = gone.then(([code]) => {
      if (code !== 0) throw new Error(`\`${command}\` ended with ${code}: ${said.trim()}`);
      // What ended well has shown what it had to, or waits for it in vain.
      return new Promise(() => {});
    });
    broken.catch(() => {});
    return {
      seen: () => seen,
      broken,
      close: async () => {
        await Promise.race([until(`\`${command}\` to end`, () => child.exitCode !== null), broken]);
        return { module: "in the script" };
      },
      stop: async () => {
        if (child.exitCode === null) process.kill(-child.pid);
        await gone;
      },
    };
  };
}
