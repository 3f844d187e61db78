// What the server of this page tells it: which gateways there are to choose from, and where the names of people are.

import { Tickets } from "./tickets.js";

/**
 * @param wanted The name of the gateway to talk to; the first one if there is none of that name.
 * @returns {Promise<{ gateways: Gateway[], chosen: Gateway, tickets: Tickets | null, peopleUrl: string | null, options: object }>}
 *   where a gateway is `{ name, label, gateway, ticketUrl?, vendor?, pollMs? }`: the options of `connect`; of a relay, where its
 *   tickets are had and whose gateway is behind it; of one that brings no news by itself, how often to ask. `options` are those
 *   beside the gateway.
 */
export async function loadConfig(wanted) {
  const answer = await fetch("/config.json", { cache: "no-store" });
  if (!answer.ok) throw new Error(`expected config.json, found HTTP ${answer.status}`);
  const { gateway, gateways = [{ name: gateway.kind, label: "", gateway }], peopleUrl = null, ...others } = await answer.json();
  const chosen = gateways.find(({ name }) => name === wanted) ?? gateways[0];
  const tickets = chosen.ticketUrl === undefined ? null : new Tickets(chosen.ticketUrl);
  const options = Object.fromEntries(passedOn.filter((name) => name in others).map((name) => [name, others[name]]));
  return { gateways, chosen, tickets, peopleUrl, options };
}

/** The options of `connect` that follow from it. */
export function connectOptions({ chosen, tickets, options }, onError, onFatal) {
  const ticket = tickets === null ? {} : { ticket: (wanted) => tickets.get(wanted) };
  return { ...options, gateway: { ...chosen.gateway, ...ticket }, onError, onFatal };
}

/** What whoever serves the page may say beyond the gateway. */
const passedOn = ["typingTtlMs", "guard", "afterSubscribe", "maxWatchedChats"];
