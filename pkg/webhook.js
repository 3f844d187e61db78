import init from "./dist/webhook.js";

// The literal `new URL(…, import.meta.url)` is what bundlers look for to ship the file.
await init({ module_or_path: new URL("./dist/webhook_bg.wasm", import.meta.url) });

export { decodeWebhook, ReplayGuard, verifyWebhook } from "./webhook-core.js";
