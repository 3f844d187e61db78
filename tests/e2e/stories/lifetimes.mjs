// Clients that come and go in a page that stays: dashboards mount and unmount.

import assert from "node:assert/strict";
import { test } from "node:test";
import { cycles, slope } from "../cycles.mjs";

const CLIENTS = 2_000;
const EVERY = 250;
/** What is compiled and kept for good is there by then, nearly all of it. */
const WARM_UP = 1_000;
/** What is still being compiled is less, and a listener that is never removed several times as much; in bytes for each client. */
const MOST_BYTES = 200;

export function tell(stage) {
  for (const [how, shareTabs] of [["that share one feed", true], ["with a feed of their own", false]]) {
    test(`clients ${how} leave nothing behind when they are closed`, async () => {
      const { scene, page } = await stage().scene();
      await page.goto(stage().blank);
      const { samples, left } = await cycles(page, { times: CLIENTS, every: EVERY, shareTabs });
      assert.deepEqual(left, { timers: 0, listeners: {}, channels: 0, locks: 0, sockets: 0, requests: 0 });
      const late = samples.filter(({ done }) => done >= WARM_UP);
      const [first, last] = [late[0], late.at(-1)];
      assert.deepEqual({ wasm: last.wasm, references: last.references }, { wasm: first.wasm, references: first.references });
      for (const heap of ["javascript", "platform"]) {
        const more = slope(late, heap);
        assert.ok(more < MOST_BYTES, `${heap}: ${more} bytes more for each client`);
      }
      await scene.close();
    });
  }
}
