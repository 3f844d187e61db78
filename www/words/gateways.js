// Gateways by name, and how news of each reach this page.

const names = { waha: "WAHA", wawp: "Wawp", waapi: "WaAPI" };

export function gatewayName(kind) {
  return names[kind] ?? "The gateway";
}

/** Wawp and WaAPI are run by their vendors: an account there has an instance and a token, where WAHA has a session and a key. */
export function isHosted(kind) {
  return kind === "wawp" || kind === "waapi";
}

/**
 * Where we are connected to, in a line. Never more than the host, since an address may carry credentials; and no instance, which
 * to Wawp is half of one.
 */
export function placeLine({ gateway: { kind, baseUrl, session = "default" }, events, pollMs }) {
  const { host } = new URL(baseUrl);
  if (!isHosted(kind)) return `${host} · session ${session}`;
  if (events !== undefined) return `${host} · by webhook`;
  return pollMs === undefined ? host : `${host} · asked every ${pollMs / 1_000} s`;
}
