// Edge runtimes compile nothing at run time: they import modules that were compiled when they were deployed. The question mark is
// how Next knows them; the others know it too.

import { initSync } from "./dist/webhook.js";
import module from "./dist/webhook_bg.wasm?module";

initSync({ module });

export { decodeWebhook, ReplayGuard, verifyWebhook } from "./webhook-core.js";
