// One timer for every text that ages: it fires with the minutes of the clock, and not at all while nobody looks or nothing ages.

const MINUTE_MS = 60_000;

const listeners = new Set();
let timer = null;

/** Calls back at every full minute, and when the page is looked at again. Returns what ends it. */
export function everyMinute(callback) {
  if (listeners.size === 0) document.addEventListener("visibilitychange", look);
  listeners.add(callback);
  arm();
  return () => {
    listeners.delete(callback);
    if (listeners.size > 0) return;
    document.removeEventListener("visibilitychange", look);
    disarm();
  };
}

function look() {
  disarm();
  if (!document.hidden) tick();
}

function tick() {
  timer = null;
  for (const listener of [...listeners]) listener();
  if (listeners.size > 0) arm();
}

function arm() {
  if (timer !== null || document.hidden) return;
  timer = setTimeout(tick, MINUTE_MS - (Date.now() % MINUTE_MS));
}

function disarm() {
  clearTimeout(timer);
  timer = null;
}
