// Tabs that are truly hidden: what the first frame shows when one is seen again, and who has the feed meanwhile.

import { launchHiding } from "./browser.mjs";

const TTL_MS = 2_000;
/** A tab leads for a minute after it was hidden, its timers come late, and the machine may be busy. */
const LONGEST_MS = 100_000;

/**
 * @param blank A page of the server under which the package is, on which nothing runs.
 * @returns How often the tab was hidden, of so many times, and how often its first frame showed typing that was over.
 */
export async function returnsOfHiddenTab(blank, times) {
  const { browser, stop } = await launchHiding();
  try {
    const [context] = browser.contexts();
    const hidden = context.pages()[0] ?? (await context.newPage());
    await hidden.goto(blank);
    await hidden.evaluate(prepare, TTL_MS);
    const other = await context.newPage();
    let wasHidden = 0;
    for (let time = 0; time < times; time += 1) {
      await hidden.bringToFront();
      await hidden.evaluate(() => window.type());
      await rest(150);
      await other.bringToFront();
      // About its end, and not in step with the seconds in which a hidden tab wakes.
      await rest(TTL_MS - 50 + (time % 5) * 40);
      wasHidden += Number(await hidden.evaluate(() => document.hidden));
    }
    await hidden.bringToFront();
    await rest(300);
    const frames = await hidden.evaluate(() => window.firstFrames);
    return { wasHidden, stale: frames.slice(-times).filter((shown) => shown !== "none").length };
  } finally {
    await stop();
  }
}

/**
 * The tab with the feed is hidden, and another is looked at.
 * @param gateway WAHA, as `connect` takes it; with the chats that both tabs watch.
 * @param settled Called before the tab is hidden, and `moved` with the pages once another tab leads.
 * @returns After how long that was so, in ms, and every state of the connection that either tab told meanwhile.
 */
export async function leadOfHiddenTab(blank, gateway, chats, { settled, moved }) {
  const { browser, stop } = await launchHiding();
  try {
    const [context] = browser.contexts();
    const pages = [context.pages()[0] ?? (await context.newPage()), await context.newPage()];
    for (const page of pages) {
      await page.goto(blank);
      await page.evaluate(follow, [gateway, chats]);
      // A page that is behind another draws no frames, at which it would be looked at otherwise.
      await page.waitForFunction(() => window.presence.connection.state === "open", null, { polling: 100 });
    }
    const [hidden, seen] = pages;
    await settled();
    const before = await hidden.evaluate(leader);
    for (const page of pages) await page.evaluate(() => (window.states.length = 0));
    await seen.bringToFront();
    if (!(await hidden.evaluate(() => document.hidden))) throw new Error("the tab with the feed is not hidden");
    // It is hidden since the other one was opened.
    const began = await hidden.evaluate(() => window.hiddenAt);
    while ((await seen.evaluate(leader)) === before) {
      if (Date.now() - began > LONGEST_MS) throw new Error("the hidden tab kept the lead");
      await rest(250);
    }
    const tookMs = Date.now() - began;
    await moved(pages);
    const states = await Promise.all(pages.map((page) => page.evaluate(() => window.states)));
    return { tookMs, states: states.flat() };
  } finally {
    await stop();
  }
}

async function follow([gateway, chats]) {
  const looked = () => (window.hiddenAt = document.hidden ? Date.now() : undefined);
  document.addEventListener("visibilitychange", looked);
  looked();
  const { connect } = await import("/pkg/index.js");
  window.presence = await connect({ gateway, guard: "off", keepOnReload: false });
  for (const chat of chats) window.presence.watch(chat);
  window.states = [];
  window.presence.listenConnection(({ state }) => window.states.push(state));
}

/** Who holds the lock that makes a tab lead. */
async function leader() {
  const { held } = await navigator.locks.query();
  return held.find(({ name }) => name.startsWith("wa-presence:tabs:"))?.clientId;
}

async function prepare(typingTtlMs) {
  const { connect } = await import("/pkg/index.js");
  const presence = await connect({ gateway: { kind: "ingest" }, typingTtlMs, keepOnReload: false });
  const chat = presence.watch("15550001111@c.us");
  let events = 0;
  window.type = () => {
    events += 1;
    const presences = [{ participant: chat.id, lastKnownPresence: "typing", lastSeen: null }];
    presence.ingest({ id: `evt_${events}`, timestamp: Date.now(), event: "presence.update", session: "default", payload: { id: chat.id, presences } });
  };
  document.body.textContent = "none";
  chat.listen(({ activity }) => (document.body.textContent = activity));
  window.firstFrames = [];
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) requestAnimationFrame(() => window.firstFrames.push(document.body.textContent));
  });
}

function rest(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
