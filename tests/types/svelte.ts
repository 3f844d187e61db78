// `wa-presence/svelte` as a user writes it. Nothing here runs: it must compile, and the lines marked so must not.

import { onMount } from "svelte";
import type { Action } from "svelte/action";
import { derived, fromStore, get } from "svelte/store";
import type { Readable } from "svelte/store";

import { composerOf, connectionOf, presenceClient, presenceOf, watchedOf } from "../../pkg/svelte.js";
import type { ClientSource, ComposerAction, PresenceClient, PresenceOptions, Watched, WatchedChat } from "../../pkg/svelte.js";
import type { ChatId, Connection, ConnectOptions, Presence, PresenceError, Snapshot } from "../../pkg/index.js";

declare const ready: Presence;
declare const ana: ChatId;
declare const chosen: ChatId | null;
declare const text: string;
declare const options: ConnectOptions;

const client: PresenceClient = presenceClient(options, { wasm: "/presence.wasm" });
const sources: readonly ClientSource[] = [client, ready, null];
onMount(client.mount);
const error: Readable<PresenceError | Error | null> = client.error;
const connection: Readable<Connection | null> = connectionOf(client);
// @ts-expect-error there is no such gateway
presenceClient({ gateway: { kind: "telegram" } });

// Every store here is one of Svelte's own.
const presence: Readable<Snapshot> = presenceOf(client, ana, { priority: "focused", lastInboundAtMs: 0 });
const maybe: Readable<Snapshot | null> = presenceOf(ready, chosen);
const activity: Readable<string> = derived(presence, ({ activity }) => activity);
const runes: Snapshot = fromStore(presence).current;
const how: PresenceOptions = { priority: "background" };
presenceOf(null, ana, how);
// @ts-expect-error a text is no id before somebody checked it
presenceOf(client, text);
// @ts-expect-error there is no such priority
presenceOf(client, ana, { priority: "urgent" });
// @ts-expect-error nobody is chosen
report(get(maybe).activity);
// @ts-expect-error options are no client
presenceOf(options, ana);

const rows: Watched = watchedOf(client);
const entries: readonly WatchedChat[] = [ana, { chat: ana, priority: "background" }];
rows.watch(entries);
const snapshots: readonly Snapshot[] = get(rows);
// @ts-expect-error which chat?
rows.watch([{ priority: "visible" }]);
// @ts-expect-error what is watched is said by the list
snapshots.length = 0;

const composer: ComposerAction = composerOf(client);
const action: Action<HTMLTextAreaElement, ChatId | null> = composer;
composer.keystroke();
composer.record();
composer.work();
composer.sent();
composer.stop();
// @ts-expect-error in which chat?
composer(document.createElement("textarea"));

report(sources, error, connection, activity, runes, action);
declare function report(...words: readonly unknown[]): void;
