// Views as users write them, compiled and loaded: .tsx, .vue and .svelte, for the framework that is installed or another release of it.

import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { build } from "esbuild";
import { compileScript, parse } from "vue/compiler-sfc";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Runs `use` in a folder with these files and the packages of this repository, as `npm install` would leave it. */
export async function inProject(files, use) {
  const folder = await mkdtemp(join(tmpdir(), "wa-presence-views-"));
  try {
    const modules = join(folder, "node_modules");
    await mkdir(join(modules, "@types"), { recursive: true });
    await symlink(join(root, "pkg"), join(modules, "wa-presence"));
    for (const name of ["react", "react-dom", "@types/react", "csstype", "vue", "svelte", "svelte4"]) {
      await symlink(join(root, "node_modules", name), join(modules, name));
    }
    await writeFile(join(folder, "package.json"), '{ "type": "module" }');
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The module of one of a project's files, compiled; Svelte's runtime comes with it. `on` says where it is to run. */
export async function loaded(folder, file, { svelte = "svelte", on = "page" } = {}) {
  const outfile = join(folder, `${file}.${svelte}.${on}.mjs`);
  await build({
    entryPoints: [join(folder, file)],
    outfile,
    bundle: true,
    format: "esm",
    platform: on === "page" ? "browser" : "node",
    jsx: "automatic",
    external: ["react", "react-dom", "vue", "wa-presence"],
    alias: svelte === "svelte" ? {} : { svelte },
    plugins: [{ name: "views", setup: (builder) => [vueFiles, svelteFiles(svelte, on)].forEach((files) => files(builder)) }],
    logLevel: "silent",
  });
  return import(pathToFileURL(outfile));
}

function vueFiles(builder) {
  builder.onLoad({ filter: /\.vue$/ }, async ({ path }) => {
    const { descriptor, errors } = parse(await readFile(path, "utf8"), { filename: path });
    if (errors.length > 0) throw errors[0];
    return { contents: compileScript(descriptor, { id: "view", inlineTemplate: true }).content, loader: "ts" };
  });
}

const svelteFiles = (release, on) => (builder) => {
  const generate = { svelte: { page: "client", server: "server" }, svelte4: { page: "dom", server: "ssr" } }[release][on];
  builder.onLoad({ filter: /\.svelte$/ }, async ({ path }) => {
    const { compile } = await import(`${release}/compiler`);
    const { js, warnings } = compile(await readFile(path, "utf8"), { filename: path, generate });
    if (warnings.length > 0) throw new Error(warnings.map(({ message }) => message).join("\n"));
    return { contents: js.code };
  });
};
