// `wa-presence/webhook` as a user writes it. Nothing here runs: it must compile, and the lines marked so must not.

import { decodeWebhook, ReplayGuard, verifyWebhook } from "../../pkg/webhook.js";
import type { VerifiedWebhook, WebhookEvent } from "../../pkg/webhook.js";

const guard = new ReplayGuard();
const first: boolean = guard.firstSeen("evt_1");

function received(request: Request, body: Uint8Array, secret: string): string[] {
  const { events, fresh, repeated }: VerifiedWebhook = verifyWebhook({ body, headers: request.headers, secret, gateway: "waapi", guard });
  if (fresh === false || repeated === true) return [];
  return events.map(sentence);
}

// Every kind of event, and no other.
function sentence(event: WebhookEvent): string {
  switch (event.kind) {
    case "presence":
      return event.presences.map(({ participant, presence }) => `${participant} ${presence}`).join();
    case "message":
      return event.fromMe ? "ours" : event.sender;
    case "receipt":
      return event.read ? "read" : event.messageId;
    case "hidden":
      return event.reason;
    case "session":
      return event.state;
    case "unknown":
      return event.id ?? "";
    default: {
      const none: never = event;
      return none;
    }
  }
}

decodeWebhook("{}").forEach(({ atMs }) => atMs?.toFixed());
// @ts-expect-error -- a body is text, bytes or an object
decodeWebhook(7);
// @ts-expect-error -- what is parsed already cannot be verified
verifyWebhook({ body: {}, headers: {}, secret: "" });
// @ts-expect-error -- there are three gateways that sign
verifyWebhook({ body: "", headers: {}, secret: "", gateway: "telegram" });
// @ts-expect-error -- events are read-only
decodeWebhook("{}")[0] = undefined;

export { first, received };
