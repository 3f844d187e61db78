import { readFileSync } from "node:fs";

import { initSync } from "./dist/webhook.js";

// Node's fetch reads no files.
initSync({ module: readFileSync(new URL("./dist/webhook_bg.wasm", import.meta.url)) });

export { decodeWebhook, ReplayGuard, verifyWebhook } from "./webhook-core.js";
