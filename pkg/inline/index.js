// What `cargo xtask build` makes dist/inline.js of: one file with the loader, the glue and the module, for wherever a file beside a
// script is not found again: servers that are bundled, bundlers that do not know `new URL(…, import.meta.url)`, a page of one script.

import { clientOf, connectBy } from "../client.js";
import * as glue from "../dist/wa_presence.js";
import compressed from "module.gz";
import { decompress } from "./decompress.js";

export { chatId, isChatId } from "../chat-id.js";
export { PresenceError } from "../error.js";

// The path is that of the built file beside the one that this becomes: a page that speaks to WAHA alone does not load it.
export const connect = connectBy(clientOf(glue, () => decompress(compressed)), () => import("./inline-hosted.js"));
