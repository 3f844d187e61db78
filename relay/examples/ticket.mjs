// A backend's tickets, without a library: node ticket.mjs <agent> <account> [chat …], with the key in TICKET_KEY.
// Sign one only for somebody who is logged in, and name the chats that they may see.
import { createHmac } from "node:crypto";

export function ticket({ agent, account, chats = "*", scopes = ["read", "send"], minutes = 10, aliases }, key = process.env.TICKET_KEY) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const exp = Math.floor(Date.now() / 1000) + minutes * 60;
  const text = `${part({ alg: "HS256", typ: "JWT" })}.${part({ sub: agent, exp, account, chats, scopes, aliases })}`;
  return `${text}.${createHmac("sha256", key).update(text).digest("base64url")}`;
}

const [agent, account, ...chats] = process.argv.slice(2);
if (account) console.log(ticket({ agent, account, chats: chats.length ? chats : "*" }));
