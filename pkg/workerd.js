// Workers of workerd compile nothing at run time: they import modules that were compiled when they were deployed.

import { clientOf, connectBy } from "./client.js";
import * as glue from "./dist/wa_presence.js";
import module from "./dist/wa_presence_bg.wasm";

export { chatId, isChatId } from "./chat-id.js";
export { PresenceError } from "./error.js";

export const connect = connectBy(clientOf(glue, () => module), () => import("./workerd-hosted.js"));
