import { connectWith } from "./client.js";

export { chatId, isChatId } from "./chat-id.js";
export { PresenceError } from "./error.js";

// The literal `new URL(…, import.meta.url)` is what bundlers look for to ship the file.
const wasm = () => new URL("./dist/wa_presence_bg.wasm", import.meta.url);

export function connect(options, load) {
  return connectWith(wasm, options, load);
}
