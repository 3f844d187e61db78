// The whole API as a user writes it. Nothing here runs: it must compile, and the lines marked so must not.

import { chatId, connect, isChatId, PresenceError } from "../../pkg/index.js";
import type {
  ActivityKind,
  Availability,
  Budget,
  Capabilities,
  Cause,
  Change,
  ChatId,
  ChatPresence,
  Connection,
  ConnectOptions,
  ContactId,
  Counters,
  ErrorCode,
  GroupId,
  Ids,
  Knowledge,
  LidId,
  Participant,
  Presence,
  Priority,
  Rest,
  SessionInfo,
  Snapshot,
  Unlisten,
  Watch,
} from "../../pkg/index.js";

// ---- Ids ----------------------------------------------------------------------------------------------------------------

const made: ChatId = chatId("+1 555 000 1111");
const contact: ContactId = "15550001111@c.us";
const lid: LidId = "900000001@lid";
const group: GroupId = "120363000000000001@g.us";
const any: readonly ChatId[] = [made, contact, lid, group];

export function narrowed(text: unknown): ChatId | null {
  return isChatId(text) ? text : null;
}

// @ts-expect-error newsletters have no presence
const newsletter: ChatId = "120363@newsletter";
// @ts-expect-error a number is no id
const bare: ChatId = "15550001111";
// @ts-expect-error a group is no contact
const notAContact: ContactId = group;
declare const text: string;
// @ts-expect-error a text is no id before somebody checked it
const unchecked: ChatId = text;

// ---- Connecting -----------------------------------------------------------------------------------------------------------

export async function connecting(): Promise<Presence> {
  await connect({ gateway: { kind: "ingest" } });
  await connect({ gateway: { kind: "waha", baseUrl: "https://waha.example" } }, { wasm: new URL("https://cdn.example/x.wasm") });
  await connect({ gateway: { kind: "ingest" } }, { wasm: new Uint8Array() });
  const options: ConnectOptions = {
    gateway: {
      kind: "waha",
      baseUrl: "https://waha.example",
      session: "default",
      apiKey: async () => "key_scoped",
      feed: true,
      messageEvents: false,
      lookUpIds: false,
    },
    typingTtlMs: 15_000,
    maxWatchedChats: 200,
    maxBodyBytes: 1_048_576,
    aliases: { "900000001@lid": "15550001111@c.us" },
    onError: (error) => report(error),
    onFatal: ({ code }) => report(code),
  };
  return connect(options);
}

export async function connectingWrongly(): Promise<void> {
  // @ts-expect-error there is no such gateway
  await connect({ gateway: { kind: "wawp" } });
  // @ts-expect-error WAHA has an address
  await connect({ gateway: { kind: "waha" } });
  // @ts-expect-error what calls nothing has no address
  await connect({ gateway: { kind: "ingest", baseUrl: "https://waha.example" } });
  // @ts-expect-error the option is typingTtlMs
  await connect({ gateway: { kind: "ingest" }, typingTtl: 15 });
  // @ts-expect-error durations are numbers
  await connect({ gateway: { kind: "ingest" }, typingTtlMs: "15s" });
  // @ts-expect-error a hidden id is paired with a number, not the other way round
  await connect({ gateway: { kind: "ingest" }, aliases: { "15550001111@c.us": "900000001@lid" } });
  // @ts-expect-error a key is a text, or a function that gives one
  await connect({ gateway: { kind: "waha", baseUrl: "https://waha.example", apiKey: () => 7 } });
  // @ts-expect-error a gateway is needed
  await connect({});
}

// ---- Watching -------------------------------------------------------------------------------------------------------------

export async function watching(presence: Presence, signal: AbortSignal): Promise<void> {
  using chat: Watch = presence.watch(made, { priority: "focused", signal });
  const id: ChatId = chat.id;
  chat.priority = "background";
  const priority: Priority = chat.priority;
  const unlisten: Unlisten = chat.listen((snapshot: Snapshot, change: Change) => {
    const cause: Cause = change.cause;
    const before: Snapshot | null = change.previous;
    report(snapshot.activity, cause, before?.availability, change.snapshot === snapshot);
  }, { signal });
  unlisten();
  for await (const snapshot of chat) {
    if (snapshot.activity !== "none") break;
  }
  const iterator: AsyncIterableIterator<Snapshot> = chat[Symbol.asyncIterator]();
  await iterator.return?.();
  report(id, priority);
  chat.close();

  presence.watch("120363000000000001@g.us");
  presence.setWatched([{ chat: contact }, { chat: group, priority: "visible" }]);
  presence.setWatched(any.map((chat) => ({ chat })));
}

export function watchingWrongly(presence: Presence): void {
  // @ts-expect-error a newsletter cannot be watched
  presence.watch("120363@newsletter");
  // @ts-expect-error priorities are words
  presence.watch(contact, { priority: 1 });
  // @ts-expect-error there is no such option
  presence.watch(contact, { once: true });
  // @ts-expect-error a set is a list of objects
  presence.setWatched([contact]);
  const chat = presence.watch(contact);
  // @ts-expect-error priorities are words
  chat.priority = 1;
  // @ts-expect-error the id stays
  chat.id = contact;
  // @ts-expect-error a snapshot is read
  chat.snapshot.availability = "online";
  // @ts-expect-error and so is what is in it
  chat.snapshot.participants.push(chat.snapshot.participants[0]!);
  // @ts-expect-error all the way down
  chat.snapshot.active[0]!.kind = "typing";
  // @ts-expect-error a listener is a function
  chat.listen({ handleEvent() {} });
}

