// Presence for Svelte, by its store contract. What each of these does is in `svelte.d.ts`.

import { mounted } from "./mounted.js";
import { connectionStore, end, handleOf, openComposer, presenceStore, watchedChats } from "./stores.js";

export function presenceClient(options, load) {
  const client = valueStore(null);
  const error = valueStore(null);
  let mounts = 0;
  let unmount;
  const tell = (made, why) => {
    error.set(why);
    client.set(made);
  };
  return {
    subscribe: client.subscribe,
    error: { subscribe: error.subscribe },
    mount() {
      if (mounts === 0) unmount = mounted(() => options, load, tell);
      mounts += 1;
      let here = true;
      return () => {
        if (!here) return;
        here = false;
        mounts -= 1;
        if (mounts > 0) return;
        unmount();
        tell(null, null);
      };
    },
  };
}

export function connectionOf(client) {
  return storeOf(client, connectionStore);
}

export function presenceOf(client, chat, options) {
  return storeOf(client, (now) => presenceStore(now, chat, options));
}

export function watchedOf(client, list = []) {
  const wanted = valueStore(list);
  const subscribe = (run) => each(client, (now) => {
    const chats = watchedChats(now);
    const leave = storeOf(wanted, chats.of).subscribe(run);
    return () => {
      leave();
      chats.end();
    };
  });
  return { subscribe, watch: wanted.set };
}

export function composerOf(client) {
  let composer = null;
  const open = (input, chat) => each(client, (now) => {
    composer = openComposer(now, chat);
    composer?.attach(input);
    return () => {
      end(composer);
      composer = null;
    };
  });
  const action = (input, chat) => {
    let close = open(input, chat);
    return {
      update(next) {
        close();
        close = open(input, next);
      },
      destroy: () => close(),
    };
  };
  return Object.assign(action, handleOf(() => composer));
}

// Svelte's store contract over a client, or over a store of one: what it makes is made anew for the next client.
function storeOf(source, make) {
  return {
    subscribe: (run) => each(source, (value) => {
      const { get, subscribe } = make(value);
      const leave = subscribe(() => run(get()));
      run(get());
      return leave;
    }),
  };
}

// Begins for a value, or for each value of a store; what `begin` returns ends it.
function each(source, begin) {
  if (typeof source?.subscribe !== "function") return begin(source);
  let over = () => {};
  const leave = source.subscribe((value) => {
    over();
    over = begin(value);
  });
  return () => {
    leave();
    over();
  };
}

function valueStore(value) {
  const runs = new Set();
  // One view with a wrong chat must not keep a client from the others.
  const tell = (run) => {
    try {
      run(value);
    } catch (error) {
      queueMicrotask(() => { throw error; });
    }
  };
  return {
    set(next) {
      value = next;
      [...runs].forEach(tell);
    },
    subscribe(run) {
      const own = (now) => run(now);
      runs.add(own);
      run(value);
      return () => runs.delete(own);
    },
  };
}
