// A folder over HTTP on loopback, as a plain web server has it; and a fixture's own server.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

import { until } from "../e2e/simulator.mjs";

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".wasm": "application/wasm" };

/** Serves a folder, with these headers on every answer. */
export async function serve(folder, headers = {}) {
  const server = createServer(async ({ url }, response) => {
    const { pathname } = new URL(url, "http://localhost");
    const path = join(folder, normalize(decodeURIComponent(pathname === "/" ? "/index.html" : pathname)));
    const body = await readFile(path).catch(() => null);
    const type = TYPES[extname(path)] ?? "application/octet-stream";
    response.writeHead(body === null ? 404 : 200, { "content-type": type, ...headers }).end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const stop = () => new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${server.address().port}/`, stop };
}

/** Starts a command that serves at `$PORT`, and waits until it answers. */
export async function startServer(command, folder, patienceMs) {
  const port = await freePort();
  const child = spawn(command, { cwd: folder, shell: true, detached: true, env: { ...process.env, PORT: String(port), HOST: "127.0.0.1" } });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => { said += text; });
  const gone = once(child, "exit");
  const stop = async () => {
    // The shell and what it started.
    if (child.exitCode === null) process.kill(-child.pid);
    await gone;
  };
  const url = `http://127.0.0.1:${port}/`;
  try {
    await until(`an answer of \`${command}\``, async () => {
      if (child.exitCode !== null) throw new Error(`\`${command}\` ended with ${child.exitCode}`);
      return fetch(url).then(({ ok }) => ok, () => false);
    }, patienceMs);
  } catch (error) {
    await stop();
    throw new Error(`${error.message}: ${said.trim()}`);
  }
  return { url, stop };
}

async function freePort() {
  const { url, stop } = await serve(".");
  await stop();
  return new URL(url).port;
}
