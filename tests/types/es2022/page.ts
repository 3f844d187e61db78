// A page of a project with the settings that Vite and Next begin with: no `lib` knows of `Symbol.dispose`. What the package declares must
// compile there without `skipLibCheck`.

import { chatId, connect } from "../../../pkg/index.js";
import type { Watch } from "../../../pkg/index.js";
import { define } from "../../../pkg/element.js";
import { connect as connectInline } from "../../../pkg/inline.js";
import { decodeWebhook } from "../../../pkg/webhook.js";
import { fakeClock, fakeGateway } from "../../../pkg/testing.js";
import wasm from "../../../pkg/wasm.js";

export async function show(inline: boolean): Promise<Watch> {
  define();
  const presence = await (inline ? connectInline : connect)({ gateway: { kind: "ingest" } }, { wasm });
  const chat = presence.watch(chatId("+1 555 000 1111"));
  chat.listen(({ activity }) => (document.title = activity));
  return chat;
}

export function end(chat: Watch): void {
  chat[Symbol.dispose]();
}

export const kinds: readonly string[] = decodeWebhook("{}").map(({ kind }) => kind);

export async function tested(): Promise<void> {
  const clock = fakeClock({ nowMs: 0 });
  const { options, gateway } = fakeGateway({ engine: "GOWS" });
  const presence = await connect({ ...options, typingTtlMs: 10_000 });
  const ana = gateway.person("15550001111@c.us", { chat: "120363000000000001@g.us" });
  ana.goesOffline(clock.nowMs);
  gateway.fail({ status: 429, headers: { "retry-after": "3" } });
  // @ts-expect-error -- nobody is a group
  gateway.person("120363000000000001@g.us");
  // @ts-expect-error -- a status of WAHA's
  gateway.setStatus("READY");
  await clock.advance(10_000);
  presence.close();
  gateway.close();
  clock.restore();
}

export type { PresenceProviderProps } from "../../../pkg/react.js";
export type { ComposerHandle } from "../../../pkg/vue.js";
export type * from "../../../pkg/svelte.js";
