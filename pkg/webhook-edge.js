// Edge runtimes compile nothing at run time: they import modules that were compiled when they were deployed. The question mark is
// how Next knows them; the others know it too.

import { initSync } from "./dist/webhook.js";
import module from "./dist/webhook_bg.wasm?module";

// Next compiles it outside of the sandbox that this runs in: it is a module, though not by `instanceof`.
if (!(module instanceof WebAssembly.Module)) Object.setPrototypeOf(module, WebAssembly.Module.prototype);
initSync({ module });

export { decodeWebhook, ReplayGuard, verifyWebhook } from "./webhook-core.js";
