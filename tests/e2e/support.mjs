// The stage of the end-to-end tests: the servers, a browser, and for each test a page over a session of its own.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { launch } from "./browser.mjs";
import { watchActivity } from "./sightings.mjs";
import { Simulator } from "./simulator.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Longer than anything here takes, the slowest reconnect included. */
const PATIENCE_MS = 15_000;
/** A test need not wait for the next round as long as a person would. */
const POLL_MS = 500;
const WIDE = { width: 1280, height: 820 };

/** Starts everything once. */
export async function openStage() {
  const server = await startServers();
  const browser = await launch();
  return new Stage(server, browser);
}

class Stage {
  #server;
  #browser;
  #sessions = 0;

  constructor(server, browser) {
    this.#server = server;
    this.#browser = browser;
    this.url = server.page;
    this.gatewayUrl = server.simulator.url;
    this.hooks = server.hooks;
    this.adminKey = server.simulator.apiKey;
    this.simulator = new Simulator(server.simulator.url);
  }

  /**
   * A session with these people in it, and a page that shows them.
   * @param about Who is there: `people`, `groups`; what `config.json` says beyond the session's own: `config`; the session's
   *   `key`; where the page is: `viewport`, `url`; how many chats it will show at least: `shows`. With the name of a gateway as
   *   `by` the page has all to choose from, as the server lists them but over this session, and opens on that one; without,
   *   it has WAHA alone. `instance` changes the options of the hosted ones.
   */
  async scene(about = {}) {
    this.#sessions += 1;
    const name = `e2e-${this.#sessions}`;
    const { people = [], groups = {}, config = {}, key = `key_of_${name}` } = about;
    const { viewport = WIDE, url = this.url, shows = people.length } = about;
    const session = await this.simulator.createSession(name, key, about.by === undefined ? [] : this.hooks);
    for (const person of people) await session.addPerson(typeof person === "string" ? { name: person } : person);
    for (const [group, members] of Object.entries(groups)) await session.addGroup(group, members);
    const context = await this.#browser.newContext({ viewport, locale: "en-US" });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    await watchActivity(page);
    const gateway = { kind: "waha", baseUrl: this.gatewayUrl, session: name, apiKey: key, ...config.gateway };
    const peopleUrl = `${this.gatewayUrl}/_control/people?session=${name}`;
    const choice = about.by === undefined ? {} : { gateways: await this.#gateways(session, gateway, about.instance) };
    await context.route("**/config.json", (route) => route.fulfill({ json: { peopleUrl, ...config, gateway, ...choice } }));
    const scene = new Scene(page, session);
    const address = about.by === undefined ? url : `${url}?gateway=${about.by}`;
    return { scene, page, session, open: () => scene.open(address, shows) };
  }

  /** The list of gateways that the server gives, over another session. */
  async #gateways({ instances: { wawp, waapi } }, waha, changes) {
    const own = {
      waha: () => waha,
      wawp: (gateway) => ({ ...gateway, instanceId: wawp.instanceId, token: wawp.accessToken, ...changes }),
      waapi: (gateway) => ({ ...gateway, instanceId: String(waapi.instanceId), token: waapi.token, ...changes }),
    };
    const { gateways } = await (await fetch(new URL("config.json", this.url))).json();
    return gateways.map((one) => {
      const sooner = one.pollMs === undefined ? {} : { pollMs: POLL_MS };
      return { ...one, ...sooner, gateway: own[one.gateway.kind](one.gateway) };
    });
  }

  async close() {
    await this.#browser.close();
    this.#server.stop();
  }
}

/** One page, in the words of its tests. */
class Scene {
  constructor(page, session) {
    this.page = page;
    this.session = session;
  }

  async open(url, shows) {
    await this.page.goto(url);
    if (shows > 0) await this.chats().first().waitFor();
  }

  /** Another tab of the same browser, on the same page. */
  async tab() {
    const page = await this.page.context().newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    const other = new Scene(page, this.session);
    await other.open(this.page.url(), 1);
    return other;
  }

  /** Until the client is connected and the session works: what is shown to others needs both. */
  async works() {
    await this.page.locator('#status[data-state="open"][data-session="working"]').waitFor();
  }

  chats() {
    return this.page.locator("#chats [role=option]");
  }

  chat(slug) {
    return this.page.locator(`#chats [data-chat="${slug}"]`);
  }

  /** Waits until a chat of the list is so. */
  async shows(slug, line) {
    await this.chat(slug).locator(".chat-status", { hasText: line }).waitFor();
  }

  async connection(state) {
    await this.page.locator(`#status[data-state="${state}"]`).waitFor();
  }

  /** Waits for a trouble and answers with its sentence. */
  async trouble(word) {
    const banner = this.page.locator(`#banner[data-trouble="${word}"]`);
    await banner.waitFor();
    return banner.innerText();
  }

  async noTrouble() {
    await this.page.locator("#banner").waitFor({ state: "hidden" });
  }

  async close() {
    await this.page.context().close();
  }
}

/** Saves what a page looks like, where the caller asked for pictures. */
export async function picture(page, name) {
  const folder = process.env.SCREENSHOTS;
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`) });
}

/** `serve --json`: one line says where the servers are; they stop when their stdin closes. */
async function startServers() {
  const [program, ...first] = process.env.XTASK ? [process.env.XTASK] : ["cargo", "xtask"];
  const child = spawn(program, [...first, "serve", "--json"], { cwd: ROOT, stdio: ["pipe", "pipe", "inherit"] });
  const gone = once(child, "exit").then(([code]) => Promise.reject(new Error(`the servers did not start: exit code ${code}`)));
  const lines = createInterface({ input: child.stdout });
  const told = new Promise((resolve) => {
    lines.on("line", (line) => line.startsWith("{") && resolve(JSON.parse(line)));
  });
  const card = await Promise.race([told, gone]);
  gone.catch(() => {});
  return { ...card, stop: () => child.stdin.end() };
}
