// Ten thousand clients, one after the other in one page: what they leave. A part of `tabs.mjs`.

import { cycles, slope } from "../e2e/cycles.mjs";

const CLIENTS = 10_000;
/** What is compiled and kept for good is there by then. */
const WARM_UP = 1_000;
/** Whatever is leaked is more: in bytes, and in objects, for each client. */
const MOST = { wasm: 1, javascript: 8, platform: 8, references: 0.001 };

/** @param page One on which nothing runs. */
export async function lifetimes(page, shareTabs, judge) {
  const { samples, left } = await cycles(page, { times: CLIENTS, every: WARM_UP, shareTabs });
  console.log(`clients one after the other, ${shareTabs ? "sharing" : "alone"}: bytes in use, and objects that WebAssembly refers to`);
  row("clients", Object.keys(MOST));
  for (const sample of samples) row(sample.done, Object.keys(MOST).map((name) => sample[name]));
  for (const [name, most] of Object.entries(MOST)) {
    const more = slope(samples, name);
    judge(`${name}: more for each client after the first ${WARM_UP}`, more.toFixed(2), more < most, most);
  }
  const isNothing = (held) => (typeof held === "object" ? Object.keys(held).length === 0 : held === 0);
  const some = Object.entries(left).filter(([, held]) => !isNothing(held));
  judge(`${Object.keys(left).join(", ")} that are left`, some.length === 0 ? 0 : JSON.stringify(some), some.length === 0, 0);
  await page.context().close();
}

function row(first, others) {
  console.log([String(first).padStart(8), ...others.map((value) => String(value).padStart(12))].join(""));
}
