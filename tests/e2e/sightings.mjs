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
