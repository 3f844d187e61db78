// The connection in words, for the header.

import { gatewayName, isHosted } from "./gateways.js";

const states = {
  connecting: "Connecting…",
  open: "Connected",
  reconnecting: "Reconnecting…",
  closed: "Closed",
};

export function connectionWords(state, kind) {
  if (state === "unauthorized" && kind === "relay") return "Ticket refused";
  if (state === "unauthorized") return isHosted(kind) ? "Token refused" : "Key refused";
  return states[state];
}

export const sessionWords = {
  working: "WhatsApp session working",
  starting: "WhatsApp session starting",
  "needs-pairing": "WhatsApp session waits for its QR code",
  stopped: "WhatsApp session stopped",
  failed: "WhatsApp session failed",
  unknown: "WhatsApp session not known yet",
};

/** What watching costs the owner of the account, or `null` where it costs nothing that is known of. */
export function watchingWarning({ gateway, watchMarksOnline }) {
  if (!watchMarksOnline) return null;
  return `Watching marks your account online on ${gatewayName(gateway)}: the owner’s phone stays silent.`;
}
