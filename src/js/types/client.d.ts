/**
 * One watched chat. Ends with {@link Watch.close}, with `using`, or with the `signal` it was opened with.
 *
 * @example
 * const chat = presence.watch("15550001111@c.us", { priority: "focused" });
 * chat.listen(({ availability, activity }) => draw(availability, activity));
 */
export interface Watch {
  /** The chat's canonical id. */
  readonly id: ChatId;
  /** What listeners were told last. The same object until it changes. */
  readonly snapshot: Snapshot;
  /** How much it matters. May be set. */
  priority: Priority;
  /** How long the gateway keeps telling of the chat; `null` without a subscription. Read it when you draw: no change tells of it. */
  readonly lease: Lease | null;
  /**
   * Calls back on every change: the first at once, then at most one per 100 ms, the last state always.
   * The callback may call anything here, throw, or unlisten.
   * @throws A {@link PresenceError}: `closed`, `invalid-option`
   */
  listen(callback: (snapshot: Snapshot, change: Change) => void, options?: ListenOptions): Unlisten;
  /** Ends the watch and its listeners. Calling it twice is harmless. */
  close(): void;
  /** Every snapshot from now on; a slow reader gets the latest, not the backlog. Ends with the watch. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Snapshot>;
  /** `using` closes it. */
  [Symbol.dispose](): void;
}

/**
 * A client of one gateway session. Made by {@link connect}, ended by {@link Presence.close}.
 *
 * Calls that return a promise reject with what others throw: a {@link PresenceError} with `invalid-chat` or `invalid-option` for what was
 * given, `closed` after {@link Presence.close}, `crashed` once the module trapped, and `aborted` by a signal.
 */
export interface Presence {
  /**
   * Follows a chat. Counted: two watches of one chat are one subscription, and closing one leaves the other.
   * On WAHA watching marks your own account online (see {@link Capabilities.watchMarksOnline}).
   * @throws A {@link PresenceError}: `invalid-chat`, `invalid-option`, `closed`
   * @example
   * using chat = presence.watch("15550001111@c.us");
   * for await (const { activity } of chat) draw(activity);
   */
  watch(chat: ChatId, options?: WatchOptions): Watch;
  /**
   * Replaces the set of chats that a virtual list shows. Chats that stay cost nothing; those that leave linger for 5 s.
   * @throws A {@link PresenceError}: `invalid-chat`, `invalid-option`, `closed`
   * @example
   * presence.setWatched(rows.map(({ id, isVisible }) => ({ chat: id, priority: isVisible ? "visible" : "background" })));
   */
  setWatched(
    chats: readonly { readonly chat: ChatId; readonly priority?: Priority; readonly lastInboundAtMs?: number }[],
  ): void;
  /**
   * Calls back with all changes of one moment together.
   * @throws A {@link PresenceError}: `closed`, `invalid-option`
   * @example
   * const unlisten = presence.listen((changes) => changes.forEach(({ snapshot }) => drawRow(snapshot.chat, snapshot)));
   */
  listen(callback: (changes: readonly Change[]) => void, options?: ListenOptions): Unlisten;
  /**
   * What is known of a chat, watched or not; `null` if it was never heard of.
   * @throws A {@link PresenceError}: `invalid-chat`
   */
  snapshot(chat: ChatId): Snapshot | null;
  /** Every watched chat. */
  chats(): readonly Snapshot[];
  /**
   * Takes in a webhook body as your backend received it: text, bytes, or the parsed object.
   * @throws A {@link PresenceError}: `malformed`, `too-large`, `closed`
   * @example
   * new EventSource("/my-webhooks").onmessage = ({ data }) => presence.ingest(data);
   */
  ingest(body: string | Uint8Array | object): void;
  /**
   * Says that two ids name one person.
   * @throws A {@link PresenceError}: `invalid-chat`, `invalid-option`, `closed`
   */
  addAlias(lid: LidId, contact: ContactId): void;
  /** The connection. The same object until it changes. */
  readonly connection: Connection;
  /** Calls back when the connection changes. */
  listenConnection(callback: (connection: Connection) => void, options?: ListenOptions): Unlisten;
  /** As far as is known by now: read it again once {@link Connection.session} is known. */
  readonly capabilities: Capabilities;
  /** How the calls stand that subscribe: a new object each time it is read. */
  readonly budget: Budget;
  /** What happened so far: a new object each time it is read. */
  readonly counters: Counters;
  /** Every endpoint as one typed call. */
  readonly rest: Rest;

