// What the README says of bundlers and runtimes is what tests/package/ runs: the rows and the pinned versions, without running them.

import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { test } from "node:test";

import { parts } from "../package/_table.mjs";

const fixtures = new URL("../package/fixtures/", import.meta.url);

test("every place that the package is run in has its row in the README, with the version that is pinned, and no other has one", async () => {
  const { table } = await parts();
  const rows = new Map(table.map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim())).map((cells) => [cells[0], cells]));
  for (const name of await readdir(fixtures)) {
    const { title, tool, entry, from = name } = (await import(new URL(`${name}/fixture.mjs`, fixtures))).default;
    const { dependencies = {} } = JSON.parse(await readFile(new URL(`${from}/package.json`, fixtures), "utf8"));
    for (const [dependency, version] of Object.entries(dependencies)) assert.match(version, /^\d+\.\d+\.\d+$/, `${name}: ${dependency} is pinned`);
    const row = rows.get(title);
    assert.ok(row !== undefined, `${name} has no row: cargo xtask test --packages --bless`);
    if (tool !== undefined) assert.equal(row[1], dependencies[tool], name);
    assert.equal(row[2], `\`${entry}\``, name);
    assert.equal(row.at(-1), "ok", name);
    rows.delete(title);
  }
  assert.deepEqual([...rows.keys()], [], "rows of nothing that is run");
});
