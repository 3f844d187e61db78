// What is wrong is said in a sentence that tells what to do.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";
import { picture } from "../support.mjs";

export function tell(stage) {
  test("a wrong key is explained, and not shown", async () => {
    const config = { gateway: { apiKey: "key_wrong_and_secret" } };
    const { scene, page, open } = await stage().scene({ people: ["Ana Flores"], config });
    await open();
    assert.match(await scene.trouble("key"), /The gateway refused the key\./);
    await scene.connection("unauthorized");
    await picture(page, "dashboard-key-refused");
    assert.doesNotMatch(await page.content(), /key_wrong/);
    await scene.close();
  });

  test("a session that does not exist is named", async () => {
    const config = { gateway: { session: "elsewhere", apiKey: stage().adminKey } };
    const { scene, open } = await stage().scene({ people: ["Ana Flores"], config });
    await open();
    assert.match(await scene.trouble("no-session"), /no session named “elsewhere”/);
    await scene.close();
  });

  test("a gateway that is not there is out of reach", async () => {
    const config = { gateway: { baseUrl: `http://127.0.0.1:${await closedPort()}` } };
    const { scene, open } = await stage().scene({ people: ["Ana Flores"], config });
    await open();
    assert.match(await scene.trouble("unreachable"), /Nothing answers at 127\.0\.0\.1/);
    await scene.close();
  });

  test("a gateway that answers without CORS is told apart from one that is not there", async (t) => {
    const mute = await serverWithoutCors();
    t.after(mute.close);
    const { scene, open } = await stage().scene({ people: ["Ana Flores"], config: { gateway: { baseUrl: mute.url } } });
    await open();
    assert.match(await scene.trouble("cors"), /the browser may not read its answers \(CORS\)/);
    await scene.close();
  });

  test("mixed content is named before any call", async () => {
    const config = { gateway: { baseUrl: "http://waha.example" } };
    const url = "https://support.example/";
    const { scene, page, open } = await stage().scene({ url, config, shows: 0 });
    const asked = [];
    page.on("request", (request) => asked.push(request.url()));
    await serveAt(page, url, stage().url);
    await open();
    assert.match(await scene.trouble("mixed"), /came over https, but waha\.example is addressed over http/);
    assert.deepEqual(asked.filter((address) => !address.startsWith(url)), []);
    await scene.close();
  });

  test("without a list of names the contacts are numbers, and can be added by hand", async () => {
    const { scene, page, session, open } = await stage().scene({
      people: [{ name: "Ana Flores", id: "15550130002@c.us" }],
      config: { peopleUrl: null },
      shows: 0,
    });
    await open();
    await page.locator("#add-number").fill("12");
    await page.keyboard.press("Enter");
    await page.locator("#add-error", { hasText: "Write the number with its country code" }).waitFor();
    await page.locator("#add-number").fill("+1 (555) 013-0002");
    await page.keyboard.press("Enter");
    await session.act("Ana Flores", "typing");
    await scene.shows("chat", "typing…");
    assert.equal(await page.locator("#conversation-name").innerText(), "+1 555 013 0002");
    await scene.close();
  });
}

/** A port on which nobody listens. */
async function closedPort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** A proxy that strips what a page needs to read an answer. */
async function serverWithoutCors() {
  const server = createServer((_, response) => response.writeHead(200).end("{}")).listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${server.address().port}`, close };
}

/** Serves the dashboard under another origin. Routes added later are asked first, so config.json falls through by name. */
function serveAt(page, origin, source) {
  return page.route(`${origin}**`, async (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname === "/config.json") return route.fallback();
    const answer = await fetch(new URL(pathname, source));
    const headers = Object.fromEntries(answer.headers);
    return route.fulfill({ status: answer.status, headers, body: Buffer.from(await answer.arrayBuffer()) });
  });
}
