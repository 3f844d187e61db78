import { clientOf, connectBy } from "./client.js";
import * as glue from "./dist/wa_presence.js";
import { PresenceError, unloaded } from "./error.js";

export { chatId, isChatId } from "./chat-id.js";
export { PresenceError };

// The literal `new URL(…, import.meta.url)` is what bundlers look for to ship the file.
const small = clientOf(glue, () => new URL("./dist/wa_presence_bg.wasm", import.meta.url));

export const connect = connectBy(small, () => import("./hosted.js").catch(missing));

function missing(cause) {
  if (!("ServiceWorkerGlobalScope" in globalThis)) throw unloaded(cause);
  const message = 'options.gateway: a service worker imports nothing this late: import connect from "wa-presence/hosted", which has every gateway';
  throw new PresenceError("unsupported", message, { cause });
}
