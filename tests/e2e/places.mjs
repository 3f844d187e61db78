// Where a client can be beside the dashboard: in blank pages under any policy, in their workers and frames, in an extension's worker. All in
// one Chromium as people have it.

import { createServer } from "node:http";
import { once } from "node:events";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { launchHiding } from "./browser.mjs";

const WORKERS = new URL("workers/", import.meta.url);
const PKG = new URL("../../pkg/", import.meta.url);
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };

/** Serves the pages, and starts a browser with the extension in it. */
export async function openPlaces() {
  const server = createServer(serve);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const folder = await extension();
  const { browser, stop } = await launchHiding([`--load-extension=${folder}`, `--disable-extensions-except=${folder}`]);
  const close = async () => {
    server.close();
    await rm(folder, { recursive: true });
    await stop();
  };
  return new Places(browser.contexts()[0], server.address().port, close);
}

class Places {
  #context;
  #port;

  constructor(context, port, close) {
    this.#context = context;
    this.#port = port;
    this.close = close;
  }

  /** Every name of this machine is an origin, and a site, of its own. */
  origin(host = "127.0.0.1") {
    return `http://${host}:${this.#port}`;
  }

  /**
   * A tab with a client in it.
   * @param kind `page`, `dedicated` or `shared`, for where in the tab it is.
   * @param about `host` of the page, `policy` that it comes with, that of its worker's script as `its`, the `name` of a shared worker.
   */
  async tab(kind, { host, ...about } = {}) {
    return this.#opened(addressOf(this.origin(host), kind, about));
  }

  /** The same in a page of the extension. */
  async extensionTab() {
    const { origin } = await this.extension();
    return this.#opened(addressOf(origin, "page", {}));
  }

  /** The same in a page of another origin, of which nothing is served but by us: it may be any, on https: too. */
  async tabAt(origin, kind) {
    const page = await this.#context.newPage();
    await page.route(`${origin}/**`, async (route) => {
      const file = await fileOf(new URL(route.request().url()).pathname);
      return route.fulfill(file === null ? { status: 404 } : { body: file.body, contentType: file.type });
    });
    return this.#opened(addressOf(origin, kind, {}), page);
  }

  /** A frame with a client in it, in a page on `host`. */
  async frame(host, { of = "127.0.0.1", sandbox } = {}) {
    const page = await this.#context.newPage();
    await page.goto(`${this.origin(host)}/around.html`);
    await page.evaluate(embed, [addressOf(this.origin(of), "page", {}), sandbox]);
    return place(page, page.frames().at(-1));
  }

  /** The extension's worker. There is one. */
  async extension() {
    const worker = this.#context.serviceWorkers()[0] ?? (await this.#context.waitForEvent("serviceworker"));
    const { protocol, host } = new URL(worker.url());
    return { ask: askBy(worker), origin: `${protocol}//${host}`, close: () => askBy(worker)("close") };
  }

  /** As if its user had allowed pages of this origin to speak to this machine. */
  allowLocalNetwork(origin) {
    return this.#context.grantPermissions(["local-network-access"], { origin });
  }

  /** Freezes the tab, as a browser does to one that is long hidden. The answer thaws it. */
  async freeze({ page }) {
    const cdp = await this.#context.newCDPSession(page);
    const become = (state) => cdp.send("Page.setWebLifecycleState", { state });
    await become("frozen");
    return () => become("active");
  }

  /** Leaves the tab's page for another one. The answer goes back to it as it was: it is not loaded again. */
  async leave({ page }) {
    await page.evaluate(() => (globalThis.kept = true));
    await page.goto(`${this.origin()}/around.html`);
    return async () => {
      // A page that was kept is not waited for: it does not load.
      await page.evaluate(() => setTimeout(() => history.back()));
      await page.waitForFunction(() => globalThis.kept === true);
    };
  }

  async #opened(address, page) {
    page ??= await this.#context.newPage();
    await page.goto(address);
    return place(page, page);
  }
}

async function place(page, frame) {
  await frame.waitForFunction(() => "ask" in globalThis);
  return { page, ask: askBy(frame), close: () => page.close({ runBeforeUnload: true }) };
}

/** Answers with a value, or rejects with what was refused there. */
function askBy(frame) {
  return async (...words) => {
    const { value, error } = await frame.evaluate((words) => globalThis.ask(...words), words);
    if (error !== undefined) throw Object.assign(new Error(error.message), error);
    return value;
  };
}

function addressOf(origin, kind, about) {
  const given = Object.entries({ in: kind, ...about }).filter(([, value]) => value !== undefined);
  return `${origin}/page.html?${new URLSearchParams(given)}`;
}

function embed([address, sandbox]) {
  return new Promise((resolve) => {
    const frame = document.createElement("iframe");
    if (sandbox !== undefined) frame.sandbox = sandbox;
    frame.src = address;
    frame.onload = resolve;
    document.body.append(frame);
  });
}

/** Whoever asks for a file says which policy comes with it. Sandboxed pages are of no origin: anybody may read. */
async function serve(request, response) {
  const { pathname, searchParams } = new URL(request.url, "http://localhost");
  const file = await fileOf(pathname);
  if (file === null) return response.writeHead(404).end();
  const headers = { "content-type": file.type, "access-control-allow-origin": "*" };
  const policy = searchParams.get("policy");
  if (policy) headers["content-security-policy"] = policy;
  response.writeHead(200, headers).end(file.body);
}

async function fileOf(pathname) {
  const type = TYPES[extname(pathname)];
  // Only what is named without steps upwards: a URL has none left.
  const [folder, name] = pathname.startsWith("/pkg/") ? [PKG, pathname.slice(5)] : [WORKERS, pathname.slice(1)];
  const body = type === undefined ? null : await readFile(new URL(name, folder)).catch(() => null);
  return body === null ? null : { body, type };
}

/** An extension has its files in one folder. */
async function extension() {
  const folder = await mkdtemp(join(tmpdir(), "wa-presence-"));
  await cp(fileURLToPath(WORKERS), folder, { recursive: true });
  await cp(fileURLToPath(PKG), join(folder, "pkg"), { recursive: true });
  return folder;
}
