// What views show of a client, as stores: `get()` is the same object until something changes, `subscribe(told)` follows it and returns
// what ends that. The entry of each framework is made of these. Everybody reads from the client itself, so that two views of one chat
// show the same. Without a client, on a server and while one is loaded, nobody watches, and they show that: `initial`.

/** One chat, watched while somebody subscribes; `null` while none is chosen. */
export function presenceStore(client, chat, options) {
  if (chat === null || chat === undefined) return { initial: null, get: () => null, subscribe: () => nothing };
  const initial = unwatched(chat);
  return {
    initial,
    get: () => attempt(() => client?.snapshot(chat)) ?? initial,
    subscribe(told) {
      const watch = attempt(() => client?.watch(chat, options));
      watch?.listen(told);
      return () => end(watch);
    },
  };
}

/**
 * The chats of a list that changes: `of(list)` is a store of their snapshots, in its order, and whoever subscribes to it hears once of all
 * that changed together. Chats that the next list has too stay watched; `end()` ends all.
 */
export function watchedChats(client) {
  const watches = new Map();
  return {
    of(list) {
      const { initial, get } = together(list.map((entry) => presenceStore(client, optionsOf(entry).chat)));
      const subscribe = (told) => {
        follow(new Map(list.map(optionsOf).map((options) => [options.chat, options])));
        return attempt(() => client?.listen(told)) ?? nothing;
      };
      return { initial, get, subscribe };
    },
    end: () => follow(new Map()),
  };

  function follow(wanted) {
    for (const [chat, watch] of watches) {
      if (wanted.has(chat)) continue;
      watches.delete(chat);
      end(watch);
    }
    for (const { chat, priority = "visible", lastInboundAtMs } of wanted.values()) {
      const watch = watches.get(chat) ?? attempt(() => client?.watch(chat, { priority, lastInboundAtMs }));
      if (watch === undefined) continue;
      watches.set(chat, watch);
      attempt(() => { watch.priority = priority; });
    }
  }
}

/** The connection; `null` without a client. */
export function connectionStore(client) {
  return {
    initial: null,
    get: () => client?.connection ?? null,
    subscribe: (told) => attempt(() => client?.listenConnection(told)) ?? nothing,
  };
}

/** A composer; `null` without a client or a chat, or where others can be shown nothing of us: then nobody types, and nothing fails. */
export function openComposer(client, chat) {
  return attempt(() => chat && client?.composer(chat), ["unsupported"]) || null;
}

/** What a view calls on the composer that is there at that moment, if one is. */
export function handleOf(current) {
  return {
    keystroke: () => current()?.keystroke(),
    record: () => current()?.record(),
    work: () => current()?.work(),
    sent: () => current()?.sent(),
    stop: () => current()?.stop(),
  };
}

/** Ends a watch, a composer or a client. Of a module that trapped nothing is left to end. */
export function end(opened) {
  try {
    opened?.close();
  } catch {}
}

const nothing = () => {};
const optionsOf = (entry) => (typeof entry === "string" ? { chat: entry } : entry);

// Many stores as one: the same list until one of them shows something else.
function together(stores) {
  const initial = Object.freeze(stores.map((store) => store.initial));
  let shown = initial;
  return {
    initial,
    get() {
      const now = stores.map((store) => store.get());
      if (now.some((value, n) => value !== shown[n])) shown = Object.freeze(now);
      return shown;
    },
  };
}

// Views outlive clients by a moment: one that was closed, or whose module trapped, must not take the page down with it.
function attempt(call, harmless = []) {
  try {
    return call();
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError || ["closed", "crashed", ...harmless].includes(error?.code)) return undefined;
    throw error;
  }
}

/** A snapshot as the client's of a chat that it never heard of would be. */
function unwatched(chat) {
  return Object.freeze({
    chat,
    kind: chat.endsWith("@g.us") ? "group" : "contact",
    knowledge: Object.freeze({ state: "unwatched" }),
    availability: "unknown",
    basis: "reported",
    certain: false,
    activity: "none",
    activitySinceAtMs: null,
    active: Object.freeze([]),
    lastActivity: null,
    lastSeen: null,
    lastKnown: null,
    participants: Object.freeze([]),
  });
}