// ---- Reading ------------------------------------------------------------------------------------------------------------

export function inWords(knowledge: Knowledge): string {
  switch (knowledge.state) {
    case "unwatched":
      return "nobody watches";
    case "waiting":
      return knowledge.reason === "silent" ? knowledge.causes.join(", ") : knowledge.reason;
    case "live":
      return knowledge.vouched ? "certain" : "likely";
    case "lapsed":
      return knowledge.reason satisfies "lease" | "session" | "feed";
    case "hidden":
      return knowledge.reason satisfies "deny" | "reciprocity";
    case "refused":
      return knowledge.detail ?? knowledge.reason;
    default:
      return knowledge satisfies never;
  }
}

export function readingWrongly(knowledge: Knowledge): void {
  // @ts-expect-error only a live one is vouched for
  report(knowledge.vouched);
  // @ts-expect-error there is no such state
  if (knowledge.state === "offline") report();
}

export function reading(presence: Presence): void {
  const snapshot: Snapshot | null = presence.snapshot(contact);
  const all: readonly Snapshot[] = presence.chats();
  for (const { chat, kind, availability, basis, certain, activity, activitySinceAtMs, active, lastActivity, lastSeen, lastKnown, participants } of all) {
    const state: Availability = availability;
    const doing: ActivityKind | "none" = activity;
    const since: number | null = activitySinceAtMs;
    const people: readonly Participant[] = participants;
    report(chat satisfies ChatId, kind satisfies "contact" | "group", state, basis, certain, doing, since, people);
    report(active[0]?.sinceAtMs.toFixed(), lastActivity?.endedBy, lastSeen?.atMs, lastKnown?.availability);
    report(people[0]?.activityExpiresAtMs, people[0]?.lagMs.toFixed());
  }
  const connection: Connection = presence.connection;
  const capabilities: Capabilities = presence.capabilities;
  const budget: Budget = presence.budget;
  const counters: Counters = presence.counters;
  report(snapshot?.knowledge.state, connection.reason, connection.sinceAtMs, capabilities.watchMarksOnline);
  const engine: "NOWEB" | "WPP" | "GOWS" | "WEBJS" | null = capabilities.engine;
  const abilities: boolean[] = [capabilities.list, capabilities.snapshot, capabilities.tellsHidden, capabilities.eventsNeedSetting];
  report(engine, abilities);
  report(budget.waiting + budget.inFlight + budget.watched, counters.changes + counters.late);
  presence.listen((changes) => changes.forEach(({ snapshot, cause }) => report(snapshot.chat, cause)));
  presence.listenConnection(({ state, session }) => report(state satisfies Connection["state"], session));
  // @ts-expect-error may be null
  report(presence.snapshot(contact).availability);
  // @ts-expect-error a list of snapshots is read
  presence.chats().pop();
  // @ts-expect-error as is the connection
  presence.connection.state = "open";
  // @ts-expect-error what is paused is "none"
  if (snapshot?.activity === "paused") report();
}

export function takingIn(presence: Presence): void {
  presence.ingest("{}");
  presence.ingest(new Uint8Array());
  presence.ingest({ event: "presence.update" });
  presence.addAlias(lid, contact);
  // @ts-expect-error a number is no body
  presence.ingest(7);
  // @ts-expect-error the hidden id comes first
  presence.addAlias(contact, lid);
  presence.close({ forget: true });
  presence.close();
  presence[Symbol.dispose]();
  // @ts-expect-error there is no such option
  presence.close({ now: true });
}

// ---- Calling ------------------------------------------------------------------------------------------------------------

export async function calling({ rest }: Presence, signal: AbortSignal): Promise<void> {
  const calls: Rest = rest;
  const chat: ChatPresence = await calls.get(contact, { signal });
  const all: readonly ChatPresence[] = await calls.getAll({ signal });
  const nothing: void = await calls.subscribe(group);
  await calls.set("online");
  await calls.set("offline", { signal });
  await calls.set("typing", contact);
  await calls.set("recording", group, { signal });
  await calls.set("paused", contact);
  await calls.startTyping(contact);
  await calls.stopTyping(contact, { signal });
  const session: SessionInfo = await calls.session();
  const ids: Ids = await calls.lookUp(lid);
  report(chat.presences[0]?.lastSeenAtMs, all.length, nothing, session.state, session.engine, ids.contact);
  // @ts-expect-error everybody is told, not one chat
  await calls.set("online", contact);
  // @ts-expect-error in which chat?
  await calls.set("typing");
  // @ts-expect-error there is no such word
  await calls.set("away");
  // @ts-expect-error a group has no other id
  await calls.lookUp(group);
  // @ts-expect-error answers are read
  chat.presences.length = 0;
}

// ---- Errors -------------------------------------------------------------------------------------------------------------

export function failing(error: unknown): number | null {
  if (!(error instanceof PresenceError)) return null;
  const code: ErrorCode = error.code;
  const name: "PresenceError" = error.name;
  report(code, name, error.message, error.status?.toFixed(), error.gateway, error.cause);
  // @ts-expect-error the list of codes is closed
  if (error.code === "oops") report();
  // @ts-expect-error an error is read
  error.code = "closed";
  return error.retryAfterMs;
}

declare function report(...words: readonly unknown[]): void;
