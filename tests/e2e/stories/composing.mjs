// What the other side sees while somebody composes in the page: typing while keys come, recording while the button is held, and
// never longer than that.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { picture } from "../support.mjs";

const GATEWAYS = ["waha", "wawp-v1", "wawp-v2", "waapi"];
const ANA = "Ana Flores";
/** The package ends typing 5 s after the last key; the calls and the looking take a moment. */
const IDLE_MS = 5_000;
const SLACK_MS = 2_500;

export function tell(stage) {
  // Side by side, since they wait more than they do; a few at a time, since what they wait for has its time.
  describe("typing", { concurrency: 4 }, () => {
    for (const by of GATEWAYS) {
      test(`${by}: who types is seen typing, until no key comes or it is sent`, async () => {
        const { scene, page, session, open } = await stage().scene({ by, people: [ANA], config: { guard: "off" } });
        await open();
        await scene.works();
        const text = page.getByRole("textbox", { name: "Message" });
        await text.pressSequentially("Hello Ana", { delay: 40 });
        await session.sees(ANA, { activity: "typing" });
        await page.locator("#composer-shows", { hasText: "They see: typing…" }).waitFor();
        await picture(page, `composer-${by}`);
        await session.sees(ANA, { activity: "none" });
        const [began, ended] = await shown(session);
        const took = ended.atMs - began.atMs;
        assert.ok(took > IDLE_MS - 200 && took < IDLE_MS + SLACK_MS, `seen typing for ${took} ms after a few keys`);
        await page.locator("#composer-shows", { hasText: "They see: nothing" }).waitFor();

        await text.press("!");
        await session.sees(ANA, { activity: "typing" });
        const sentAt = Date.now();
        await text.press("Enter");
        await session.sees(ANA, { activity: "none" });
        assert.ok(Date.now() - sentAt < SLACK_MS, "sending ends it at once");
        assert.equal(await text.inputValue(), "");
        await page.locator("#unsent", { hasText: "“Hello Ana!” was not sent: this demo shows presence only." }).waitFor();
        assert.deepEqual((await shown(session)).map(({ shows }) => shows), ["typing", "none", "typing", "none"]);
        await scene.close();
      });

      test(`${by}: a tab that is closed while somebody types leaves nobody typing`, async () => {
        const { scene, page, session, open } = await stage().scene({ by, people: [ANA], config: { guard: "off" } });
        await open();
        await scene.works();
        // The browser outlives the tab, as it does for people.
        await page.context().newPage();
        const text = page.getByRole("textbox", { name: "Message" });
        await text.pressSequentially("I will", { delay: 40 });
        await session.sees(ANA, { activity: "typing" });
        const closedAt = Date.now();
        await page.close({ runBeforeUnload: true });
        await session.sees(ANA, { activity: "none" });
        assert.ok(Date.now() - closedAt < SLACK_MS, "it does not wait for WhatsApp to let it fade");
        await scene.close();
      });
    }
  });

  test("turning to another chat ends typing in the first, and keeps what was begun", async () => {
    const { scene, page, session, open } = await stage().scene({ people: [ANA, "Ben Okoro"] });
    await open();
    await scene.works();
    const text = page.getByRole("textbox", { name: "Message" });
    await text.pressSequentially("For Ana", { delay: 40 });
    await session.sees(ANA, { activity: "typing" });
    await scene.chat("ben-okoro").click();
    await session.sees(ANA, { activity: "none" }, SLACK_MS);
    assert.equal(await text.inputValue(), "");
    await text.pressSequentially("Ben", { delay: 40 });
    await session.sees("Ben Okoro", { activity: "typing" });
    await scene.chat("ana-flores").click();
    await session.sees("Ben Okoro", { activity: "none" }, SLACK_MS);
    assert.equal(await text.inputValue(), "For Ana");
    assert.equal((await session.view(ANA)).activity, "none", "a draft is no typing");
    await scene.close();
  });

  test("a held button is seen as recording, by mouse and by keyboard", async () => {
    const { scene, page, session, open } = await stage().scene({ by: "wawp-v2", people: [ANA], config: { guard: "off" } });
    await open();
    await scene.works();
    const record = page.getByRole("button", { name: "Hold to record" });
    await record.hover();
    await page.mouse.down();
    await session.sees(ANA, { activity: "recording" });
    await page.getByRole("button", { name: "Release to stop", pressed: true }).waitFor();
    await page.locator("#composer-shows", { hasText: "They see: recording…" }).waitFor();
    await page.mouse.up();
    await session.sees(ANA, { activity: "none" }, SLACK_MS);
    await record.focus();
    await page.keyboard.down("Space");
    await session.sees(ANA, { activity: "recording" });
    await page.keyboard.up("Space");
    await session.sees(ANA, { activity: "none" }, SLACK_MS);
    await scene.close();
  });

  test("where recording cannot be shown the button says so", async () => {
    const { scene, page, open } = await stage().scene({ by: "waapi", people: [ANA] });
    await open();
    // Whose gateway it is, the relay says.
    await page.locator('#record:disabled[title="WaAPI cannot show that you record, only that you type."]').waitFor();
    await scene.close();
  });
}

/** What Ana's chat was shown of us, presence aside. */
async function shown(session) {
  return (await session.changes()).filter(({ chat }) => chat !== null);
}
