// Presence for Vue, in shallow refs. What each of these does is in `vue.d.ts`.

import {
  computed, effectScope, getCurrentInstance, inject, onMounted, onScopeDispose, provide, shallowRef, toRaw, toValue, watch,
} from "vue";

import { keyOf, mounted } from "./mounted.js";
import { connectionStore, end, handleOf, openComposer, presenceStore, watchedChats } from "./stores.js";

const KEY = Symbol("wa-presence");
const NONE = { client: null, error: null };

export const presencePlugin = {
  install(app, given) {
    const provided = providedOf(given);
    app.provide(KEY, provided);
    app.onUnmount(provided.end);
  },
};

export function providePresence(given) {
  const provided = providedOf(given);
  provide(KEY, provided);
  whenMounted(provided.begin);
  onScopeDispose(provided.end);
}

export function usePresenceClient() {
  return useProvided().client;
}

export function usePresenceError() {
  return useProvided().error;
}

export function useConnection() {
  const client = usePresenceClient();
  return useStore(() => connectionStore(client.value));
}

export function usePresence(chat, options) {
  const client = usePresenceClient();
  return useStore(() => presenceStore(client.value, toValue(chat), { ...toValue(options) }));
}

export function useWatched(list) {
  const client = usePresenceClient();
  const chats = computed(() => watchedChats(client.value));
  whenMounted(() => watch(chats, (now, _, onCleanup) => onCleanup(now.end), { immediate: true }));
  return useStore(() => chats.value.of(toValue(list).map((entry) => (typeof entry === "string" ? entry : { ...entry }))));
}

export function useComposer(chat, input) {
  const client = usePresenceClient();
  let composer = null;
  const open = ([now, id, element], _, onCleanup) => {
    composer = openComposer(now, id);
    if (element) composer?.attach(element);
    onCleanup(() => {
      end(composer);
      composer = null;
    });
  };
  // After the template was drawn, when the input is there.
  whenMounted(() => watch([client, () => toValue(chat), () => toValue(input)], open, { immediate: true, flush: "post" }));
  return handleOf(() => composer);
}

// What components below are given. A client of our own begins with the first component that asks, which on a server none does.
function providedOf({ client, options, load }) {
  const made = shallowRef(NONE);
  const scope = effectScope(true);
  const connect = (key, _, onCleanup) => {
    if (key === null) return;
    const unmount = mounted(() => toValue(options), load, (client, error) => {
      made.value = { client, error };
    });
    onCleanup(() => {
      unmount();
      made.value = NONE;
    });
  };
  let begun = client !== undefined;
  return {
    client: computed(() => (client === undefined ? made.value.client : toRaw(toValue(client)))),
    error: computed(() => made.value.error),
    begin() {
      if (!begun) scope.run(() => watch(() => keyOf(toValue(options)), connect, { immediate: true }));
      begun = true;
    },
    end: () => scope.stop(),
  };
}

function useProvided() {
  const provided = inject(KEY, null);
  if (provided === null) throw new Error("wa-presence: app.use(presencePlugin, …), or providePresence(…) in a component above");
  whenMounted(provided.begin);
  return provided;
}

// What a server drew is drawn first in the page as well, so it starts as the server's.
function useStore(make) {
  const shown = shallowRef(make().initial);
  const follow = (store, _, onCleanup) => {
    const show = () => {
      shown.value = store.get();
    };
    onCleanup(store.subscribe(show));
    show();
  };
  whenMounted(() => watch(make, follow, { immediate: true }));
  return shown;
}

// Never on a server; in a scope without a component, at once.
function whenMounted(call) {
  if (getCurrentInstance()) onMounted(call);
  else call();
}
