// What is wrong is told by an event and by the element, once, and never on the console or by throwing into the page.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { NETWORK, openStage } from "./_stage.mjs";
import { ANA, giveClient, hand, shows, tell, textOf } from "./_story.mjs";

const RELAY = 'relay="https://presence.example" account="support" ticket-url="/ticket"';
let stage;
before(async () => (stage = await openStage()));
after(() => stage?.close());

/** Notes the errors of everything on the page, from the first on. */
const noteErrors = (page) =>
  page.addInitScript(() => {
    globalThis.heard = [];
    addEventListener("error", (event) => event instanceof CustomEvent && heard.push([event.detail.about, event.detail.error.code ?? null, event.detail.error.message]), true);
  });
const heard = (page) => page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 50)).then(() => heard.splice(0)));

test("attributes that are wrong are an error each, told once, and nothing is shown", async () => {
  const cases = [
    ['chat="not a number"', ["chat", "invalid-chat", /^chat: expected a phone number/]],
    [`chat="${ANA}" relay="https://presence.example"`, ["connection", "invalid-option", /^account: expected the account's name .* found none$/]],
    [`chat="${ANA}" account="support"`, ["connection", "invalid-option", /^relay: expected an address of the web, found none$/]],
    [`chat="${ANA}" relay="javascript:alert(1)" account="support" ticket="t"`, ["connection", "invalid-option", /^relay: .* found something else$/]],
    [`chat="${ANA}" relay="http://" account="support" ticket="t"`, ["connection", "invalid-option", /^relay: .* found something else$/]],
    [`chat="${ANA}" relay="https://presence.example" account="support"`, ["connection", "invalid-option", /^ticket-url: expected an address of the web, found none$/]],
  ];
  const page = await stage.page(cases.map(([attributes]) => `<wa-presence ${attributes}></wa-presence>`).join(""), { before: noteErrors });
  const told = await heard(page);
  assert.deepEqual(told.map(([about, code]) => [about, code]).sort(), cases.map(([, [about, code]]) => [about, code]).sort());
  for (const [index, [, [about, , message]]] of cases.entries()) {
    const element = page.locator("wa-presence").nth(index);
    assert.equal(await element.getAttribute("data-state"), "error");
    assert.ok(await element.evaluate((one) => one.matches(":state(error)")));
    assert.equal(await element.locator('[part="text"]').innerText(), "");
    const error = await element.evaluate(({ error: { about: what, error } }) => [what, error.message]);
    assert.equal(error[0], about);
    assert.match(error[1], message);
    assert.doesNotMatch(error[1], /presence\.example|not a number|javascript/, "without what was given");
  }
  await page.evaluate(() => document.querySelectorAll("wa-presence").forEach((one) => one.refresh()));
  assert.deepEqual(await heard(page), [], "nothing is told twice");
  await page.done();
});

test("an element without a chat or a client is empty, which is no error", async () => {
  const page = await stage.page(`<wa-presence></wa-presence><wa-presence chat="${ANA}"></wa-presence><wa-typing></wa-typing><wa-last-seen></wa-last-seen>`, { before: noteErrors });
  assert.deepEqual(await heard(page), []);
  assert.deepEqual(await page.locator("main > *").evaluateAll((all) => all.map((one) => one.dataset.state)), ["idle", "idle", "idle", "idle"]);
  await page.done();
});

test("what was wrong is forgotten once it is right", async () => {
  const page = await stage.page('<wa-presence chat="nobody"></wa-presence>', { before: noteErrors });
  assert.equal((await heard(page)).length, 1);
  await giveClient(page);
  await hand(page);
  await page.evaluate(() => (document.querySelector("wa-presence").chat = "+1 (555) 000-1111"));
  await shows(page, "wa-presence", "checking…");
  assert.equal(await page.evaluate(() => document.querySelector("wa-presence").error), null);
  await tell(page, "online", { who: ANA });
  await shows(page, "wa-presence", "online");
  assert.deepEqual(await heard(page), []);
  await page.done();
});

test("attributes that are set one after another are looked at together", async () => {
  const page = await stage.page("", { before: noteErrors });
  const told = await page.evaluate(async (chat) => {
    const element = document.createElement("wa-presence");
    document.body.append(element);
    element.ticket = () => new Promise(() => {});
    element.account = "support";
    element.chat = chat;
    element.relay = `${location.origin}/relay`;
    await new Promise((resolve) => setTimeout(resolve, 50));
    element.remove();
    return element.error;
  }, ANA);
  assert.equal(told, null);
  assert.deepEqual(await heard(page), []);
  await page.done();
});

test("a client that is given makes the attributes needless", async () => {
  const page = await stage.page(`<wa-presence chat="${ANA}" relay="nonsense://"></wa-presence>`, { before: noteErrors });
  assert.equal((await heard(page)).length, 1);
  await giveClient(page);
  await hand(page);
  await shows(page, "wa-presence", "checking…");
  await page.done();
});

test("a resolver that fails, labels that are none and a client that is none are told, and the rest goes on", async () => {
  const page = await stage.page(`<wa-presence chat="${ANA}"></wa-presence>`, { before: noteErrors });
  await giveClient(page);
  await page.evaluate(() => {
    const element = document.querySelector("wa-presence");
    element.resolver = () => Promise.reject(new Error("no address book"));
    element.labels = { onlien: "here" };
    element.client = { watch: 7 };
  });
  const told = await heard(page);
  assert.deepEqual(told.map(([about]) => about).sort(), ["connection", "labels", "resolver"]);
  assert.deepEqual(told.find(([about]) => about === "connection").slice(1), ["invalid-option", "client: expected what connect() resolves with, found something else"]);
  assert.match(told.find(([about]) => about === "labels")[2], /found another in onlien$/);
  await hand(page);
  await tell(page, "online", { who: ANA });
  await shows(page, "wa-presence", "online");
  assert.equal(await page.locator('wa-presence [part="name"]').innerText(), "+1 555 000 1111");
  await page.done();
});

test("a module that cannot be had is an error of the connection, the element stays empty, and it is tried again", async () => {
  const block = async (page) => {
    await noteErrors(page);
    await page.clock.install();
    await page.route("**/pkg/dist/hosted_bg.wasm", (route) => route.abort());
  };
  const page = await stage.page(`<wa-presence chat="${ANA}" ${RELAY}></wa-presence>`, { before: block });
  await page.waitForFunction(() => heard.length > 0);
  assert.deepEqual((await heard(page)).map(([about, code]) => [about, code]), [["connection", "network"]]);
  assert.equal(await textOf(page, "wa-presence"), "");
  await page.unroute("**/pkg/dist/hosted_bg.wasm");
  await page.clock.runFor(10_000);
  await shows(page, "wa-presence", "checking…");
  assert.deepEqual([...new Set((await heard(page)).map(([about, code]) => `${about} ${code}`))], ["ticket not-found"], "which is for the next test");
  await page.done(NETWORK);
});

test("a client that crashed is told of, and nothing of it is shown", async () => {
  const page = await stage.page(`<wa-presence chat="${ANA}"></wa-presence>`, { before: noteErrors });
  await page.evaluate(() => {
    const ticket = () => new Promise(() => {});
    Object.assign(document.querySelector("wa-presence"), { relay: `${location.origin}/relay`, account: "support", ticket });
  });
  await shows(page, "wa-presence", "checking…");
  const crashed = await page.evaluate(async () => {
    const { client } = document.querySelector("wa-presence");
    // A clock that throws unwinds through the module and leaves it in the middle of something. It is not read at every call.
    const { now } = performance;
    let code;
    for (let tries = 0; tries < 50 && code !== "crashed"; tries += 1) {
      performance.now = () => { throw new Error("torn"); };
      try {
        client.watch("15550002222@c.us").close();
      } catch (error) {
        code = error.code;
      }
      performance.now = now;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return code;
  });
  assert.equal(crashed, "crashed");
  await page.locator('wa-presence[data-state="idle"]').waitFor();
  assert.deepEqual((await heard(page)).map(([about, code]) => [about, code]), [["connection", "crashed"]]);
  await page.done(/RuntimeError: unreachable/);
});

test("importing the elements on a server touches no browser global, and defines nothing", async () => {
  const script = `
    for (const name of ["window", "document", "navigator", "localStorage", "CSSStyleSheet", "MutationObserver"]) {
      Object.defineProperty(globalThis, name, { configurable: true, get: () => { throw new Error(name + " was touched"); } });
    }
    const { define, WaPresenceElement, addLanguage } = await import(${JSON.stringify(new URL("../../pkg/element.js", import.meta.url))});
    define();
    addLanguage("sv", { online: "inne" });
    console.log(typeof WaPresenceElement, typeof customElements);`;
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script]);
  assert.deepEqual([stdout.trim(), stderr], ["function undefined", ""]);
});
