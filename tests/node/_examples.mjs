// The examples of a page in docs as modules: compiled as a user would, strictly, and then run.

import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../../", import.meta.url));
const run = promisify(execFile);

/** Every function the page's examples export, by its name. */
export async function examplesOf(page) {
  const text = await readFile(join(root, page), "utf8");
  const blocks = [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, block]) => block);
  const folder = await mkdtemp(join(tmpdir(), "wa-presence-examples-"));
  try {
    return await compiled(blocks, folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function compiled(blocks, folder) {
  await mkdir(join(folder, "node_modules"));
  // As `npm install ./pkg` would leave it.
  await symlink(join(root, "pkg"), join(folder, "node_modules", "wa-presence"));
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  await Promise.all(blocks.map((block, n) => writeFile(join(folder, `example-${n}.ts`), block)));
  const compilerOptions = {
    target: "es2022", module: "nodenext", lib: ["esnext", "dom"], types: [], strict: true, noUncheckedIndexedAccess: true, outDir: "out",
  };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
  const tsc = join(root, "node_modules", "typescript-7", "bin", "tsc");
  await run(process.execPath, [tsc, "--project", folder]).catch(({ stdout }) => {
    throw new Error(`the examples do not compile:\n${stdout}`);
  });
  const modules = await Promise.all(blocks.map((_, n) => import(pathToFileURL(join(folder, "out", `example-${n}.js`)))));
  return Object.assign({}, ...modules);
}
