// The connection in words, for the header.

export const connectionWords = {
  connecting: "Connecting…",
  open: "Connected",
  reconnecting: "Reconnecting…",
  unauthorized: "Key refused",
  closed: "Closed",
};

export const sessionWords = {
  working: "WhatsApp session working",
  starting: "WhatsApp session starting",
  "needs-pairing": "WhatsApp session waits for its QR code",
  stopped: "WhatsApp session stopped",
  failed: "WhatsApp session failed",
  unknown: "WhatsApp session not known yet",
};
