// The log as a file, for whoever looks into what happened later. Numbers stay here: chats and people are numbered in it.

import { make } from "../dom.js";

/** The browser reads the file after we let go of it. */
const KEEP_MS = 60_000;

/** Makes a button save what the log holds of all chats. */
export function exportsLog(button, log) {
  button.addEventListener("click", () => save(log.toNdjson()));
}

function save(text) {
  const url = URL.createObjectURL(new Blob([text], { type: "application/x-ndjson" }));
  const minute = new Date().toISOString().slice(0, 16).replace(":", "-");
  make("a", { href: url, download: `presence-${minute}.ndjson` }).click();
  setTimeout(() => URL.revokeObjectURL(url), KEEP_MS);
}
