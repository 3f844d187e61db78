import { clientOf, connectBy } from "./client.js";
import * as glue from "./dist/wa_presence.js";

export { chatId, isChatId } from "./chat-id.js";
export { PresenceError } from "./error.js";

// The literal `new URL(…, import.meta.url)` is what bundlers look for to ship the file.
const small = clientOf(glue, () => new URL("./dist/wa_presence_bg.wasm", import.meta.url));

export const connect = connectBy(small, () => import("./hosted.js"));
