// What `cargo xtask build` makes dist/inline-webhook.js of: `wa-presence/webhook` in one file, ready as soon as it is imported. It
// awaits nothing, so that `require` may load it.

import { gunzipSync } from "node:zlib";

import { initSync } from "../dist/webhook.js";
import compressed from "module.gz";
import { bytesOf } from "./base64.js";

initSync({ module: gunzipSync(bytesOf(compressed)) });

export { decodeWebhook, ReplayGuard, verifyWebhook } from "../webhook-core.js";
