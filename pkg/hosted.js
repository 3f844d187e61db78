// Wawp, WaAPI and relays, loaded when they are asked for.

import { clientOf } from "./client.js";
import * as glue from "./dist/hosted.js";

export const connect = clientOf(glue, () => new URL("./dist/hosted_bg.wasm", import.meta.url));
