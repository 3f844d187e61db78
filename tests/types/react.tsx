// `wa-presence/react` as a user writes it. Nothing here runs: it must compile, and the lines marked so must not.

import { createRef } from "react";
import type { ReactElement } from "react";

import {
  PresenceProvider, useComposer, useConnection, usePresence, usePresenceClient, usePresenceError, useWatched,
} from "../../pkg/react.js";
import type { ComposerHandle, PresenceProviderProps, UsePresenceOptions, WatchedChat } from "../../pkg/react.js";
import type { ChatId, Connection, ConnectOptions, Presence, PresenceError, Snapshot } from "../../pkg/index.js";

declare const client: Presence;
declare const ana: ChatId;
declare const chosen: ChatId | null;
declare const text: string;
declare const options: ConnectOptions;

export function App(): ReactElement {
  const ready: PresenceProviderProps = { client, children: null };
  return (
    <>
      <PresenceProvider {...ready} />
      <PresenceProvider client={null}>a text</PresenceProvider>
      <PresenceProvider options={null} />
      <PresenceProvider options={options} load={{ wasm: "/presence.wasm" }} key="again">
        <Row chat={ana} />
        <List chats={[ana]} />
      </PresenceProvider>
      <PresenceProvider options={{ gateway: { kind: "ingest" }, onError: (error) => report(error.code) }} />
      {/* @ts-expect-error a client, or options to make one with */}
      <PresenceProvider />
      {/* @ts-expect-error not both */}
      <PresenceProvider client={client} options={options} />
      {/* @ts-expect-error a client that is ready is loaded already */}
      <PresenceProvider client={client} load={{}} />
      {/* @ts-expect-error there is no such gateway */}
      <PresenceProvider options={{ gateway: { kind: "telegram" } }} />
    </>
  );
}

function Row({ chat }: { chat: ChatId }): ReactElement {
  const { activity, availability, knowledge }: Snapshot = usePresence(chat, { priority: "focused", lastInboundAtMs: 0 });
  const maybe: Snapshot | null = usePresence(chosen);
  const how: UsePresenceOptions = { priority: "background" };
  usePresence(chat, how);
  // @ts-expect-error a text is no id before somebody checked it
  usePresence(text);
  // @ts-expect-error there is no such priority
  usePresence(chat, { priority: "urgent" });
  // @ts-expect-error the component's life is what ends it
  usePresence(chat, { signal: new AbortController().signal });
  // @ts-expect-error nobody is chosen
  const never: Snapshot = usePresence(chosen);
  return <i title={maybe?.chat}>{activity === "none" ? availability : knowledge.state}{never.chat}</i>;
}

function List({ chats }: { chats: readonly ChatId[] }): ReactElement {
  const entries: readonly WatchedChat[] = [ana, { chat: ana, priority: "background" }];
  const snapshots: readonly Snapshot[] = useWatched([...chats, ...entries]);
  // @ts-expect-error which chat?
  useWatched([{ priority: "visible" }]);
  // @ts-expect-error what is watched is said by the list
  snapshots.length = 0;
  return <>{snapshots.map(({ chat }) => chat)}</>;
}

export function Writing(): ReactElement {
  const composer: ComposerHandle = useComposer(chosen);
  const connection: Connection | null = useConnection();
  const presence: Presence | null = usePresenceClient();
  const error: PresenceError | Error | null = usePresenceError();
  composer.keystroke();
  composer.record();
  composer.work();
  composer.stop();
  // @ts-expect-error it may not be there yet
  presence.close();
  // @ts-expect-error a ref to a number
  createRef<number>().current = composer.ref;
  return (
    <form onSubmit={composer.sent} title={`${connection?.state} ${error?.message}`}>
      <textarea ref={composer.ref} />
      <div contentEditable ref={composer.ref} />
    </form>
  );
}

declare function report(...words: readonly unknown[]): void;
