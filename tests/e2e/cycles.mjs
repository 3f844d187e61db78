// Clients that come and go in one page, and what they leave behind.

import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const PAGE_SIDE = fileURLToPath(new URL("../bench", import.meta.url));
/** So many clients until the garbage collector is called: what they leave for it is the same each time. */
const COLLECTED = 250;

/**
 * So many clients, one after the other, in a page on which nothing runs.
 * @returns What the page holds after every so many of them, in bytes and objects, and what is left that should not be.
 */
export async function cycles(page, { times, every, shareTabs }) {
  await page.route("**/bench/_*.mjs", (route) => {
    const name = basename(new URL(route.request().url()).pathname);
    return route.fulfill({ path: join(PAGE_SIDE, name), contentType: "text/javascript" });
  });
  await page.evaluate(async () => { window.cycles = await import("/bench/_cycles.mjs"); });
  const cdp = await page.context().newCDPSession(page);
  const samples = [];
  for (let done = COLLECTED; done <= times; done += COLLECTED) {
    await page.evaluate(([times, shareTabs]) => window.cycles.run(times, shareTabs), [COLLECTED, shareTabs]);
    const heap = await collected(page, cdp);
    if (done % every === 0) samples.push({ done, ...(await page.evaluate(() => window.cycles.size())), ...heap });
  }
  return { samples, left: await page.evaluate(() => window.cycles.holdings()) };
}

/** By how much a size grows with each client, by least squares. */
export function slope(samples, name) {
  const mean = (of) => samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
  const [x, y] = [mean(({ done }) => done), mean((sample) => sample[name])];
  return mean((sample) => (sample.done - x) * (sample[name] - y)) / mean(({ done }) => (done - x) ** 2);
}

/** What JavaScript and the page's own objects take once nobody can reach the others: the least of three times. */
async function collected(page, cdp) {
  const heaps = [];
  for (let time = 0; time < 3; time += 1) {
    await cdp.send("HeapProfiler.collectGarbage");
    heaps.push(await cdp.send("Runtime.getHeapUsage"));
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 20)));
  }
  const least = (name) => Math.min(...heaps.map((heap) => heap[name]));
  return { javascript: least("usedSize"), platform: least("embedderHeapUsedSize") };
}
