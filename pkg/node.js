// Servers read no file beside a script: once bundled it is elsewhere, and Node's fetch reads no files at all.

export * from "./dist/inline.js";
