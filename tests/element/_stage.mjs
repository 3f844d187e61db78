// The stage of the element tests: a server with a strict policy, a browser, and for each test a page of its own, on which nothing may be
// said on the console, nothing may throw and nothing may break the policy.

import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { launch } from "../e2e/browser.mjs";

const ROOT = new URL("../../", import.meta.url);
const TYPES = { ".js": "text/javascript", ".wasm": "application/wasm", ".css": "text/css", ".svg": "image/svg+xml" };
const PATIENCE_MS = 10_000;
const FOLDERS = /^\/(pkg|node_modules\/axe-core|tests\/element)\/[\w./-]+$/;

/** Nothing inline and nothing foreign, and no text is made into markup or script. */
function policy(connect, scripts) {
  return [
    "default-src 'none'",
    `script-src 'self' 'wasm-unsafe-eval' ${scripts}`,
    "style-src 'self'",
    "img-src 'self'",
    `connect-src 'self' ${connect}`,
    "require-trusted-types-for 'script'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/** Chromium's own words for a request that fails. */
export const NETWORK = /^error: Failed to load resource/;

export async function openStage() {
  const browser = await launch();
  return new Stage(await serve(), await serve(), browser);
}

class Stage {
  #server;
  #cdn;
  #browser;

  constructor(server, cdn, browser) {
    this.#server = server;
    this.#cdn = cdn;
    this.#browser = browser;
    this.origin = server.origin;
    /** Where the package is as well, at another origin. */
    this.cdn = cdn.origin;
  }

  /**
   * A page with this markup in its body.
   * @param about `head`, beside the elements' script, and without it if `bare`; `lang`, `dir`; `connect` and `scripts`, addresses that the policy
   *   lets in; `issue(chats, account)`, what `ticket` and `ticket?account=…` answer: a ticket, or a refusal's status; `context`, of Playwright.
   */
  async page(body, { head = "", bare = false, lang = "en", dir = "ltr", connect = "", scripts = "", issue, context = {}, before } = {}) {
    const script = bare ? "" : '<script type="module" src="/pkg/element.js"></script>';
    const markup = `<!doctype html><html lang="${lang}" dir="${dir}"><head><meta charset="utf-8"><title>Elements</title>
      <link rel="stylesheet" href="/tests/element/page.css">${script}${head}</head><body><main>${body}</main></body></html>`;
    const path = this.#server.add({ markup, policy: policy(connect, scripts), issue });
    const opened = await this.#browser.newContext({ locale: "en-US", timezoneId: "Europe/Berlin", ...context });
    const page = await opened.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    const said = watch(page);
    await page.addInitScript(() => {
      globalThis.violations = [];
      document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => violations.push(`${violatedDirective} ${blockedURI}`));
    });
    await before?.(page);
    await page.goto(`${this.origin}${path}`);
    /** Ends it. `except` is what Chromium, or what a test does on purpose, may say. */
    const done = async (except) => {
      const violations = await page.evaluate(() => globalThis.violations);
      await opened.close();
      const rest = said.filter((text) => !except?.test(text));
      assert.deepEqual({ said: rest, violations }, { said: [], violations: [] });
    };
    return Object.assign(page, { done });
  }

  async close() {
    await this.#browser.close();
    this.#server.close();
    this.#cdn.close();
  }
}

/** Everything that a page says or throws. */
function watch(page) {
  const said = [];
  page.on("console", (message) => said.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => said.push(`thrown: ${error.stack}`));
  return said;
}

/** Pages by their addresses; the package and what the tests need beside it. */
async function serve() {
  const pages = new Map();
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, "http://127.0.0.1");
    const [, number, what] = /^\/(\d+)\/(ticket)?$/.exec(pathname) ?? [];
    if (what === "ticket") return answerTicket(pages.get(number), searchParams.get("account") ?? undefined, request, response);
    if (number !== undefined) {
      const { markup, policy: said } = pages.get(number);
      return response.writeHead(200, { "content-type": "text/html", "content-security-policy": said }).end(markup);
    }
    if (pathname === "/favicon.ico") return response.writeHead(204).end();
    if (!FOLDERS.test(pathname) || pathname.includes("..")) return response.writeHead(404).end();
    try {
      const bytes = await readFile(fileURLToPath(new URL(`.${pathname}`, ROOT)));
      return response.writeHead(200, { "content-type": TYPES[extname(pathname)] ?? "text/plain", "access-control-allow-origin": "*" }).end(bytes);
    } catch {
      return response.writeHead(404).end();
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const add = (page) => {
    pages.set(String(pages.size), page);
    return `/${pages.size - 1}/`;
  };
  return { origin: `http://127.0.0.1:${server.address().port}`, add, close: () => server.close() };
}

async function answerTicket({ issue }, account, request, response) {
  let body = "";
  for await (const chunk of request) body += chunk;
  // Who is asked for tickets by a page that expects none has none.
  const answer = issue === undefined ? 404 : issue(JSON.parse(body).chats, account);
  if (typeof answer === "number") return response.writeHead(answer).end();
  return response.writeHead(200, { "content-type": "text/plain" }).end(answer);
}
