// What is released: one version wherever it stands, and exactly these files in the tarball.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

const root = new URL("../../", import.meta.url);
const text = (path) => readFile(new URL(path, root), "utf8");

/** What comes into the package, and nothing else. A file that is added is added here. */
const FILES = `
  LICENSE-APACHE LICENSE-MIT README.md THIRD-PARTY-LICENSES.md package.json
  chat-id.js client.js conversation.js crash.js error.js globals.d.ts hosted.js index.d.ts index.js ingest.js inline.d.ts node.js
  element.d.ts element.js element/activity.js element/announcer.js element/chat-element.js element/connections.js element/dom.js
  element/indicator.js element/language.js element/languages.js element/last-seen-element.js element/linked-element.js element/minutes.js
  element/moments.js element/names.js element/presence-element.js element/source-element.js element/state.js element/styles.js
  element/ticket.js element/typing-element.js element/words.js
  mounted.js react.d.ts react.js stores.js svelte.d.ts svelte.js vue.d.ts vue.js
  testing.d.ts testing.js testing/calls.js testing/clock.js testing/gateway.js testing/socket.js
  wasm.d.ts webhook-core.js webhook-edge.js webhook-node.js webhook.d.ts webhook.js workerd-hosted.js workerd.js
  dist/hosted.js dist/hosted_bg.wasm dist/inline-hosted.js dist/inline-webhook.js dist/inline.js
  dist/wa_presence.d.ts dist/wa_presence.js dist/wa_presence_bg.wasm dist/webhook.js dist/webhook_bg.wasm
`;

test("the tarball has exactly the files that are meant", () => {
  const printed = execFileSync("npm", ["pack", "--dry-run", "--json"], { cwd: new URL("pkg", root), encoding: "utf8" });
  const packed = JSON.parse(printed)[0].files.map(({ path }) => path);
  assert.deepEqual(packed.sort(), FILES.trim().split(/\s+/).sort());
});

test("Cargo.toml, the package and the changelog name one version", async () => {
  const [cargo, npm, lock, changelog] = await Promise.all(["Cargo.toml", "pkg/package.json", "Cargo.lock", "CHANGELOG.md"].map(text));
  const [, version] = cargo.match(/^\[workspace\.package\]\nversion = "([^"]+)"$/m);
  assert.equal(JSON.parse(npm).version, version);
  assert.ok(lock.includes(`name = "wa-presence"\nversion = "${version}"\n`), "Cargo.lock");
  const [, newest] = changelog.match(/^## \[([^\]]+)\]/m);
  assert.ok([version, "Unreleased"].includes(newest), `the changelog begins with ${newest}`);
  assert.ok(changelog.includes(`\n[${version}]: `), `the changelog has no link for ${version}`);
});

test("the package needs nothing else at run time", async () => {
  const { dependencies, peerDependencies = {}, peerDependenciesMeta = {} } = JSON.parse(await text("pkg/package.json"));
  assert.equal(dependencies, undefined);
  for (const name of Object.keys(peerDependencies)) assert.equal(peerDependenciesMeta[name]?.optional, true, name);
});

test("every script that the package imports is in it", async () => {
  const files = FILES.trim().split(/\s+/);
  for (const file of files.filter((name) => name.endsWith(".js") && !name.startsWith("dist/inline"))) {
    for (const [, , path] of (await text(`pkg/${file}`)).matchAll(/\b(from|import\(|import|URL\() ?"(\.[^"?]+)/g)) {
      const target = new URL(path, `https://pkg.example/${file}`).pathname.slice(1);
      assert.ok(files.includes(target), `${file} imports ${target}`);
    }
  }
});
