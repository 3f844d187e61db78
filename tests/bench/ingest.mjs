// From webhook to state, and from state to listener, against plain JavaScript in the same page. `docs/bench.md` explains it.
//
// The bars are ratios, since both sides run in one Chromium on one machine; nanoseconds are shown for the curious. Machines
// are noisy, so a ratio above its bar is said and not failed, unless BENCH_STRICT=1.

import { measureInPage } from "./_browser.mjs";

const { chromium, bodies, notifications } = await measureInPage("_ingest.mjs", {
  rounds: 15,
  warmUps: 5,
  bodies: 4_000,
  listened: 2_000,
});
const notified = notifications.changed.map((ns, round) => ns - notifications.unchanged[round]);

const rows = [
  { what: "body: JSON.parse of the text (the yardstick)", ns: bodies.parse },
  { what: "body: decode the bytes, then JSON.parse", ns: bodies.decodeAndParse, of: bodies.parse },
  { what: "body: bytes → presence.ingest → state", ns: bodies.fromBytes, of: bodies.parse, bar: 1.0 },
  { what: "body: text → presence.ingest → state", ns: bodies.fromText, of: bodies.parse, bar: 1.6 },
  { what: "snapshot: built and frozen in JavaScript (the yardstick)", ns: notifications.built },
  { what: "ingest that changes nothing", ns: notifications.unchanged },
  { what: "ingest that notifies one listener", ns: notifications.changed },
  { what: "the notification alone: the difference", ns: notified, of: notifications.built, bar: 5.0 },
];

console.log(`Chromium ${chromium}, median of ${bodies.parse.length} rounds; ratios are medians of the rounds' own ratios`);
const widest = Math.max(...rows.map(({ what }) => what.length));
let over = 0;
for (const { what, ns, of, bar } of rows) {
  const ratio = of && median(ns.map((value, round) => value / of[round]));
  const verdict = bar === undefined ? "" : `≤ ${bar.toFixed(1)} × ${ratio <= bar ? "PASS" : "over"}`;
  if (bar !== undefined && ratio > bar) over += 1;
  const shown = ratio === undefined ? "" : `${ratio.toFixed(2)} ×`;
  console.log(`${what.padEnd(widest)} ${median(ns).toFixed(0).padStart(7)} ns ${shown.padStart(8)}  ${verdict}`.trimEnd());
}
if (over > 0) {
  console.log(`${over} of the ratios above their bar; run again on a quiet machine before believing it`);
  if (process.env.BENCH_STRICT === "1") process.exitCode = 1;
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}
