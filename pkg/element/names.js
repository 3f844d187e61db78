// What people are called, by a resolver of the page's. Each id is asked about once, whoever wants to know.

/** A resolver that failed is asked again after this long, when somebody wants to know. */
const AGAIN_MS = 60_000;
/** Ids kept of one resolver: what others send has a cap. */
const MOST = 2_000;

const books = new WeakMap();

/**
 * What a resolver knows of an id by now: `{ name, avatarUrl }`, each `null` where it is not known. A resolver that has to look it up is
 * waited for, and `whoever` is told with `resolved()`, or with `failed(error)`.
 */
export function lookUp(resolver, id, whoever) {
  if (resolver === null) return NOBODY;
  const book = bookOf(resolver);
  let entry = book.get(id);
  if (entry === undefined || (entry.failedAtMs !== null && Date.now() - entry.failedAtMs >= AGAIN_MS)) {
    entry = { person: NOBODY, waiting: new Set(), failedAtMs: null, pending: false };
    book.delete(id);
    book.set(id, entry);
    if (book.size > MOST) book.delete(book.keys().next().value);
    ask(resolver, id, entry, whoever);
  }
  if (entry.pending) entry.waiting.add(whoever);
  return entry.person;
}

function ask(resolver, id, entry, whoever) {
  let answer;
  try {
    answer = resolver(id);
  } catch (error) {
    return fail(entry, [whoever], error);
  }
  // What is known at once is shown at once.
  if (typeof answer?.then !== "function") {
    entry.person = personOf(answer);
    return;
  }
  entry.pending = true;
  const done = (settle) => {
    const waiting = [...entry.waiting];
    entry.pending = false;
    entry.waiting.clear();
    settle(waiting);
  };
  Promise.resolve(answer).then(
    (found) => done((waiting) => {
      entry.person = personOf(found);
      for (const one of waiting) one.resolved();
    }),
    (error) => done((waiting) => fail(entry, waiting, error)),
  );
}

/** They are told later: who asked is in the middle of drawing. */
function fail(entry, waiting, error) {
  entry.failedAtMs = Date.now();
  queueMicrotask(() => {
    for (const one of waiting) one.failed(error);
  });
}

function bookOf(resolver) {
  if (!books.has(resolver)) books.set(resolver, new Map());
  return books.get(resolver);
}

const NOBODY = Object.freeze({ name: null, avatarUrl: null });

function personOf(answer) {
  const text = (value) => (typeof value === "string" && value.trim() !== "" ? value : null);
  return { name: text(answer?.name), avatarUrl: text(answer?.avatarUrl) };
}

/** The number of a contact as people write it, or `null`: groups and hidden ids are not numbers. */
export function numberOf(id) {
  const [, digits] = /^(\d+)@c\.us$/.exec(id) ?? [];
  if (digits === undefined) return null;
  const [, ...american] = /^1(\d{3})(\d{3})(\d{4})$/.exec(digits) ?? [];
  return american.length > 0 ? `+1 ${american.join(" ")}` : `+${digits.match(/\d{3}(?=\d{2})|\d+/g).join(" ")}`;
}

/** At most two letters. What has none gets a sign. */
export function initialsOf(name) {
  const words = name.match(/\p{L}[\p{L}\p{M}]*/gu) ?? [];
  if (words.length === 0) return "#";
  const ends = words.length === 1 ? words : [words[0], words.at(-1)];
  return ends.map((word) => [...word][0].toUpperCase()).join("");
}

/** One of eight, always the same for one id. */
export function hueOf(id) {
  let sum = 0;
  for (const char of id) sum = (sum * 31 + char.codePointAt(0)) % 65_521;
  return sum % 8;
}
