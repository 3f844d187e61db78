// The table in the README of where the package was run, as it came out.

import { readFile, writeFile } from "node:fs/promises";

const readme = new URL("../../README.md", import.meta.url);
const BEGIN = "<!-- what `cargo xtask test --packages --bless` writes -->";
const END = "<!-- until here -->";
const HEAD = ["| where | version | import | the module is | |", "|---|---|---|---|---|"];

/** Writes what came out. A run of some rows leaves the others as they are. */
export async function bless(rows, { all }) {
  const { text, before, table, after } = await parts();
  const lines = rows.map(line);
  const merged = all ? lines : table.map((old) => lines.find((line) => first(line) === first(old)) ?? old);
  const missing = lines.filter((line) => !merged.includes(line));
  const written = [before, [BEGIN, "", ...HEAD, ...merged, ...missing, "", ""].join("\n"), after].join("");
  if (written !== text) await writeFile(readme, written);
  console.log(`wrote the table of the README, ${merged.length + missing.length} rows`);
}

/** Whether the README says what came out. */
export async function check(rows, { all }) {
  const { table } = await parts();
  const wrong = rows.filter((row) => !table.some((line) => says(line, row))).map(line);
  for (const line of wrong) console.log(`the README's table lacks: ${line}`);
  const lines = rows.map(line).map(first);
  const gone = all ? table.filter((old) => !lines.includes(first(old))) : [];
  for (const old of gone) console.log(`the README's table has, and no run: ${old}`);
  if (wrong.length + gone.length > 0) console.log("if this is meant: cargo xtask test --packages --bless");
  return wrong.length + gone.length === 0;
}

/** The README, cut at the marks; `table` is the lines that are not its head. */
export async function parts() {
  const text = await readFile(readme, "utf8");
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error("the README has no marks for the table of packages");
  const inner = text.slice(begin + BEGIN.length, end).split("\n");
  const table = inner.filter((line) => line.startsWith("|") && !HEAD.includes(line));
  return { text, before: text.slice(0, begin), table, after: text.slice(end) };
}

/** Node and Chromium are the machine's own, of whatever version. */
function says(found, row) {
  return found === line(row.pinned ? row : { ...row, version: found.split("|")[2]?.trim() });
}

function line({ title, version, entry, module }) {
  return `| ${title} | ${version} | \`${entry}\` | ${module} | ok |`;
}

function first(line) {
  return line.split("|")[1].trim();
}