  /**
   * Shows the chat that we type or record, at the pace of a person. Calls have a budget apart from subscriptions. Whatever was
   * shown is ended when the composer, the client or the page goes: by `fetch` with `keepalive`, which is as good as it gets, and no
   * promise. On WAHA and Wawp typing marks your account online for about 25 s, and the owner's phone stays silent meanwhile.
   * @throws A {@link PresenceError}: `unsupported` where the gateway calls nothing, `invalid-chat`, `invalid-option`, `closed`
   * @example
   * const composer = presence.composer(chat);
   * const detach = composer.attach(textarea);
   */
  composer(chat: ChatId, options?: ComposerOptions): Composer;
  /**
   * Claims that we are online: to everybody, until {@link setOffline}. While it stands the owner's phone shows no notifications, and
   * customers expect an answer within seconds. It is told again after a reconnect.
   * @throws A {@link PresenceError}: `unsupported` where the gateway shows others nothing of us, `closed`
   */
  setOnline(): void;
  /**
   * Ends the claim. Offline is told once no tab of this browser claims otherwise; then the phone notifies its owner again.
   * @throws A {@link PresenceError}: `unsupported` where the gateway shows others nothing of us, `closed`
   */
  setOffline(): void;
  /**
   * When to be online by itself; `null` ends that. It runs in one tab of this browser at a time, which takes Web Locks.
   * @throws A {@link PresenceError}: `unsupported` where the gateway shows others nothing of us, `invalid-option`, `closed`
   */
  setPolicy(policy: OwnPolicy | null): void;
  /** What our account says of itself. */
  readonly own: OwnState;
  /** Calls back when that changes. */
  listenOwn(callback: (own: OwnState) => void, options?: ListenOptions): Unlisten;
  /**
   * Keeps our account unseen, as far as this gateway and engine can, and says what that costs.
   * @throws A {@link PresenceError}: `unsupported` where the gateway shows others nothing of us, `invalid-option`, `closed`
   * @example
   * using ghost = presence.ghost();
   * ghost.price.forEach(({ detail }) => console.info(detail));
   */
  ghost(options?: GhostOptions): Ghost;

  /**
   * Resolves once nobody else in the chat types or records any more, or there is another reason not to wait.
   * It asks nothing of the gateway: watch the chat to be told of more than it tells by itself.
   * @example
   * const { reason } = await presence.whenQuiet(chat, { quietMs: 10_000, maxWaitMs: 60_000 });
   * if (reason === "message") answer = await generate();
   */
  whenQuiet(chat: ChatId, options?: QuietOptions): Promise<Quiet>;
  /** Resolves with `true` once they write, with `false` after the longest wait. */
  whenMessage(chat: ChatId, options?: MessageOptions): Promise<boolean>;
  /**
   * Takes a turn like a person: waits until it is quiet, shows "typing…" while `work` goes on, for 60 s at most, and stops.
   * What `work` throws is thrown, and typing ends all the same. Where they wrote while we waited (`waited.reason` is `"message"`),
   * the work begins at once, whatever they go on to write: call it again when it was overtaken.
   * @example
   * const { value, overtaken } = await presence.respond(chat, ({ signal }) => generate(signal));
   * if (!overtaken) await send(value);
   */
  respond<T>(chat: ChatId, work: (turn: Turn) => T | Promise<T>, options?: QuietOptions): Promise<Responded<T>>;
  /** Resolves once they are online, typing and writing included. The chat is watched meanwhile. */
  whenOnline(chat: ChatId, options?: OnlineOptions): Promise<Arrival>;
  /**
   * Calls `send` once they are online. If they do not come in time, or nothing is known of them, it is called all the same, unless
   * `otherwise` is `"drop"`. What `send` throws is thrown.
   * @example
   * const { sent } = await presence.sendWhenOnline(chat, () => send("Are you still there?"), { maxWaitMs: 600_000, otherwise: "drop" });
   */
  sendWhenOnline<T>(
    chat: ChatId,
    send: (arrival: Arrival) => T | Promise<T>,
    options?: OnlineOptions & { readonly otherwise?: "send" | "drop" },
  ): Promise<SentWhenOnline<T>>;
  /**
   * Calls back when one of a few people comes online, at once for those who are, each at most once per cool-down. They are watched
   * meanwhile. At most 50: more would be scanning, which gets accounts banned.
   * @throws A {@link PresenceError}: `invalid-option` for more of them, `invalid-chat`, `closed`
   * @example
   * const unlisten = presence.onAvailable(["15550001111@c.us"], (person) => notify(person), { coolDownMs: 3_600_000 });
   */
  onAvailable(people: readonly (ContactId | LidId)[], callback: (person: ChatId) => void, options?: CohortOptions): Unlisten;
  /**
   * Where to send a conversation. Costs at most one subscribe call of the budget, and none where enough is known.
   * @example
   * const { route } = await presence.routing(chat);
   * return route === "priority" ? assignAgent(chat) : openTicket(chat);
   */
  routing(chat: ChatId, options?: RoutingOptions): Promise<Routing>;
  /**
   * How the contact's side of a conversation moves, or a participant's; `null` where nothing was seen.
   * @throws A {@link PresenceError}: `invalid-chat`
   */
  momentum(chat: ChatId, participant?: ContactId | LidId): Momentum | null;
  /** Calls back when somebody turns out to struggle, once until they write. */
  onStruggling(callback: (struggling: Struggling) => void, options?: ListenOptions): Unlisten;
  /** What happened lately. */
  readonly log: ActivityLog;
  /**
   * Ends everything: watches, feed, timers. Calls in flight reject with `closed`. Calling it twice is harmless.
   * @param options `forget` wipes what {@link ConnectOptions.keepOnReload} keeps; default `false`.
   */
  close(options?: { readonly forget?: boolean }): void;
  /** `using` closes it. */
  [Symbol.dispose](): void;
}
