// What the elements say, without a page: the words of each language, times, lists, and what each silence is called.

import assert from "node:assert/strict";
import { test } from "node:test";

import { activityLine } from "../../pkg/element/activity.js";
import { languages } from "../../pkg/element/languages.js";
import { hueOf, initialsOf, lookUp, numberOf } from "../../pkg/element/names.js";
import { lineOf, stateOf } from "../../pkg/element/state.js";
import { addLanguage, canonical, LABELS, Words } from "../../pkg/element/words.js";

const NOW = new Date(2026, 10, 26, 18, 30).getTime();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const contact = (more) => ({ kind: "contact", availability: "unknown", certain: false, lastSeen: null, lastKnown: null, active: [], knowledge: { state: "live", vouched: true }, ...more });
const said = (snapshot, lang = "en") => {
  const line = lineOf(snapshot);
  return line === null ? null : new Words(lang).around(line.label, line.atMs, NOW).join("");
};

const silences = [
  [{ state: "unwatched" }, "not followed"],
  [{ state: "waiting", reason: "queued", causes: [] }, "checking…"],
  [{ state: "waiting", reason: "asked", causes: [] }, "checking…"],
  [{ state: "waiting", reason: "silent", causes: ["privacy"] }, "no answer yet"],
  [{ state: "live", vouched: true }, "no news yet"],
  [{ state: "lapsed", reason: "lease" }, "updating…"],
  [{ state: "lapsed", reason: "session" }, "connection lost"],
  [{ state: "lapsed", reason: "feed" }, "connection lost"],
  [{ state: "hidden", reason: "deny" }, "presence hidden"],
  [{ state: "hidden", reason: "reciprocity" }, "hidden, as yours is"],
  [{ state: "refused", reason: "outside-24h", detail: null }, "not available"],
];

test("every silence has words of its own kind, and none is called offline in any language", () => {
  for (const [knowledge, words] of silences) {
    const snapshot = contact({ knowledge });
    assert.equal(said(snapshot), words);
    assert.notEqual(stateOf(snapshot), "offline");
    for (const [lang, { offline }] of languages) assert.ok(!said(snapshot, lang).includes(offline), `${lang}: ${words}`);
  }
});

test("an offline that may be a privacy setting is not offline", () => {
  const uncertain = contact({ availability: "offline" });
  assert.equal(stateOf(uncertain), "uncertain");
  assert.equal(said(uncertain), "offline or hidden");
  const certain = contact({ availability: "offline", certain: true });
  assert.equal(stateOf(certain), "offline");
  assert.equal(said(certain), "offline");
  assert.equal(said({ ...certain, lastSeen: { atMs: NOW - HOUR, basis: "reported" } }), "last seen 1 hour ago");
});

test("what was is told where it is still worth something: not of a chat that hides, waits or is refused", () => {
  const past = { lastKnown: { availability: "online", atMs: NOW - 5 * MINUTE }, lastSeen: { atMs: NOW - 5 * MINUTE, basis: "observed" } };
  for (const [knowledge, words] of silences) {
    const expected = ["live", "lapsed"].includes(knowledge.state) ? "was online 5 minutes ago" : words;
    assert.equal(said(contact({ knowledge, ...past })), expected);
  }
  const lapsed = { state: "lapsed", reason: "feed" };
  assert.equal(stateOf(contact({ knowledge: lapsed, ...past })), "lapsed");
  const offlineBefore = { lastKnown: { availability: "offline", atMs: NOW - MINUTE }, lastSeen: past.lastSeen };
  assert.equal(said(contact({ knowledge: lapsed, ...offlineBefore })), "last seen 5 minutes ago");
});

test("a group says who is there only if it knows, and nothing otherwise", () => {
  const group = (more) => contact({ kind: "group", ...more });
  assert.equal(said(group({ availability: "online" })), "somebody is online");
  assert.equal(said(group({ knowledge: { state: "waiting", reason: "silent", causes: [] } })), null);
  assert.equal(said(group({ knowledge: { state: "lapsed", reason: "feed" } })), "connection lost");
  assert.equal(said(group({ availability: "offline", certain: true })), "offline");
});

