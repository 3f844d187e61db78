// Every example in the declarations' comments, compiled strictly as it stands there, with what it takes for granted declared around it.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { inProject } from "./_views.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
/** Where they stand. What the module's own declare is exported by the first entry. */
const FOLDERS = ["pkg", "src/js/types"];
/** The least that is found, or they are sought in the wrong way. */
const AT_LEAST = 45;

/** What an application, its framework and its page have. Things of ours have their types: an example that uses them wrongly is found. */
const GRANTED = `
  declare const presence: P.Presence, snapshot: P.Snapshot, options: P.ConnectOptions;
  declare const { knowledge, availability }: P.Snapshot;
  declare const gateway: T.FakeGateway, clock: T.FakeClock;
  declare const client: any, element: E.WaPresenceElement, source: E.WaPresenceSourceElement;
  declare const secret: string, text: string, apiKey: string, body: string, request: Request;
  declare const textarea: HTMLTextAreaElement;
  declare let answer: string;
  declare const user: { value: unknown }, props: { chat: P.ChatId }, chats: { id: P.ChatId }[];
  declare const virtualizer: { getVirtualItems(): { index: number }[] };
  declare const rows: { id: P.ChatId, isVisible: boolean, index: number }[] & { value: { index: number }[] };
  declare const App: any, Inbox: any, Banner: any;
  declare function fetchScopedKey(): Promise<string>;
  declare function generate(about?: AbortSignal | P.Turn): Promise<string>;
  declare function send(text?: string): Promise<void>;
  declare function retryIn(ms: number): void;
  declare function draw(...told: string[]): void;
  declare function drawRow(chat: P.ChatId, snapshot: P.Snapshot): void;
  declare function notify(person: unknown): void;
  declare function forward(events: unknown): void;
  declare function assignAgent(chat: P.ChatId): void;
  declare function openTicket(chat: P.ChatId): void;
  declare function optionsOf(user: unknown): P.ConnectOptions;
  declare function onMount(begin: () => unknown): void;
  declare function $derived<T>(value: T): T;
  declare function $effect(run: () => void): void;
`;
const NAMED = `
  import type * as P from "wa-presence";
  import type * as T from "wa-presence/testing";
  import type * as E from "wa-presence/element";
`;
/** What is imported with an entry of that name. */
const BESIDE = {
  vue: `import { computed, createApp, useTemplateRef } from "vue";`,
  testing: `import { connect } from "wa-presence";`,
  element: `import { connect } from "wa-presence";`,
  wasm: `import { connect } from "wa-presence";`,
  inline: `import { connect } from "wa-presence/inline";`,
};

test("the examples in the comments of all entries compile", async () => {
  const entries = new Map();
  for (const folder of FOLDERS) {
    for (const file of (await readdir(join(root, folder))).filter((name) => name.endsWith(".d.ts"))) {
      const entry = folder === "pkg" ? file.replace(".d.ts", "") : "index";
      entries.set(entry, [...(entries.get(entry) ?? []), ...examplesIn(await readFile(join(root, folder, file), "utf8"))]);
    }
  }
  const found = [...entries.values()].flat().length;
  assert.ok(found >= AT_LEAST, `${found} examples`);
  const modules = await Promise.all([...entries].filter(([, examples]) => examples.length > 0).map(moduleOf));
  await inProject(Object.fromEntries(modules), async (folder) => {
    const compilerOptions = {
      target: "es2022", module: "nodenext", lib: ["esnext", "dom"], jsx: "react-jsx", types: [], strict: true, noEmit: true,
    };
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.tsx"] }));
    const tsc = join(root, "node_modules", "typescript-7", "bin", "tsc");
    await promisify(execFile)(process.execPath, [tsc, "--project", folder]).catch(({ stdout }) => assert.fail(stdout));
  });
});

/** Scripts alone: what is HTML is for no compiler. */
function examplesIn(text) {
  const blocks = [...text.matchAll(/@example\n([\s\S]*?)(?=\n\s*\*\s*@|\n\s*\*\/)/g)];
  const examples = blocks.map(([, block]) => block.replaceAll(/^\s*\* ?/gm, ""));
  return examples.filter((example) => !/^<(script|wa-)/.test(example));
}

/** Each example in a function of its own, with everything that its entry exports at hand. */
async function moduleOf([entry, examples]) {
  const path = entry === "index" ? "wa-presence" : `wa-presence/${entry}`;
  const text = await readFile(join(root, "pkg", `${entry}.d.ts`), "utf8");
  const exported = [...text.matchAll(/^export (?:declare )?(?:function|class|const) (\w+)/gm)].map(([, name]) => name);
  const usual = entry === "wasm" ? `import wasm from "${path}";` : `import { ${[...new Set(exported)].join(", ")} } from "${path}";`;
  const types = entry === "index" ? `import type { ConnectOptions, Credential, OwnPolicy } from "wa-presence";` : "";
  const functions = examples.map((example, n) => {
    const body = example.replaceAll(/^import .*$/gm, "").replaceAll(/^export /gm, "");
    // JSX that stands for itself is what a component returns.
    return `export async function example${n}() {\n${body.startsWith("<") ? `return (${body});` : body}\n}`;
  });
  const chat = `declare const chat: ${entry === "testing" ? "P.Watch" : "P.ChatId"};`;
  return [`${entry}.tsx`, [NAMED, usual, types, BESIDE[entry] ?? "", GRANTED, chat, ...functions].join("\n")];
}
