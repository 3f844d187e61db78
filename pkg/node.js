import { connectWith } from "./client.js";

export { chatId, isChatId } from "./chat-id.js";
export { PresenceError } from "./error.js";

// Node's fetch reads no files.
async function wasm() {
  const { readFile } = await import("node:fs/promises");
  return readFile(new URL("./dist/wa_presence_bg.wasm", import.meta.url));
}

export function connect(options, load) {
  return connectWith(wasm, options, load);
}
