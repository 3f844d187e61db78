// What the server of this page tells it: which gateways there are to choose from, and where the names of people are.

/**
 * @param wanted The name of the gateway to talk to; the first one if there is none of that name.
 * @returns {Promise<{ gateways: Gateway[], chosen: Gateway, peopleUrl: string | null, options: object }>} where a gateway is
 *   `{ name, label, gateway, events?, pollMs? }`: the options of `connect`, and how news come where they bring no stream; `options`
 *   are those beside the gateway.
 */
export async function loadConfig(wanted) {
  const answer = await fetch("/config.json", { cache: "no-store" });
  if (!answer.ok) throw new Error(`expected config.json, found HTTP ${answer.status}`);
  const { gateway, gateways = [{ name: gateway.kind, label: "", gateway }], peopleUrl = null, ...others } = await answer.json();
  const chosen = gateways.find(({ name }) => name === wanted) ?? gateways[0];
  const options = Object.fromEntries(passedOn.filter((name) => name in others).map((name) => [name, others[name]]));
  return { gateways, chosen, peopleUrl, options };
}

/** The options of `connect` that follow from it. */
export function connectOptions({ chosen: { gateway }, options }, onError, onFatal) {
  return { ...options, gateway, onError, onFatal };
}

/** What whoever serves the page may say beyond the gateway. */
const passedOn = ["typingTtlMs", "guard", "afterSubscribe", "maxWatchedChats"];
