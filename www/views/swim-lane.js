// One participant's last minutes as a drawing: a line for online, bars for typing, striped lower bars for recording. Shape
// tells them apart, colour only helps. The log beside it says the same in words, so the drawing is hidden from readers.

import { makeSvg } from "../dom.js";
import { WINDOW_MS } from "../timeline.js";

const HEIGHT = 32;
const shapes = {
  online: { y: 26, height: 3, radius: 1.5 },
  typing: { y: 5, height: 16, radius: 4 },
  recording: { y: 9, height: 12, radius: 3 },
};
/** Three seconds of typing are a third of a pixel on a phone: nothing that happened is drawn narrower than this. */
const NARROWEST = 3;

export class SwimLane {
  root = makeSvg("svg", { class: "swim-lane", height: HEIGHT, "aria-hidden": "true" });

  draw(spans, nowMs) {
    const width = this.root.clientWidth;
    if (width === 0) return;
    const scale = width / WINDOW_MS;
    const x = (atMs) => width - (nowMs - atMs) * scale;
    this.root.replaceChildren(...minutes(width, nowMs, x), ...spans.map((span) => bar(span, x)));
  }
}

function bar({ kind, fromMs, toMs }, x) {
  const { y, height, radius } = shapes[kind];
  const width = Math.max(x(toMs) - x(fromMs), NARROWEST);
  const rect = { class: `span span-${kind}`, x: (x(toMs) - width).toFixed(1), y, width: width.toFixed(1), height, rx: radius };
  if (kind !== "recording") return makeSvg("rect", rect);
  // An attribute and not a rule: a stylesheet would look for the pattern in itself.
  return makeSvg("g", {}, makeSvg("rect", rect), makeSvg("rect", { ...rect, class: "stripes", fill: "url(#stripes)" }));
}

function minutes(width, nowMs, x) {
  const lines = [];
  const first = Math.ceil((nowMs - WINDOW_MS) / 60_000) * 60_000;
  for (let at = first; at <= nowMs; at += 60_000) {
    const position = x(at).toFixed(1);
    lines.push(makeSvg("line", { class: "minute", x1: position, x2: position, y1: 0, y2: HEIGHT }));
  }
  return lines;
}