test("times are the language's own, and so is what is around them", () => {
  const ages = [10_000, 5 * MINUTE, 3 * HOUR, 27 * HOUR, 3 * DAY, 20 * DAY, 400 * DAY];
  const told = (lang) => ages.map((age) => new Words(lang).around("lastSeen", NOW - age, NOW).join("").replaceAll("\u202f", " "));
  assert.deepEqual(told("en"), [
    "last seen just now", "last seen 5 minutes ago", "last seen 3 hours ago", "last seen yesterday at 3:30 PM",
    "last seen Monday at 6:30 PM", "last seen on November 6", "last seen on October 22, 2025",
  ]);
  assert.deepEqual(told("de"), [
    "zuletzt gerade eben online", "zuletzt vor 5 Minuten online", "zuletzt vor 3 Stunden online", "zuletzt gestern um 15:30 online",
    "zuletzt Montag um 18:30 online", "zuletzt am 6. November online", "zuletzt am 22. Oktober 2025 online",
  ]);
  assert.deepEqual(told("ja"), [
    "最終接続 たった今", "最終接続 5 分前", "最終接続 3 時間前", "最終接続 昨日 15:30", "最終接続 月曜日 18:30", "最終接続 11月6日", "最終接続 2025年10月22日",
  ]);
  assert.deepEqual(told("ar").slice(0, 4), ["آخر ظهور الآن", "آخر ظهور قبل 5 دقائق", "آخر ظهور قبل 3 ساعات", "آخر ظهور أمس 3:30 م"]);
});

test("nobody was seen in the future", () => {
  assert.equal(new Words("en").around("lastSeen", NOW + HOUR, NOW).join(""), "last seen just now");
});

test("where there are no words of a language, times are in it alone, and no sentence mixes two", () => {
  const words = new Words(canonical("sv"));
  assert.equal(words.around("lastSeen", NOW - 5 * MINUTE, NOW).join(""), "för 5 minuter sedan");
  assert.equal(words.markup("lastSeen").lang, null);
  assert.equal(words.text("typing"), "typing…");
  assert.equal(words.markup("typing").lang, "en", "and the markup says which");
  assert.equal(words.list(["Ana", "Ben"], "typingNames"), "Ana and Ben");
  const overridden = new Words("sv", [{ typingNames: "{names} skriver…", lastSeen: "senast sedd {time}" }]);
  assert.equal(overridden.counted("typingNames", 2, { names: overridden.list(["Ana", "Ben"], "typingNames") }), "Ana och Ben skriver…");
  assert.equal(overridden.around("lastSeen", NOW - HOUR, NOW).join(""), "senast sedd för 1 timme sedan");
});

test("a region's words are its language's, and the two scripts of Chinese are two", () => {
  const online = (lang) => new Words(canonical(lang)).text("online");
  assert.deepEqual(["de-AT", "pt-BR", "ar-EG", "zh-CN", "zh-TW", "zh-Hant-HK", "sr"].map(online), ["online", "online", "متصل الآن", "在线", "線上", "線上", "online"]);
  assert.equal(new Words("de-AT").text("typing"), "schreibt…");
});

test("what is no language is English", () => {
  for (const lang of ["", "x!!", "tlh", "no such thing", null, undefined]) assert.equal(canonical(lang), "en");
});

test("who types is a sentence in every language, by how many they are", () => {
  const names = { ana: "Ana", ben: "Ben", cleo: "Cleo", dan: "Dan", eve: "Eve" };
  const line = (lang, kinds, most = 3) => {
    const active = Object.entries(kinds).map(([participant, kind]) => ({ participant, kind }));
    return activityLine({ kind: "group", active }, new Words(lang), (id) => names[id] ?? null, most);
  };
  const typing = (...ids) => Object.fromEntries(ids.map((id) => [id, "typing"]));
  assert.equal(line("en", {}), null);
  assert.equal(line("en", typing("ana")), "Ana is typing…");
  assert.equal(line("en-GB", typing("ana", "ben", "cleo")), "Ana, Ben and Cleo are typing…");
  assert.equal(line("en-GB", typing("ana", "ben", "cleo", "dan")), "Ana, Ben, Cleo and 1 other are typing…");
  assert.equal(line("en-GB", typing("ana", "ben", "cleo", "dan", "eve"), 2), "Ana, Ben and 3 others are typing…");
  assert.equal(line("en", typing("x")), "somebody is typing…", "whom nobody can name");
  assert.equal(line("en", typing("x", "y")), "2 people are typing…");
  assert.equal(line("en-GB", typing("x", "ana")), "Ana and 1 other are typing…", "names first");
  assert.equal(line("en", { ana: "recording", ben: "typing" }), "Ben is typing… · Ana is recording…");
  assert.equal(line("de", typing("ana", "ben")), "Ana und Ben schreiben…");
  assert.equal(line("ja", typing("ana", "ben", "cleo", "dan")), "Ana、Ben、Cleo、他1人が入力中…");
  assert.equal(line("ru", typing(..."abcdefghijklmnopqrstu")), "21 человек печатают…", "many, though 21 has the form of 1");
});

test("a text has the direction of its language, whatever name it begins with", () => {
  assert.deepEqual(["en", "ar", "he", "fa", "ja"].map((lang) => new Words(lang).markup("lastSeen").dir), ["ltr", "rtl", "rtl", "rtl", "ltr"]);
  assert.equal(new Words("he").markup("typing").dir, "ltr", "which is English there");
});

