// A program in a process of its own: modules are loaded once per process, and some tests are about that.

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

// Runs the body of an async function as a module, in `cwd`, and returns what it returned, by way of JSON.
export async function fresh(body, { cwd = root, imports = 'import { connect, chatId, isChatId, PresenceError } from "./pkg/node.js";' } = {}) {
  const program = `${imports}\nconst result = await (async () => {${body}})();\nprocess.stdout.write(JSON.stringify(result ?? null));`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], { cwd });
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (text) => { out += text; });
  child.stderr.setEncoding("utf8").on("data", (text) => { err += text; });
  const code = await new Promise((resolve) => child.on("close", resolve));
  if (code !== 0) throw new Error(`the program ended with ${code}: ${err}`);
  return { result: JSON.parse(out), err };
}
