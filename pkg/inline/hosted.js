// What `cargo xtask build` makes dist/inline-hosted.js of: the module with Wawp, WaAPI and relays, in one file with its glue.

import { clientOf } from "../client.js";
import * as glue from "../dist/hosted.js";
import compressed from "module.gz";
import { decompress } from "./decompress.js";

export const connect = clientOf(glue, () => decompress(compressed));
