import { clientOf, isHosted } from "./client.js";
import * as glue from "./dist/wa_presence.js";

export { chatId, isChatId } from "./chat-id.js";
export { PresenceError } from "./error.js";

// The literal `new URL(…, import.meta.url)` is what bundlers look for to ship the file.
const here = clientOf(glue, () => new URL("./dist/wa_presence_bg.wasm", import.meta.url));

export async function connect(options, load) {
  return isHosted(options) ? (await import("./hosted.js")).connect(options, load) : here(options, load);
}
