// What the browser suites need of the page itself.

// Kept before any test wraps it.
const later = globalThis.setTimeout.bind(globalThis);

export function sleep(ms) {
  return new Promise((resolve) => later(resolve, ms));
}

// Kept as well.
const today = Date.now;

export function passTime(ms) {
  const before = Date.now;
  Date.now = () => before() + ms;
  globalThis.dispatchEvent(new Event("focus"));
}

export function restoreTime() {
  Date.now = today;
}

// WebKit's driver, by which the test runner asks every 100 ms how far we are, limits its own script by a timer of the page.
const isTheDrivers = () => new Error().stack.includes("evaluateJavaScriptFunction@");

// What a sandboxed frame may not have, or a page whose site data is blocked. Gives back what undoes it.
export function withoutLocks() {
  navigator.locks.request = () => Promise.reject(new DOMException("access to the Locks API is denied in this context", "SecurityError"));
  return () => { delete navigator.locks.request; };
}

export function withoutChannels() {
  const before = globalThis.BroadcastChannel;
  globalThis.BroadcastChannel = class { constructor() { throw new DOMException("the operation is insecure", "SecurityError"); } };
  return () => { globalThis.BroadcastChannel = before; };
}

// Counts timers between its making and `restore()`.
export class Timers {
  #kept = { set: globalThis.setTimeout, clear: globalThis.clearTimeout };
  #live = new Set();
  #most = 0;
  #made = 0;

  constructor() {
    globalThis.setTimeout = (run, ms, ...rest) => {
      if (isTheDrivers()) return later(run, ms, ...rest);
      const id = later(() => { this.#live.delete(id); run(...rest); }, ms);
      this.#live.add(id);
      this.#made += 1;
      this.#most = Math.max(this.#most, this.#live.size);
      return id;
    };
    globalThis.clearTimeout = (id) => {
      this.#live.delete(id);
      this.#kept.clear.call(globalThis, id);
    };
  }

  get live() { return this.#live.size; }
  get most() { return this.#most; }
  get made() { return this.#made; }

  restore() {
    globalThis.setTimeout = this.#kept.set;
    globalThis.clearTimeout = this.#kept.clear;
  }
}

// Catches what is reported to the page, and what the console is told, between its making and `restore()`.
export class Reports {
  #messages = [];
  #logged = [];
  #hear = (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    this.#messages.push(String(event.error?.message ?? event.message));
  };
  #kept = {};

  constructor() {
    globalThis.addEventListener("error", this.#hear, { capture: true });
    for (const level of ["debug", "log", "info", "warn", "error"]) {
      this.#kept[level] = console[level];
      console[level] = (...words) => { this.#logged.push(words.map(String).join(" ")); };
    }
  }

  get messages() { return this.#messages; }
  get logged() { return this.#logged; }

  restore() {
    globalThis.removeEventListener("error", this.#hear, { capture: true });
    Object.assign(console, this.#kept);
  }
}

// Everything an error says of itself, hidden properties and causes included.
export function everythingOf(error) {
  const said = [];
  for (let at = error; typeof at === "object" && at !== null; at = at.cause) {
    for (const key of [...Object.getOwnPropertyNames(at), "name", "message", "stack"]) {
      said.push(`${key}: ${String(at[key])}`);
    }
    said.push(JSON.stringify(at), String(at));
  }
  return said.join("\n");
}

// The first place in a value that is not frozen; undefined when all of it is.
export function notFrozen(value, path = "value") {
  if (typeof value !== "object" || value === null) return undefined;
  if (!Object.isFrozen(value)) return path;
  for (const [key, inner] of Object.entries(value)) {
    const found = notFrozen(inner, `${path}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

// `fetch` and answer as text; the simulated gateway's control surface speaks JSON.
export async function exchange(method, url, body) {
  const response = await fetch(url, { method, body, headers: body === undefined ? {} : { "content-type": "application/json" } });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${new URL(url).pathname}: ${response.status} ${text}`);
  return text === "" ? undefined : JSON.parse(text);
}
