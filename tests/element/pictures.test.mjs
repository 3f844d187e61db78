// The pictures of the elements in the documentation, in light and dark. Run by hand they go to docs/images; with `SCREENSHOTS`, there.

import { after, before, test } from "node:test";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openStage } from "./_stage.mjs";
import { giveClient, shows, tell } from "./_story.mjs";

const FOLDER = process.env.SCREENSHOTS || fileURLToPath(new URL("../../docs/images", import.meta.url));
const MINUTE = 60_000;
const people = {
  ana: ["15550150001@c.us", "Ana Flores", "/tests/element/ana.svg"],
  ben: ["15550150002@c.us", "Ben Okoro"],
  cleo: ["15550150003@c.us", "Cleo Brandt"],
  dan: ["15550150004@c.us", "Dan Ito"],
  eve: ["15550150005@c.us", "Eve Lindqvist"],
  finn: ["15550150006@c.us", "Finn Castellan"],
  gus: ["15550150011@c.us", "Gus Moreau"],
};
const TEAM = "120363000000000001@g.us";

let stage;
before(async () => (stage = await openStage()));
after(() => stage?.close());

const row = (name, more = "") => `<li><wa-presence chat="${people[name][0]}">${more}</wa-presence></li>`;
const body = `
  <wa-presence-source>
    <section class="card"><h2>Inbox</h2><ul>
      ${row("ana")}${row("ben", '<span class="count">2</span>')}${row("cleo")}
      <li><wa-presence chat="${TEAM}" name="Support, Berlin" max="1"></wa-presence></li>
      ${row("dan")}${row("eve")}${row("gus")}
    </ul></section>
  </wa-presence-source>
  <wa-presence-source class="side-source"><div class="side">
    <section class="card talk"><header><wa-presence chat="${people.ana[0]}"></wa-presence></header>
      <p>Is the blue one still there?</p><p>It is. Shall I put it aside?</p><wa-typing chat="${people.ana[0]}"></wa-typing></section>
    <section class="card"><h2>Contacts</h2><table>
      ${["ben", "dan", "finn"].map((name) => `<tr><td><wa-presence view="dot" chat="${people[name][0]}"></wa-presence>&ensp;${people[name][1]}</td>
        <td><wa-last-seen chat="${people[name][0]}"></wa-last-seen></td></tr>`).join("")}
      <tr><td colspan="2"><wa-presence view="inline" chat="${people.cleo[0]}"></wa-presence></td></tr>
    </table></section></div>
  </wa-presence-source>`;

for (const colorScheme of ["light", "dark"]) {
  test(`in ${colorScheme}`, async () => {
    const context = { colorScheme, deviceScaleFactor: 2, viewport: { width: 800, height: 640 }, reducedMotion: "reduce" };
    const page = await stage.page(body, { head: '<link rel="stylesheet" href="/tests/element/pictures.css">', context });
    await giveClient(page, { gateway: { kind: "ingest", from: "waapi" } });
    await page.evaluate((names) => {
      const known = Object.fromEntries(Object.values(names).map(([id, name, avatarUrl]) => [id, { name, avatarUrl }]));
      for (const source of document.querySelectorAll("wa-presence-source")) Object.assign(source, { client: presence, resolver: (id) => known[id] });
    }, people);
    const [ana, ben, cleo, dan, eve, finn, gus] = Object.values(people).map(([id]) => id);
    await tell(page, "typing", { who: ana });
    await tell(page, "online", { who: ben });
    await tell(page, "recording", { who: cleo });
    for (const who of [dan, ana, ben]) await tell(page, "typing", { who, chat: TEAM });
    await tell(page, "offline", { who: dan, lastSeenAtMs: Date.now() - 12 * MINUTE });
    await tell(page, "offline", { who: finn });
    await page.evaluate((chatId) => {
      const unknown = { isGroup: false, hasData: false, isOnline: true, lastSeen: null, chatstate: null };
      presence.ingest({ event: "presence_update", instanceId: 123, data: { presence: { chatId, deny: true, ...unknown, typingParticipants: [], recordingParticipants: [] } } });
    }, eve);
    await lose(page, gus);
    await shows(page, `wa-presence[chat="${eve}"]`, "presence hidden");
    await shows(page, `wa-presence[chat="${gus}"]`, "was online just now");
    await shows(page, "wa-typing", "typing…");
    await page.locator("main").screenshot({ path: join(FOLDER, `elements-${colorScheme}.png`) });
    await page.done();
  });
}

/** Gives one chat a client of its own, which hears that they are there, and then that the gateway lost WhatsApp. */
async function lose(page, chat) {
  await page.evaluate(async (id) => {
    const usual = presence;
    globalThis.presence = await connectOne();
    document.querySelector(`wa-presence[chat="${id}"]`).client = presence;
    await new Promise((resolve) => setTimeout(resolve));
    tell(id, [id, "online"]);
    sessionIs("STOPPED");
    globalThis.presence = usual;
  }, chat);
}
