// A ticket for a relay, from wherever the page has it.

import { PresenceError } from "../error.js";

/** A back end that takes longer is asked again. */
const DEADLINE_MS = 15_000;
const codes = { 401: "unauthorized", 403: "forbidden", 404: "not-found", 429: "rate-limited" };

/** @param from `{ ticket, ticketUrl }`: a text or a function, or where to ask. */
export function ticketOf({ ticket, ticketUrl }, wanted) {
  if (typeof ticket === "function") return ticket(wanted);
  return ticket ?? fetchTicket(ticketUrl, wanted);
}

async function fetchTicket(url, { chats }) {
  const answer = await ask(url, JSON.stringify({ chats }));
  if (!answer.ok) throw refused(codes[answer.status] ?? "not-ready", `HTTP ${answer.status}`, answer.status);
  const text = (await answer.text()).trim();
  const ticket = text.startsWith("{") ? fieldOf(text) : text;
  if (typeof ticket !== "string" || ticket === "") throw refused("malformed", "another answer", answer.status);
  return ticket;
}

async function ask(url, body) {
  const headers = { "content-type": "application/json" };
  try {
    return await fetch(url, { method: "POST", cache: "no-store", headers, body, signal: AbortSignal.timeout(DEADLINE_MS) });
  } catch (error) {
    throw error.name === "TimeoutError" ? refused("timeout", `no answer within ${DEADLINE_MS} ms`) : refused("network", "no answer");
  }
}

function fieldOf(text) {
  try {
    return JSON.parse(text).ticket;
  } catch {
    return null;
  }
}

function refused(code, found, status = null) {
  const error = new PresenceError(code, `ticket-url: expected a ticket, found ${found}`);
  error.status = status;
  return error;
}
