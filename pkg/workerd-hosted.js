// Wawp, WaAPI and relays in workerd, loaded when they are asked for.

import { clientOf } from "./client.js";
import * as glue from "./dist/hosted.js";
import module from "./dist/hosted_bg.wasm";

export const connect = clientOf(glue, () => module);
