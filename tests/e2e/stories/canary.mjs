// A number, a key and a keyed URL that would be recognised anywhere go through everything the page does. They may be shown to
// its user as text; they must not get into the console, the markup, storage or the address.

import assert from "node:assert/strict";
import { test } from "node:test";

const NUMBER = "15550147788";
const LID = "99000000147788";
/** As people would write the number into a name. */
const CANARIES = [NUMBER, LID, "5550147788", "555 014 7788", "014-7788", "key_canary", "x-api-key="];

export function tell(stage) {
  test("no number and no key gets into the console, the markup, storage or the address", async () => {
    const person = { name: "Ana +1 555 014 7788", id: `${NUMBER}@c.us`, lid: `${LID}@lid` };
    const groups = { [`Team ${NUMBER}`]: [person.name] };
    const { scene, page, session, open } = await stage().scene({ people: [person], groups, key: "key_canary" });
    const spoken = listenTo(page);
    await open();
    await live(page, session, person.name);
    const found = [...spoken, ...(await markup(page)), ...(await stored(page)), page.url()];
    for (const canary of CANARIES) {
      assert.deepEqual(found.filter((text) => text.includes(canary)).map((text) => text.replaceAll(canary, "…")), [], "a canary got out");
    }
    await scene.close();
  });

  test("the search itself finds a canary where there is one", async () => {
    const { page, scene, open } = await stage().scene({ people: ["Ana Flores"] });
    const spoken = listenTo(page);
    await open();
    await page.evaluate((number) => {
      document.body.setAttribute("data-planted", number);
      console.log(number);
    }, NUMBER);
    assert.ok((await markup(page)).some((text) => text.includes(NUMBER)));
    assert.ok(spoken.some((text) => text.includes(NUMBER)));
    await scene.close();
  });
}

/** Everything a page goes through: people coming and going, both chats, a cut feed, a bad session, failing calls. */
async function live(page, session, name) {
  await page.locator("#status[data-state=open]").waitFor();
  await session.act(name, "online");
  await session.act(name, "typing");
  await page.locator('#conversation[data-activity="typing"]').waitFor();
  await session.act(name, "offline");
  await page.locator('#chats [data-index="1"]').click();
  await session.act(name, "recording", { chat: `Team ${NUMBER}` });
  await page.locator('.participant[data-activity="recording"]').waitFor();
  await session.fail({ status: 500, body: { exception: { message: `no ${NUMBER} for key_canary` } }, times: 2 });
  await page.locator("#composer-text").fill(`Call me: ${NUMBER}`);
  await page.keyboard.press("Enter");
  await page.locator("#unsent", { hasText: NUMBER }).waitFor();
  await page.locator("#bot-switch").click();
  await page.locator("#own summary").click();
  await page.locator("#ghost").click();
  await page.locator("#ghost-price li").first().waitFor();
  await page.keyboard.press("Escape");
  await page.locator("#add-number").fill("+1 555 014 7788 99");
  await page.keyboard.press("Enter");
  await session.cutSockets(0);
  await page.locator("#status[data-state=reconnecting]").waitFor();
  await page.locator("#status[data-state=open]").waitFor();
  await session.setStatus("SCAN_QR_CODE");
  await page.locator('#banner[data-trouble="needs-pairing"]').waitFor();
}

function listenTo(page) {
  const spoken = [];
  page.on("console", (message) => spoken.push(message.text()));
  page.on("pageerror", (error) => spoken.push(`${error.message}\n${error.stack}`));
  return spoken;
}

async function markup(page) {
  return page.evaluate(() =>
    [...document.querySelectorAll("*")].flatMap((node) => [...node.attributes].map(({ name, value }) => `${name}=${value}`)),
  );
}

async function stored(page) {
  const kept = await page.evaluate(() => [...Object.entries(localStorage), ...Object.entries(sessionStorage)].flat());
  const cookies = await page.context().cookies();
  return [...kept, ...cookies.map(({ value }) => value), await page.title()];
}
