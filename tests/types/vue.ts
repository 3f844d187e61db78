// `wa-presence/vue` as a user writes it. Nothing here runs: it must compile, and the lines marked so must not.

import { computed, createApp, ref, shallowRef, useTemplateRef } from "vue";
import type { ShallowRef } from "vue";

import {
  presencePlugin, providePresence, useComposer, useConnection, usePresence, usePresenceClient, usePresenceError, useWatched,
} from "../../pkg/vue.js";
import type { ComposerHandle, ProvidedPresence, UsePresenceOptions, WatchedChat } from "../../pkg/vue.js";
import type { ChatId, Connection, ConnectOptions, Presence, PresenceError, Snapshot } from "../../pkg/index.js";

declare const client: Presence;
declare const ana: ChatId;
declare const text: string;
declare const options: ConnectOptions;

export function app(): void {
  createApp({})
    .use(presencePlugin, { options, load: { wasm: "/presence.wasm" } })
    .use(presencePlugin, { options: { gateway: { kind: "ingest" }, onError: (error) => report(error.code) } })
    .use(presencePlugin, { client });
  const given: ProvidedPresence = { client: shallowRef<Presence | null>(null) };
  providePresence(given);
  providePresence({ options: () => null });
  providePresence({ options: ref(options) });
  // @ts-expect-error a client, or options to make one with
  createApp({}).use(presencePlugin, {});
  // @ts-expect-error not both
  providePresence({ client, options });
  // @ts-expect-error there is no such gateway
  providePresence({ options: { gateway: { kind: "telegram" } } });
}

export function setup(props: { readonly chat: ChatId; readonly chosen: ChatId | null }): void {
  const presence: Readonly<ShallowRef<Snapshot>> = usePresence(() => props.chat, { priority: "focused", lastInboundAtMs: 0 });
  const maybe: Readonly<ShallowRef<Snapshot | null>> = usePresence(() => props.chosen);
  const how = ref<UsePresenceOptions>({ priority: "background" });
  usePresence(ref(ana), how);
  usePresence(ana, () => how.value);
  const activity = computed(() => presence.value.activity);
  // @ts-expect-error a text is no id before somebody checked it
  usePresence(text);
  // @ts-expect-error there is no such priority
  usePresence(ana, { priority: "urgent" });
  // @ts-expect-error nobody is chosen
  report(maybe.value.activity);
  // @ts-expect-error what is shown is read
  presence.value = usePresence(ana).value;
  report(activity);
}

export function list(chats: readonly ChatId[]): void {
  const entries: readonly WatchedChat[] = [ana, { chat: ana, priority: "background" }];
  const snapshots: Readonly<ShallowRef<readonly Snapshot[]>> = useWatched(() => [...chats, ...entries]);
  useWatched(shallowRef(chats));
  // @ts-expect-error which chat?
  useWatched([{ priority: "visible" }]);
  // @ts-expect-error what is watched is said by the list
  snapshots.value.length = 0;
}

export function writing(chosen: ChatId | null): void {
  const input = useTemplateRef<HTMLTextAreaElement>("input");
  const composer: ComposerHandle = useComposer(() => chosen, input);
  useComposer(ana);
  const connection: Connection | null = useConnection().value;
  const error: PresenceError | Error | null = usePresenceError().value;
  composer.keystroke();
  composer.record();
  composer.work();
  composer.sent();
  composer.stop();
  // @ts-expect-error it may not be there yet
  usePresenceClient().value.close();
  // @ts-expect-error an element, not its name
  useComposer(ana, "input");
  report(connection?.state, error?.message);
}

declare function report(...words: readonly unknown[]): void;
