// A tab that is truly hidden while somebody stops typing, and what its first frame shows when it is seen again.

import { launchHiding } from "./browser.mjs";

const TTL_MS = 2_000;

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
