// The stage of the end-to-end tests: the servers, a browser, and for each test a page over a session of its own.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { launch } from "./browser.mjs";
import { Relay, isRelayed } from "./relay.mjs";
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
  #relays = new Set();

  constructor(server, browser) {
    this.#server = server;
    this.#browser = browser;
    this.url = server.page;
    /** A page on which nothing runs. One that tests answer themselves, as they do `config.json`, is not let through to loopback. */
    this.blank = new URL("pkg/package.json", server.page).href;
    this.gatewayUrl = server.simulator.url;
    this.adminKey = server.simulator.apiKey;
    /** What opens the instances of the demo itself, at the hosted gateways. */
    this.vendorTokens = [server.simulator.wawp.accessToken, server.simulator.waapi.token];
    this.simulator = new Simulator(server.simulator.url);
  }

  /**
   * A session with these people in it, and a page that shows them.
   * @param about Who is there: `people`, `groups`; what `config.json` says beyond the session's own: `config`; the session's
   *   `key`; where the page is: `viewport`, `url`; how many chats it will show at least: `shows`. With the name of a gateway as
   *   `by` the page has all to choose from, as the server lists them but over this session, and opens on that one; without,
   *   it has WAHA alone. `instance` changes what is known of the session at the hosted ones.
   *
   *   Where it opens on a relay, that is one of the scene's own with this account; with `accounts`, those. `origin` is the page that
   *   it lets in, `between(url)` an address by which the page reaches it, and `issue(relay, account, chats)` its tickets.
   */
  async scene(about = {}) {
    this.#sessions += 1;
    const name = `e2e-${this.#sessions}`;
    const { people = [], groups = {}, config = {}, key = `key_of_${name}` } = about;
    const { viewport = WIDE, url = this.url, shows = people.length } = about;
    const session = await this.simulator.createSession(name, key);
    const relay = await this.#relay(session, about);
    for (const person of people) await session.addPerson(typeof person === "string" ? { name: person } : person);
    for (const [group, members] of Object.entries(groups)) await session.addGroup(group, members);
    const gateway = { kind: "waha", baseUrl: this.gatewayUrl, session: name, apiKey: key, ...config.gateway };
    const peopleUrl = `${this.gatewayUrl}/_control/people?session=${name}`;
    const choice = about.by === undefined ? {} : { gateways: await this.#gateways(session, gateway, relay, about) };
    const address = about.by === undefined ? url : `${url}?gateway=${about.by}`;
    const enter = async (leave) => {
      const context = await this.#browser.newContext({ viewport, locale: "en-US" });
      await context.route("**/config.json", (route) => route.fulfill({ json: { peopleUrl, ...config, gateway, ...choice } }));
      if (relay !== null) await giveTickets(context, relay, about.issue ?? signed(people));
      return this.#enter(context, session, leave);
    };
    const scene = await enter(() => this.#leave(session, relay));
    /** The same page in a browser of somebody else's, who leaves the scene to us. */
    const visit = async () => {
      const other = await enter();
      await other.open(address, shows);
      return other;
    };
    return { scene, page: scene.page, session, relay, visit, open: () => scene.open(address, shows) };
  }

  /** The page as whoever starts the demo gets it, with the people, the relay and the tickets of the demo. */
  async demo(by) {
    const scene = await this.#enter(await this.#browser.newContext({ viewport: WIDE, locale: "en-US" }), null);
    await scene.open(`${this.url}?gateway=${by}`, 1);
    return scene;
  }

  async #enter(context, session, leave) {
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    await watchActivity(page);
    return new Scene(page, session, leave);
  }

  async #leave(session, relay) {
    if (relay === null) return;
    this.#relays.delete(relay);
    await relay.stop();
    await session.end();
  }

  async #relay(session, { by, accounts = [by].filter(isRelayed), config = {}, instance, origin = new URL(this.url).origin }) {
    if (accounts.length === 0) return null;
    const { typingTtlMs: typing_ttl_ms, guard } = config;
    const about = { gatewayUrl: this.gatewayUrl, origin, names: accounts, instance, options: { typing_ttl_ms, guard } };
    const relay = await Relay.start(this.#server.relay, session, about);
    this.#relays.add(relay);
    return relay;
  }

  /** The list of gateways that the server gives, over another session. */
  async #gateways({ instances: { waapi } }, waha, relay, { instance, between }) {
    const url = relay === null ? undefined : await (between?.(relay.url) ?? relay.url);
    const own = {
      waha: () => waha,
      waapi: (gateway) => ({ ...gateway, instanceId: String(waapi.instanceId), token: waapi.token, ...instance }),
      relay: (gateway) => ({ ...gateway, url: url ?? gateway.url }),
    };
    const { gateways } = await (await fetch(new URL("config.json", this.url))).json();
    return gateways.map((one) => {
      const sooner = one.pollMs === undefined ? {} : { pollMs: POLL_MS };
      return { ...one, ...sooner, gateway: own[one.gateway.kind](one.gateway) };
    });
  }

  async close() {
    await this.#browser.close();
    // Those of scenes that failed before their end.
    await Promise.all([...this.#relays].map((relay) => relay.stop()));
    this.#server.stop();
  }
}

/** One page, in the words of its tests. */
class Scene {
  #leave;

  /** @param leave Ends what the scene has beside its page. */
  constructor(page, session, leave = () => {}) {
    this.page = page;
    this.session = session;
    this.#leave = leave;
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
    await this.#leave();
  }
}

/** Answers whoever asks for tickets as `issue(relay, account, chats)` does: with one, or with a refusal's status. */
function giveTickets(context, relay, issue) {
  return context.route("**/ticket/*", (route) => {
    const request = route.request();
    const account = new URL(request.url()).pathname.split("/").at(-1);
    const answer = issue(relay, account, request.postDataJSON().chats);
    if (typeof answer === "number") return route.fulfill({ status: answer });
    return route.fulfill({ contentType: "text/plain", body: answer });
  });
}

/** Tickets as a back end signs them that knows who has which two ids. */
function signed(people) {
  const aliases = Object.fromEntries(people.filter(({ lid }) => lid !== undefined).map(({ id, lid }) => [lid, id]));
  return (relay, account, chats) => relay.ticket(account, chats, { aliases });
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
