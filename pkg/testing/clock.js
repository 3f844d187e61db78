// Time that passes when a test says so: for the clocks and timers that the client, and whatever shows it, find on the global object.

const NAMES = ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date"];

export function fakeClock({ nowMs = Date.now() } = {}) {
  if (!Number.isFinite(nowMs)) throw new TypeError("nowMs: expected Unix milliseconds");
  if (globalThis.setTimeout.isFake) throw new Error("there is a fake clock already: restore it first");
  const native = Object.fromEntries(NAMES.map((name) => [name, globalThis[name]]));
  const { performance } = globalThis;
  const ownNow = Object.getOwnPropertyDescriptor(performance, "now");
  const originMs = performance.now();
  const timers = new Map();
  let elapsedMs = 0;
  let lastId = 0;

  const now = () => Math.floor(nowMs + elapsedMs);
  const set = (repeats) => (callback, delay, ...args) => {
    const everyMs = Math.max(1, Number(delay) || 0);
    lastId += 1;
    const id = lastId;
    const timer = { id, dueMs: elapsedMs + everyMs, everyMs, repeats, call: () => callback(...args) };
    timers.set(id, timer);
    // Node's timers are objects with methods; a browser's are numbers. Whoever keeps one hands it back.
    return { id, ref() { return this; }, unref() { return this; }, hasRef: () => true, [Symbol.toPrimitive]: () => id };
  };
  const clear = (handle) => { timers.delete(Number(handle?.id ?? handle)); };
  const fakes = {
    setTimeout: Object.assign(set(false), { isFake: true }),
    clearTimeout: clear,
    setInterval: set(true),
    clearInterval: clear,
    Date: dateAt(native.Date, now),
  };
  Object.assign(globalThis, fakes);
  Object.defineProperty(performance, "now", { configurable: true, writable: true, value: () => originMs + elapsedMs });

  /** What promises have to say is said before the next timer: a turn of the real event loop. */
  const settle = () => new Promise((resolve) => native.setTimeout(resolve, 0));

  async function advance(ms) {
    if (!(Number.isFinite(ms) && ms >= 0)) throw new TypeError("ms: expected milliseconds, not below 0");
    const untilMs = elapsedMs + ms;
    await settle();
    for (let timer = next(timers, untilMs); timer !== undefined; timer = next(timers, untilMs)) {
      elapsedMs = Math.max(elapsedMs, timer.dueMs);
      if (timer.repeats) timer.dueMs += timer.everyMs;
      else timers.delete(timer.id);
      timer.call();
      await settle();
    }
    elapsedMs = untilMs;
  }

  function restore() {
    for (const name of NAMES) if (globalThis[name] === fakes[name]) globalThis[name] = native[name];
    if (ownNow === undefined) delete performance.now;
    else Object.defineProperty(performance, "now", ownNow);
    timers.clear();
  }

  return { advance, restore, [Symbol.dispose ?? Symbol("dispose")]: restore, get nowMs() { return now(); }, get timers() { return timers.size; } };
}

/** The timer that is due first, the earlier set of two. */
function next(timers, untilMs) {
  let first;
  for (const timer of timers.values()) {
    if (timer.dueMs <= untilMs && (first === undefined || timer.dueMs < first.dueMs)) first = timer;
  }
  return first;
}

/** `Date` as it is, but for what it takes from the clock. */
function dateAt(Native, now) {
  return new Proxy(Native, {
    construct: (target, args, made) => Reflect.construct(target, args.length === 0 ? [now()] : args, made),
    apply: () => new Native(now()).toString(),
    get: (target, name) => (name === "now" ? now : Reflect.get(target, name)),
  });
}
