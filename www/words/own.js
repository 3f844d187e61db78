// What our own account says of itself, and what that costs, in words.

/** For the button that opens the rest. */
export function ownLabel({ availability, ghost }) {
  return ghost ? "You: kept unseen" : `You: ${availabilities[availability]}`;
}

/** The facts, each with its name. */
export function ownFacts({ availability, claimed, claimedElsewhere, ghost, policy }) {
  return [
    ["Told to WhatsApp", availability === "unknown" ? "not known" : availability],
    ["Claimed here", claimed ? yes(ghost, "but a ghost outweighs it") : "no"],
    ["Claimed in another tab", claimedElsewhere ? "yes" : "no"],
    ["Policy", policy === null ? "none" : policyLine(policy)],
  ];
}

export const timeZoneError = "Not a time zone: write it like Europe/Berlin.";
export const hoursError = "Write from when to when support is open.";

/** What became of the read receipts. `how` tells where they are switched, if not from here. */
export function receiptsLine({ changed, how }) {
  if (changed) return "Read receipts are off, for the whole account.";
  return `Read receipts were left as they are.${how === null ? "" : ` ${how}`}`;
}

export const receiptsFailed = "Read receipts could not be changed.";

function policyLine({ runsHere, open, healthy }) {
  if (!runsHere) return "runs in another tab, if anywhere";
  const parts = ["runs here", opens(open), wells(healthy)];
  return parts.filter((part) => part !== null).join(", ");
}

function opens(open) {
  if (open === null) return null;
  return open ? "support is open" : "support is closed";
}

function wells(healthy) {
  if (healthy === null) return null;
  return healthy ? "healthy" : "not healthy";
}

function yes(but, words) {
  return but ? `yes, ${words}` : "yes";
}

const availabilities = { online: "online", offline: "offline", unknown: "not known" };
