// Gateways by name, and how news of each reach this page.

const names = { waha: "WAHA", wawp: "Wawp", waapi: "WaAPI" };

export function gatewayName(kind) {
  return names[kind] ?? "The gateway";
}

/** Wawp and WaAPI are run by their vendors: an account there has an instance and a token, where WAHA has a session and a key. */
export function isHosted(kind) {
  return kind === "wawp" || kind === "waapi";
}

/** Where a gateway is, or the relay before it. */
export function addressOf({ baseUrl, url }) {
  return baseUrl ?? url;
}

/**
 * Where we are connected to, in a line. Never more than the host, since an address may carry credentials; and no instance, which
 * to Wawp is half of one.
 */
export function placeLine({ gateway, vendor, pollMs }) {
  const { kind, session = "default" } = gateway;
  const { host } = new URL(addressOf(gateway));
  if (kind === "relay") return `${vendor === undefined ? "" : `${gatewayName(vendor)} `}by relay · ${host}`;
  if (!isHosted(kind)) return `${host} · session ${session}`;
  return pollMs === undefined ? host : `${host} · asked every ${pollMs / 1_000} s`;
}
