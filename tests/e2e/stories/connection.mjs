// The connection comes and goes; the page says so and needs no reload.

import assert from "node:assert/strict";
import { test } from "node:test";
import { picture } from "../support.mjs";

export function tell(stage) {
  test("a killed WebSocket is said to reconnect, and does", async () => {
    const { scene, page, session, open } = await stage().scene({ people: ["Ana Flores"] });
    await open();
    await session.act("Ana Flores", "online");
    await scene.shows("ana-flores", "online");
    await session.cutSockets(1_500);
    await scene.connection("reconnecting");
    assert.match(await page.locator("#status").innerText(), /Reconnecting…/);
    await scene.connection("open");
    await session.act("Ana Flores", "typing");
    await scene.shows("ana-flores", "typing…");
    await scene.noTrouble();
    await scene.close();
  });

  test("while the feed is away nobody is called online", async () => {
    const { scene, session, open } = await stage().scene({ people: ["Ana Flores"] });
    await open();
    await session.act("Ana Flores", "online");
    await scene.shows("ana-flores", "online");
    await session.cutSockets(4_000);
    await scene.chat("ana-flores").and(scene.page.locator('[data-state="lapsed"]')).waitFor();
    await scene.shows("ana-flores", "was online just now");
    await scene.page.locator("#knowledge", { hasText: "We lost contact with the gateway." }).waitFor();
    await scene.connection("open");
    await scene.shows("ana-flores", /^online$/);
    await scene.close();
  });

  test("a session that waits for its QR code is explained, and goes on without a reload", async () => {
    const { scene, page, session, open } = await stage().scene({ people: ["Ana Flores"] });
    await open();
    await session.act("Ana Flores", "online");
    await scene.shows("ana-flores", "online");
    await session.setStatus("SCAN_QR_CODE");
    assert.match(await scene.trouble("needs-pairing"), /waits for its QR code.*scan it with the phone/s);
    await page.locator('#status[data-session="needs-pairing"]').waitFor();
    await picture(page, "dashboard-qr-code");
    await session.setStatus("WORKING");
    await scene.noTrouble();
    await session.act("Ana Flores", "typing");
    await scene.shows("ana-flores", "typing…");
    await scene.close();
  });

  test("a session that was stopped before the page came is explained too", async () => {
    const { scene, session, open } = await stage().scene({ people: ["Ana Flores"] });
    await session.setStatus("STOPPED");
    await open();
    assert.match(await scene.trouble("stopped"), /Start the session/);
    await session.setStatus("WORKING");
    await scene.noTrouble();
    await session.act("Ana Flores", "typing");
    await scene.shows("ana-flores", "typing…");
    await scene.close();
  });
}
