// When the list of chats was seen to change, by the page's own clock: polling from outside would come late.

/** Notes every change of activity in the list. To be called before the page is opened. */
export async function watchActivity(page) {
  await page.addInitScript(() => {
    globalThis.sightings = [];
    const note = (row) => {
      const name = row.querySelector(".chat-name").textContent;
      globalThis.sightings.push({ atMs: Date.now(), name, activity: row.dataset.activity });
    };
    const observer = new MutationObserver((records) => {
      for (const { target } of records) if (target.matches?.(".chat")) note(target);
    });
    observer.observe(document, { subtree: true, attributes: true, attributeFilter: ["data-activity"] });
  });
}

/** `[{ atMs, name, activity }]`, oldest first. */
export function sightings(page) {
  return page.evaluate(() => globalThis.sightings);
}

/** When somebody's activity was last seen to begin and to end, in Unix milliseconds. */
export async function lastSighting(page, name, activity) {
  const all = (await sightings(page)).filter((sighting) => sighting.name === name);
  const began = all.findLastIndex((sighting) => sighting.activity === activity);
  return { beganAtMs: all[began]?.atMs, endedAtMs: all[began + 1]?.atMs };
}

/** Notes what the connection, the session and the bot of the open chat were at. To be called before the page is opened. */
export async function watchStates(page) {
  await page.addInitScript(() => {
    globalThis.states = [];
    const note = ({ target: { id, dataset, innerText } }) => globalThis.states.push({ atMs: Date.now(), id, ...dataset, says: innerText });
    const observer = new MutationObserver((records) => records.filter(({ target }) => ["status", "bot"].includes(target.id)).forEach(note));
    observer.observe(document, { subtree: true, attributes: true, attributeFilter: ["data-state", "data-session", "data-bot"] });
  });
}

/** What a page went through, for whoever reads why a story failed: by its own clock, and what it says now. */
export async function history(page) {
  const told = page.evaluate(() => ({
    nowMs: Date.now(),
    states: globalThis.states,
    sightings: globalThis.sightings,
    says: ["status", "bot", "chats"].map((id) => document.getElementById(id)?.innerText),
  }));
  const tooLong = new Promise((resolve) => setTimeout(resolve, 5_000, "a page that answers nothing for 5 s"));
  return JSON.stringify(await Promise.race([told, tooLong]));
}
