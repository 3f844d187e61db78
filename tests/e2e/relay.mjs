// A relay of a test's own, between the gateways of its session and its pages. It can be killed, and started again at the same address.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { ticket } from "../../relay/examples/ticket.mjs";

/** Where the simulator is which gateway, and which of its instances the session has there. */
const accounts = {
  "wawp-v1": { face: "wawp", path: "/wp-json/awp/v1", more: { version: "v1", accept_undated: true } },
  "wawp-v2": { face: "wawp", path: "/v2", more: { version: "v2" } },
  waapi: { face: "waapi", path: "/api/v1", more: {} },
};
/** Longer than a debug build takes to start on a busy machine. */
const START_MS = 20_000;
const TICKET_KEY = "a-ticket-key-of-the-stories-32-bytes";
const HOOK_SECRET = "a-hook-secret-of-the-stories";

/** The names of those that a page reaches by a relay only. */
export function isRelayed(by) {
  return by in accounts;
}

export class Relay {
  #program;
  #folder;
  #child = null;
  #port = 0;
  #environment;
  #log = "";

  /**
   * Starts one and has the session post to it.
   * @param about `gatewayUrl`, the simulator's; `origin` of the pages; `names` of the accounts; `instance` changes what those of the
   *   session are, `options` what else each account has, by the names of the relay's configuration.
   */
  static async start(program, session, about) {
    const folder = await mkdtemp(join(tmpdir(), "wa-presence-e2e-"));
    const relay = new Relay(program, folder, session, about);
    await writeFile(join(folder, "relay.toml"), configuration(session, about), { mode: 0o600 });
    await relay.resume();
    for (const name of about.names) {
      await session.addWebhook({ url: `${relay.url}/hooks/${name}`, secret: HOOK_SECRET, face: accounts[name].face });
    }
    return relay;
  }

  constructor(program, folder, { instances: { wawp, waapi } }, { instance: { token } = {} }) {
    this.#program = program;
    this.#folder = folder;
    this.#environment = {
      TICKET_KEY,
      HOOK_SECRET,
      WAWP_TOKEN: token ?? wawp.accessToken,
      WAAPI_TOKEN: token ?? waapi.token,
    };
  }

  get url() {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Everything it logged, of all its lives. */
  get log() {
    return this.#log;
  }

  /** What must not be seen anywhere else. */
  get secrets() {
    return Object.values(this.#environment);
  }

  /** Ends it in mid-flow: nobody is told. */
  async kill() {
    const child = this.#child;
    this.#child = null;
    const gone = once(child, "exit");
    // False where it ended by itself.
    if (child.kill("SIGKILL")) await gone;
  }

  /** Starts it, at the address it had before. */
  async resume() {
    const child = spawn(this.#program, ["--config", join(this.#folder, "relay.toml"), "--log", "debug"], {
      env: { ...this.#environment, WA_PRESENCE_RELAY_LISTEN: `127.0.0.1:${this.#port}` },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    child.stderr.on("data", (said) => (this.#log += said));
    const lines = createInterface({ input: child.stdout });
    const told = new Promise((resolve) => lines.once("line", resolve));
    const failed = Promise.race([once(child, "exit"), once(child, "error"), late()]).then(() => null);
    const line = await Promise.race([told, failed]);
    if (line === null) throw new Error(`the relay did not start: ${this.#log}`);
    this.#port = Number(new URL(JSON.parse(line).url).port);
  }

  /** A ticket for these chats of an account, as a back end signs it. `minutes` may be a part of one. */
  ticket(account, chats, more = {}) {
    return ticket({ agent: "agent-of-the-stories", account, chats, ...more }, TICKET_KEY);
  }

  async stop() {
    if (this.#child !== null) await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

function configuration({ instances: { wawp, waapi } }, { gatewayUrl, origin, names, instance = {}, options = {} }) {
  const ids = { wawp: wawp.instanceId, waapi: String(waapi.instanceId) };
  const sections = names.map((name) => {
    const { face, path, more } = accounts[name];
    const account = {
      gateway: face,
      base_url: `${gatewayUrl}${path}`,
      instance_id: instance.instanceId ?? ids[face],
      token_env: `${face.toUpperCase()}_TOKEN`,
      webhook_secret_env: "HOOK_SECRET",
      ...more,
      ...options,
    };
    return [`[accounts.${name}]`, ...lines(account)];
  });
  return [...lines({ origins: [origin] }), "[tickets]", ...lines({ key_env: "TICKET_KEY" }), ...sections.flat(), ""].join("\n");
}

/** As TOML: what that writes of these values, JSON does too. */
function lines(values) {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return given.map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
}

function late() {
  return new Promise((resolve) => setTimeout(resolve, START_MS).unref());
}
