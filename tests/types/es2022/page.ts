// A page of a project with the settings that Vite and Next begin with: no `lib` knows of `Symbol.dispose`. What the package declares must
// compile there without `skipLibCheck`.

import { chatId, connect } from "../../../pkg/index.js";
import type { Watch } from "../../../pkg/index.js";
import { connect as connectInline } from "../../../pkg/inline.js";
import { decodeWebhook } from "../../../pkg/webhook.js";
import wasm from "../../../pkg/wasm.js";

export async function show(inline: boolean): Promise<Watch> {
  const presence = await (inline ? connectInline : connect)({ gateway: { kind: "ingest" } }, { wasm });
  const chat = presence.watch(chatId("+1 555 000 1111"));
  chat.listen(({ activity }) => (document.title = activity));
  return chat;
}

export function end(chat: Watch): void {
  chat[Symbol.dispose]();
}

export const kinds: readonly string[] = decodeWebhook("{}").map(({ kind }) => kind);
