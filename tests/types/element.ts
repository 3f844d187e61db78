// `wa-presence/element` as a user writes it. Nothing here runs: it must compile, and the lines marked so must not.

import { connect } from "../../pkg/index.js";
import { addLanguage, define, WaPresenceElement } from "../../pkg/element.js";
import type { WaErrorDetail, WaLabels, WaResolver, WaState } from "../../pkg/element.js";

define();
const labels: WaLabels = { online: "here", typingNames: { one: "{names} writes…", other: "{names} write…" } };
addLanguage("sv", labels);
// @ts-expect-error -- no such label
addLanguage("sv", { onlien: "here" });
// @ts-expect-error -- a label by number needs one for all other numbers
addLanguage("sv", { typingNames: { one: "{names} writes…" } });

const resolver: WaResolver = async (id) => (id.endsWith("@g.us") ? null : { name: "Ana", avatarUrl: null });

async function page(): Promise<void> {
  const element = document.createElement("wa-presence");
  element.client = await connect({ gateway: { kind: "ingest" } });
  Object.assign(element, { resolver, labels });
  element.chat = "15550001111@c.us";
  element.chat = "+1 555 000 1111";
  element.max = 2;
  element.view = "inline";
  element.ticket = async ({ chats }) => chats.join();
  // @ts-expect-error -- there are three views
  element.view = "card";
  // @ts-expect-error -- a snapshot is read, not set
  element.snapshot = null;
  element.addEventListener("change", ({ detail: { snapshot, cause } }) => [snapshot.availability, cause]);
  element.addEventListener("error", ({ detail }) => told(detail));
  element.addEventListener("click", (event) => event.preventDefault());
  const seen: number | undefined = document.querySelector("wa-last-seen")?.snapshot?.lastSeen?.atMs;
  const source = document.querySelector("wa-presence-source");
  if (source !== null) source.labels = null;
  // @ts-expect-error -- a source shows no chat
  source?.chat;
  document.body.append(new WaPresenceElement(), String(seen), element.error?.error.code ?? "");
}

// Every kind of error, and no other.
function told(detail: WaErrorDetail): string {
  switch (detail.about) {
    case "chat":
    case "connection":
    case "labels":
      return detail.error.code;
    case "ticket":
    case "resolver":
      return String(detail.error);
    default: {
      const none: never = detail;
      return none;
    }
  }
}

const shown: WaState = "uncertain";

export { page, shown };
