// The whole API as a user writes it. Nothing here runs: it must compile, and the lines marked so must not.

import { chatId, connect, isChatId, PresenceError } from "../../pkg/index.js";
import type {
  ActivityKind,
  Arrival,
  Availability,
  Budget,
  Capabilities,
  Cause,
  Change,
  ChatId,
  ChatPresence,
  Composer,
  Connection,
  ConnectOptions,
  ContactId,
  Counters,
  ErrorCode,
  Ghost,
  GhostPrice,
  GroupId,
  Ids,
  Knowledge,
  LidId,
  LogEntry,
  Momentum,
  OwnPolicy,
  OwnState,
  Participant,
  Presence,
  Priority,
  Quiet,
  ReadReceipts,
  Rest,
  Routing,
  SessionInfo,
  Snapshot,
  Turn,
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

// ---- What people do with presence ---------------------------------------------------------------------------------------

export async function conversing(presence: Presence, input: HTMLInputElement, signal: AbortSignal): Promise<void> {
  using composer: Composer = presence.composer(contact, { signal });
  const detach: Unlisten = composer.attach(input);
  composer.keystroke();
  composer.record();
  composer.work();
  composer.sent();
  composer.stop();
  const shown: ActivityKind | "none" = composer.shows;
  detach();
  const quiet: Quiet = await presence.whenQuiet(group, { quietMs: 10_000, maxWaitMs: 60_000, participant: lid, signal });
  const wrote: boolean = await presence.whenMessage(contact, { maxWaitMs: 1_000 });
  const { value, waited, overtaken } = await presence.respond(contact, async (turn: Turn) => (turn.signal.aborted ? 1 : 2));
  const doubled: number = value * 2;
  const arrival: Arrival = await presence.whenOnline(contact, { maxWaitMs: 1_000, signal });
  const sent = await presence.sendWhenOnline(contact, () => "sent", { otherwise: "drop" });
  const text: string | null = sent.value;
  const unlisten: Unlisten = presence.onAvailable([contact, lid], (person: ChatId) => report(person), { coolDownMs: 0 });
  const { route, reason, ageMs }: Routing = await presence.routing(contact, { maxAgeMs: 1_000, maxWaitMs: 0 });
  const momentum: Momentum | null = presence.momentum(group, lid);
  presence.onStruggling(({ chat, participant, momentum: { composingMs } }) => report(chat, participant, composingMs), { signal });
  report(shown, quiet.reason, wrote, waited.waitedMs, overtaken, doubled, arrival.reason, text, unlisten, route, reason, ageMs);
  report(momentum?.lastReply?.afterMs, momentum?.lastReadAtMs);
  // @ts-expect-error a group has nobody who comes online
  presence.onAvailable([group], () => {});
  // @ts-expect-error there is no such reason
  if (quiet.reason === "bored") report();
  // @ts-expect-error what is shown is read
  composer.shows = "typing";
  // @ts-expect-error the work has no text
  await presence.respond(contact, "an answer");
}

export async function appearing(presence: Presence, signal: AbortSignal): Promise<void> {
  presence.setOnline();
  presence.setOffline();
  const policy: OwnPolicy = {
    hours: { timeZone: "Europe/Berlin", open: [{ days: ["monday"], from: "09:00", to: "17:30" }] },
    healthy: signal,
    pulseEveryMs: 3_600_000,
  };
  presence.setPolicy(policy);
  presence.setPolicy({ healthy: async () => true });
  presence.setPolicy(null);
  const { availability, claimed, claimedElsewhere, ghost: unseen, policy: state }: OwnState = presence.own;
  presence.listenOwn((own: OwnState) => report(own), { signal });
  using ghost: Ghost = presence.ghost({ readReceipts: "off" });
  const prices: readonly GhostPrice[] = ghost.price;
  const { changed, how }: ReadReceipts = await ghost.readReceipts;
  await presence.rest.setPrivacy("readReceipts", "none");
  report(availability, claimed, claimedElsewhere, unseen, state?.open, prices.map(({ code, detail }) => `${code} ${detail}`), changed, how);
  // @ts-expect-error a day of the week
  presence.setPolicy({ hours: { timeZone: "UTC", open: [{ days: ["mon"], from: "09:00", to: "17:30" }] } });
  // @ts-expect-error who sees receipts is all or nobody
  await presence.rest.setPrivacy("readReceipts", "contacts");
}

export function lookingBack({ log }: Presence): void {
  const entries: readonly LogEntry[] = log.entries(contact);
  for (const { atMs, chat, participant, event, reason, lagMs } of log) report(atMs, chat, participant, event, reason, lagMs);
  const text: string = log.toNdjson({ chat: contact, ids: true });
  log.clear();
  report(entries.length, text, log.dropped);
  // @ts-expect-error there is no such event
  if (entries[0]?.event === "sneezed") report();
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

export function throwing(onError: NonNullable<ConnectOptions["onError"]>): never {
  const error: PresenceError = new PresenceError("closed", "the client was closed");
  // The class and what the client hands out are one type.
  onError(error satisfies Error);
  // @ts-expect-error the list of codes is closed
  report(new PresenceError("oops", "an error of somebody else's"));
  // @ts-expect-error an error has more than a code
  onError({ name: "PresenceError", message: "made by hand", code: "closed" });
  throw error;
}

declare function report(...words: readonly unknown[]): void;
