// One headless Chromium with one empty page, and a page-side module run in it.

import { launch } from "../e2e/browser.mjs";

/** What the function `measure` of a module beside this file returns, run in a page of the benchmark's server. */
export async function measureInPage(module, options = {}) {
  const { PAGE_URL } = process.env;
  if (PAGE_URL === undefined) throw new Error("expected PAGE_URL: run this through `cargo xtask bench`");
  const browser = await launch();
  try {
    const page = await browser.newPage();
    page.on("pageerror", (error) => console.error(`in the page: ${error.message}`));
    await page.goto(new URL("bench/_page.html", PAGE_URL).href);
    if (!(await page.evaluate(() => crossOriginIsolated))) {
      throw new Error("the page is not cross-origin isolated: its clock is too coarse to measure with");
    }
    const run = async ([url, options]) => (await import(url)).measure(options);
    const measured = await page.evaluate(run, [`/bench/${module}`, options]);
    return { chromium: browser.version(), ...measured };
  } finally {
    await browser.close();
  }
}
