// What the server of this page tells it: which gateways there are to choose from, and where the names of people are.

/**
 * @param wanted The name of the gateway to talk to; the first one if there is none of that name.
 * @returns {Promise<{ gateways: Gateway[], chosen: Gateway, peopleUrl: string | null, typingTtlMs?: number }>} where a gateway is
 *   `{ name, label, gateway, events?, pollMs? }`: the options of `connect`, and how news come where they bring no stream.
 */
export async function loadConfig(wanted) {
  const answer = await fetch("/config.json", { cache: "no-store" });
  if (!answer.ok) throw new Error(`expected config.json, found HTTP ${answer.status}`);
  const { gateway, gateways = [{ name: gateway.kind, label: "", gateway }], peopleUrl = null, typingTtlMs } = await answer.json();
  const chosen = gateways.find(({ name }) => name === wanted) ?? gateways[0];
  return { gateways, chosen, peopleUrl, typingTtlMs };
}

/** The options of `connect` that follow from it. */
export function connectOptions({ chosen: { gateway }, typingTtlMs }, onError, onFatal) {
  const options = { gateway, onError, onFatal };
  if (typingTtlMs !== undefined) options.typingTtlMs = typingTtlMs;
  return options;
}
