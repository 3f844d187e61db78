// What both loaders of `wa-presence/webhook` export, once the module is there.

import { decode, fresh, Guard, signing, verify } from "./dist/webhook.js";
import { PresenceError } from "./error.js";

const encoder = new TextEncoder();

export function decodeWebhook(body) {
  return freeze(JSON.parse(told(() => decode(bytesOf(body, "body", { objects: true })))));
}

export function verifyWebhook(options) {
  const { body, headers, secret, gateway, header, algorithm, toleranceMs, nowMs, guard } = read(options);
  const raw = bytesOf(body, "options.body", { objects: false });
  const [usualHeader, usualAlgorithm] = (signing(gateway) ?? refuse("options.gateway", '"waha", "wawp" or "waapi"')).split(" ");
  const name = header ?? usualHeader;
  const signature = headerOf(headers, name);
  if (signature === undefined) throw new PresenceError("unauthorized", `headers: expected a signature in ${name}, found none`);
  // A header that the caller names says nothing of the algorithm: the digest's length does.
  const wanted = algorithm ?? (header === undefined ? usualAlgorithm : undefined);
  told(() => verify(raw, signature, bytesOf(secret, "options.secret", { objects: false }), wanted));
  const events = decodeWebhook(raw);
  return Object.freeze({
    events,
    fresh: together(events.map(({ atMs }) => fresh(atMs ?? undefined, nowMs, toleranceMs))),
    repeated: guard === undefined ? "unknown" : together(events.map(({ id }) => (id === null ? undefined : !guard.firstSeen(id, nowMs)))),
  });
}

export class ReplayGuard {
  #guard = new Guard(Math.random());

  firstSeen(id, nowMs = Date.now()) {
    if (typeof id !== "string") refuse("id", "a string");
    return this.#guard.firstSeen(id, nowMs);
  }
}

// One answer for all events of a body: what holds for each, `false` as soon as one says so, "unknown" where one cannot say.
function together(answers) {
  if (answers.includes(false)) return false;
  return answers.length === 0 || answers.includes(undefined) ? "unknown" : true;
}

const KNOWN = ["body", "headers", "secret", "gateway", "header", "algorithm", "toleranceMs", "nowMs", "guard"];

function read(options) {
  if (typeof options !== "object" || options === null) refuse("options", "an object");
  for (const key of Object.keys(options)) {
    if (!KNOWN.includes(key)) refuse(`options.${key}`, `one of ${KNOWN.join(", ")}`);
  }
  const { gateway = "waha", toleranceMs = 900_000, nowMs = Date.now(), guard, header } = options;
  if (!(Number.isFinite(toleranceMs) && toleranceMs >= 0)) refuse("options.toleranceMs", "milliseconds, not below 0");
  if (!(Number.isFinite(nowMs) && nowMs >= 0)) refuse("options.nowMs", "Unix milliseconds");
  if (guard !== undefined && typeof guard?.firstSeen !== "function") refuse("options.guard", "a ReplayGuard");
  if (header !== undefined && typeof header !== "string") refuse("options.header", "a string");
  return { ...options, gateway: String(gateway), toleranceMs, nowMs };
}

// Of `Headers`, or of a plain object as Node's servers have it; names are the same in any case.
function headerOf(headers, name) {
  if (typeof headers !== "object" || headers === null) refuse("options.headers", "Headers, or an object of them");
  if (typeof headers.get === "function") return headers.get(name) ?? undefined;
  const key = Object.keys(headers).find((key) => key.toLowerCase() === name.toLowerCase());
  const value = key === undefined ? undefined : headers[key];
  return Array.isArray(value) ? value[0] : value;
}

function bytesOf(value, path, { objects }) {
  if (typeof value === "string") return encoder.encode(value);
  if (value instanceof Uint8Array) return value;
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (objects && typeof value === "object" && value !== null) return encoder.encode(JSON.stringify(value));
  return refuse(path, objects ? "text, bytes or an object that is plain JSON" : "text or bytes, as they came");
}

function refuse(path, expected) {
  throw new PresenceError("invalid-option", `${path}: expected ${expected}, found something else`);
}

// The module says `code message`.
function told(call) {
  try {
    return call();
  } catch (thrown) {
    if (typeof thrown !== "string") throw thrown;
    const space = thrown.indexOf(" ");
    throw new PresenceError(thrown.slice(0, space), thrown.slice(space + 1));
  }
}

function freeze(value) {
  if (typeof value === "object" && value !== null) Object.values(value).forEach(freeze);
  return Object.freeze(value);
}