test("a name of the other direction is kept apart from the sentence around it", () => {
  const line = (lang, name) => activityLine({ kind: "group", active: [{ participant: "x", kind: "typing" }] }, new Words(lang), () => name, 3);
  assert.equal(line("ar", "+1 555 000 1111"), "\u2068+1 555 000 1111\u2069 يكتب…");
  assert.equal(line("en", "ليلى"), "\u2068ليلى\u2069 is typing…");
  assert.equal(line("en", "Ana"), "Ana is typing…", "and the usual one is plain");
});

test("one who types in a chat of two is not named", () => {
  const line = (kind) => activityLine({ kind: "contact", active: [{ participant: "x", kind }] }, new Words("en"), () => "Ana", 3);
  assert.deepEqual([line("typing"), line("recording")], ["typing…", "recording…"]);
});

test("labels count in order, and one of the wrong type does not count", () => {
  const words = new Words("en", [{ online: "here" }, { online: "around", offline: "gone", typing: 7 }]);
  assert.deepEqual([words.text("online"), words.text("offline"), words.text("typing")], ["here", "gone", "typing…"]);
});

test("every language has every label, with the same places to fill in", () => {
  const places = (label) => [...JSON.stringify(label).matchAll(/\{(?:time|date|day|names|count|name|status)\}/g)].map(([place]) => place);
  const english = languages.get("en");
  for (const [lang, labels] of languages) {
    assert.deepEqual(Object.keys(labels).sort(), [...LABELS].sort(), lang);
    for (const [name, label] of Object.entries(labels)) {
      if (label === null) continue;
      // "two" of a language may be a word, and then there is nothing to count.
      for (const place of new Set(places(english[name]))) assert.ok(places(label).includes(place), `${lang}.${name} lacks ${place}`);
      if (typeof label === "object") assert.equal(typeof label.other, "string", `${lang}.${name}`);
    }
  }
});

test("a language can be added, and what it leaves out is English", () => {
  addLanguage("sv", { typing: "skriver…", lastSeen: "senast sedd {time}", justNow: "nyss" });
  const words = new Words(canonical("sv-SE"));
  assert.equal(words.text("typing"), "skriver…");
  assert.equal(words.around("lastSeen", NOW, NOW).join(""), "senast sedd nyss");
  assert.equal(words.text("refused"), "not available");
  assert.equal(words.around("wasOnline", NOW - HOUR, NOW).join(""), "för 1 timme sedan", "which is no sentence of two");
  languages.delete("sv");
  assert.throws(() => addLanguage("sv", { tiping: "skriver…" }), /tiping/);
  assert.throws(() => addLanguage("sv", null), TypeError);
});

test("numbers, initials and colours of whoever has no name or picture", () => {
  assert.deepEqual(["15550001111@c.us", "4915112345678@c.us", "1@g.us", "9@lid"].map(numberOf), ["+1 555 000 1111", "+491 511 234 5678", null, null]);
  assert.deepEqual(["Ana Flores", "ana", "Ana de la Cruz", "+1 555", "李小龙", "", "Émile Ø"].map(initialsOf), ["AF", "A", "AC", "#", "李", "#", "ÉØ"]);
  assert.equal(hueOf("15550001111@c.us"), hueOf("15550001111@c.us"));
  assert.ok(hueOf("15550001111@c.us") >= 0 && hueOf("x") < 8);
});

test("a resolver is asked once for an id, told when it comes late, and asked again a minute after it failed", async (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: NOW });
  const asked = [];
  const heard = [];
  const who = { resolved: () => heard.push("resolved"), failed: (error) => heard.push(error.message) };
  const answers = { now: { name: "Ana" }, late: Promise.resolve({ name: "Ben", avatarUrl: "/ben.svg" }), odd: { name: 7, avatarUrl: " " } };
  const resolver = (id) => {
    asked.push(id);
    if (id === "broken") return Promise.reject(new Error("no such address book"));
    if (id === "thrown") throw new Error("no address book at all");
    return answers[id];
  };
  assert.deepEqual(lookUp(resolver, "now", who), { name: "Ana", avatarUrl: null });
  assert.equal(lookUp(resolver, "late", who).name, null);
  assert.equal(lookUp(resolver, "late", who).name, null);
  assert.deepEqual(lookUp(resolver, "odd", who), { name: null, avatarUrl: null });
  assert.equal(lookUp(resolver, "none", who).name, null);
  lookUp(resolver, "broken", who);
  lookUp(resolver, "thrown", who);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(heard.sort(), ["no address book at all", "no such address book", "resolved"]);
  assert.deepEqual(lookUp(resolver, "late", who), { name: "Ben", avatarUrl: "/ben.svg" });
  lookUp(resolver, "broken", who);
  assert.deepEqual(asked, ["now", "late", "odd", "none", "broken", "thrown"]);
  t.mock.timers.tick(60_000);
  lookUp(resolver, "broken", who);
  assert.deepEqual(asked.filter((id) => id === "broken").length, 2);
});
