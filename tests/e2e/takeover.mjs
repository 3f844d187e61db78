// What a tab shows while another one's feed goes over to its successor.

/** Notes from here on, by the page's own clock: polling from outside would come late. */
export function watchTakeover(page) {
  return page.evaluate(() => {
    const noted = { openAtMs: null, flickers: [] };
    window.takeover = noted;
    const status = document.querySelector("#status");
    const connection = new MutationObserver(() => { noted.openAtMs = status.dataset.state === "open" ? Date.now() : null; });
    connection.observe(status, { attributes: true, attributeFilter: ["data-state"] });
    const chats = new MutationObserver((records) => {
      for (const { target, attributeName, oldValue } of records) {
        const value = target.getAttribute(attributeName);
        if (target.matches(".chat") && value !== oldValue) noted.flickers.push(`${target.dataset.chat}: ${oldValue} to ${value}`);
      }
    });
    const what = ["data-state", "data-knowledge", "data-activity"];
    chats.observe(document.querySelector("#chats"), { subtree: true, attributes: true, attributeFilter: what, attributeOldValue: true });
  });
}

/** `{ openAtMs, flickers }`: when the feed was open again, in Unix milliseconds, and every chat that showed something else meanwhile. */
export async function takeover(page) {
  await page.waitForFunction(() => window.takeover.openAtMs !== null);
  return page.evaluate(() => window.takeover);
}
