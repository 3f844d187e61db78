import { clientOf, isHosted } from "./client.js";
import * as glue from "./dist/wa_presence.js";

export { chatId, isChatId } from "./chat-id.js";
export { PresenceError } from "./error.js";

// Node's fetch reads no files.
const file = (name) => async () => {
  const { readFile } = await import("node:fs/promises");
  return readFile(new URL(`./dist/${name}_bg.wasm`, import.meta.url));
};

const here = clientOf(glue, file("wa_presence"));
let hosted;

export async function connect(options, load) {
  if (!isHosted(options)) return here(options, load);
  hosted ??= clientOf(await import("./dist/hosted.js"), file("hosted"));
  return hosted(options, load);
}
