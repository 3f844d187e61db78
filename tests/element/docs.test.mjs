// docs/elements.md names all there is, and nothing that is not.

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";

import { ChatElement } from "../../pkg/element/chat-element.js";
import { kebab } from "../../pkg/element/dom.js";
import { languages } from "../../pkg/element/languages.js";
import { WaPresenceElement } from "../../pkg/element/presence-element.js";
import { LABELS } from "../../pkg/element/words.js";

const root = new URL("../../", import.meta.url);
const page = await readFile(new URL("docs/elements.md", root), "utf8");
const types = await readFile(new URL("pkg/element.d.ts", root), "utf8");
const names = await readdir(new URL("pkg/element/", root));
const code = (await Promise.all(names.map((name) => readFile(new URL(`pkg/element/${name}`, root), "utf8")))).join("\n");

/** What stands as code in the first column of a section's tables. */
function named(section, columns = 1) {
  const [, text] = page.match(new RegExp(`^## ${section}\\n([\\s\\S]*?)(?=^## |(?![\\s\\S]))`, "m"));
  const rows = text.split("\n").filter((line) => line.startsWith("| "));
  return rows.flatMap((row) => row.split("|").slice(1, 1 + columns).flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name)));
}
const found = (pattern) => [...new Set([...code.matchAll(pattern)].map(([, name]) => name))].sort();
const sorted = (all) => [...new Set(all)].sort();

test("every part is named", () => {
  const parts = found(/part: "([\w-]+)"/g);
  assert.ok(parts.length > 10);
  assert.deepEqual(sorted(named("Parts")), parts);
});

test("every custom property is named", () => {
  assert.deepEqual(sorted(named("Custom properties")), found(/var\((--wa-[\w-]+)/g));
});

test("every slot is named", () => {
  const slots = [...found(/slot\("([\w-]+)"/g), ...found(/name: "(indicator)"/g)];
  assert.deepEqual(sorted(named("Slots", 2).filter((name) => !name.startsWith("<"))), sorted(slots));
});

test("every label is named, here and in the declarations", () => {
  assert.deepEqual(sorted(named("Words")), sorted(LABELS));
  const [, body] = types.match(/^export interface WaLabels \{\n([\s\S]*?)^\}/m);
  assert.deepEqual(sorted([...body.matchAll(/^ {2}readonly (\w+)\?/gm)].map(([, name]) => name)), sorted(LABELS));
});

test("every attribute is named, and has a property", () => {
  const observed = WaPresenceElement.observedAttributes.filter((name) => !name.startsWith("label-"));
  const told = named("Attributes and properties").filter((name) => /^[a-z-]+$/.test(name));
  for (const name of observed) assert.ok(told.includes(name), name);
  const labels = ChatElement.observedAttributes.filter((name) => name.startsWith("label-"));
  assert.deepEqual(labels.sort(), LABELS.map((label) => `label-${kebab(label)}`).sort());
});

test("every language is named", () => {
  const english = new Intl.DisplayNames("en", { type: "language" });
  const [, list] = page.match(/words around them are here for ([^.]*)\./);
  for (const lang of languages.keys()) assert.ok(list.includes(english.of(lang).split(" ").at(-1)), lang);
});
