// Every gateway: Wawp, WaAPI and relays too. `index.js` imports it for those who ask for them; where nothing may be imported so late, as in
// a service worker, it takes the place of `index.js`.

import { clientOf, connectBy } from "./client.js";
import * as glue from "./dist/hosted.js";

export { chatId, isChatId } from "./chat-id.js";
export { PresenceError } from "./error.js";

const all = clientOf(glue, () => new URL("./dist/hosted_bg.wasm", import.meta.url));

export const connect = connectBy(all, () => ({ connect: all }));
