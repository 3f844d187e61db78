// Servers read no file beside a script: once bundled it is elsewhere.

export * from "./dist/inline-webhook.js";
