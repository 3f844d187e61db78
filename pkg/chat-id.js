// Chat ids without the module: a page may want one before anything is loaded. The rules are those of `src/machine/id.rs`;
// `tests/node/chat-id.test.mjs` holds both to one table.

import { PresenceError } from "./error.js";

const CHAT_ID = /^[0-9A-Za-z._-]+@(?:c\.us|lid|g\.us)$/;
const DEVICE = /:[0-9A-Za-z._:-]*$/;
const LONGEST = 128;

export function isChatId(text) {
  return typeof text === "string" && text.length <= LONGEST && CHAT_ID.test(text);
}

export function chatId(text) {
  if (typeof text !== "string") {
    throw new PresenceError("invalid-chat", `chat: expected a phone number or a chat id, found ${text === null ? "null" : typeof text}`);
  }
  const at = text.indexOf("@");
  const id = text.length > LONGEST ? "" : at < 0 ? ofPhone(text) : normal(text.slice(0, at), text.slice(at + 1));
  if (!isChatId(id)) {
    throw new PresenceError("invalid-chat", "chat: expected a phone number, or an id that ends in @c.us, @lid or @g.us");
  }
  return id;
}

function ofPhone(text) {
  return /^[+\d\s().-]+$/.test(text.trim()) ? `${text.replace(/\D/g, "")}@c.us` : "";
}

function normal(user, server) {
  return `${user.replace(DEVICE, "")}@${server === "s.whatsapp.net" ? "c.us" : server}`;
}
