// Tells users of screen readers what somebody does, and leaves pauses: a list of chats must not drown them. What is announced is said
// if it is still so a moment later, once for the whole page, and never again and again.

/** What ends before that was flicker. */
const SETTLE_MS = 1_000;
/** Between two sentences, whoever they are about. */
const PAUSE_MS = 4_000;
/** The same sentence is not said again within that. */
const AGAIN_MS = 60_000;
/** Sentences that wait; of more, the latest. */
const MOST = 3;
/** Then a sentence is taken away, so that nobody finds it beside what it was about. */
const CLEAR_MS = 3_000;

/** Regions and what they are about to say, oldest first. */
const waiting = new Map();
/** When each sentence was said last. */
const said = new Map();
let saidAtMs = 0;
let timer = null;

/** Says it in this region, in a while, if it is not taken back or replaced before; `null` takes it back. */
export function announce(region, sentence) {
  if (waiting.get(region)?.sentence === sentence) return;
  waiting.delete(region);
  if (sentence === null || isKnown(sentence)) return;
  waiting.set(region, { sentence, sinceMs: Date.now() });
  if (waiting.size > MOST) waiting.delete(waiting.keys().next().value);
  arm();
}

/** It was said, or another element of the same chat is about to say it. */
function isKnown(sentence) {
  return Date.now() - (said.get(sentence) ?? -Infinity) < AGAIN_MS || [...waiting.values()].some((one) => one.sentence === sentence);
}

function arm() {
  if (timer !== null || waiting.size === 0) return;
  const [first] = waiting.values();
  const at = Math.max(first.sinceMs + SETTLE_MS, saidAtMs + PAUSE_MS);
  timer = setTimeout(speak, Math.max(at - Date.now(), 0));
}

function speak() {
  timer = null;
  const nowMs = Date.now();
  for (const [sentence, atMs] of said) if (nowMs - atMs >= AGAIN_MS) said.delete(sentence);
  for (const [region, { sentence, sinceMs }] of waiting) {
    if (nowMs - sinceMs < SETTLE_MS) break;
    waiting.delete(region);
    if (document.hidden) continue;
    said.set(sentence, nowMs);
    saidAtMs = nowMs;
    show(region, sentence);
    break;
  }
  arm();
}

function show(region, sentence) {
  region.textContent = sentence;
  setTimeout(() => {
    if (region.textContent === sentence) region.textContent = "";
  }, CLEAR_MS);
}
