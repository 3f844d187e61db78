// The language of an element is that of the page around it, or its own, and may change.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openStage } from "./_stage.mjs";
import { ANA, BEN, NOBODY, TEAM, giveClient, hand, nameThem, shows, tell } from "./_story.mjs";

const HOUR = 3_600_000;
let stage;
before(async () => (stage = await openStage()));
after(() => stage?.close());

const body = `<wa-presence chat="${ANA}"></wa-presence><wa-typing chat="${TEAM}"></wa-typing><wa-last-seen chat="${BEN}"></wa-last-seen>`;
const said = {
  de: ["zuletzt vor 2 Stunden online", "Ana Flores und Ben Okoro schreiben…", "wird geprüft…"],
  ar: ["آخر ظهور قبل ساعتين", "\u2068Ana Flores\u2069 و\u2068Ben Okoro\u2069 يكتبان…", "جارٍ التحقق…"],
  ja: ["最終接続 2 時間前", "Ana Flores、Ben Okoroが入力中…", "確認中…"],
  // No words of ours: times alone are Swedish.
  sv: ["för 2 timmar sedan", "Ana Flores and Ben Okoro are typing…", "checking…"],
};

async function show(lang) {
  const page = await stage.page(body, { lang, dir: lang === "ar" ? "rtl" : "ltr" });
  await giveClient(page);
  await nameThem(page);
  await hand(page);
  await tell(page, "offline", { who: ANA, lastSeenAtMs: Date.now() - 2.2 * HOUR });
  for (const who of [ANA, BEN]) await tell(page, "typing", { who, chat: TEAM });
  return page;
}

for (const [lang, [seen, typing, waiting]] of Object.entries(said)) {
  test(`a page in ${lang}`, async () => {
    const page = await show(lang);
    await shows(page, "wa-presence", seen);
    await shows(page, "wa-typing", typing);
    await shows(page, "wa-last-seen", waiting);
    const markup = await page.evaluate(() => ["wa-presence", "wa-typing"].map((name) => document.querySelector(name).shadowRoot.querySelector('[part="text"]')).map((text) => [text.lang, getComputedStyle(text).direction]));
    const direction = lang === "ar" ? "rtl" : "ltr";
    assert.deepEqual(markup, [["", direction], [lang === "sv" ? "en" : "", direction]]);
    await page.done();
  });
}

test("a page that changes its language changes the elements, and one with a lang of its own keeps it", async () => {
  const page = await show("de");
  await shows(page, "wa-presence", said.de[0]);
  await page.evaluate(() => (document.querySelector("wa-typing").lang = "ar"));
  await shows(page, "wa-typing", said.ar[1]);
  await page.evaluate(() => (document.documentElement.lang = "ja"));
  await shows(page, "wa-presence", said.ja[0]);
  await shows(page, "wa-typing", said.ar[1]);
  await page.evaluate(() => document.querySelector("main").setAttribute("lang", "de"));
  await shows(page, "wa-presence", said.de[0]);
  await page.done();
});

test("a page that says nothing of its language has the browser's; one that says nonsense has English", async () => {
  const page = await stage.page(body, { lang: "", context: { locale: "de-DE" } });
  await giveClient(page);
  await hand(page);
  await shows(page, "wa-last-seen", "wird geprüft…");
  await page.evaluate(() => (document.documentElement.lang = "no such thing!"));
  await shows(page, "wa-last-seen", "checking…");
  await page.done();
});

test("a language can be added by the page", async () => {
  const page = await stage.page(body, { lang: "sv" });
  await giveClient(page);
  await hand(page);
  await tell(page, "typing", { who: NOBODY, chat: TEAM });
  await shows(page, "wa-typing", "somebody is typing…");
  await page.evaluate(async () => {
    const { addLanguage } = await import("/pkg/element.js");
    addLanguage("sv", { typingNames: "{names} skriver…", lastSeen: "senast sedd {time}", somebody: "någon" });
  });
  await shows(page, "wa-typing", "någon skriver…");
  await page.done();
});
