"use client";

// Presence for React, over `useSyncExternalStore`. What each of these does is in `react.d.ts`.

import { createContext, createElement, useContext, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";

import { keyOf, mounted } from "./mounted.js";
import { connectionStore, end, handleOf, openComposer, presenceStore, watchedChats } from "./stores.js";

const Context = createContext(null);
const NONE = { client: null, error: null };

export function PresenceProvider({ client, options, load, children }) {
  const made = useMounted(client === undefined ? options : null, load);
  const given = useMemo(() => ({ client, error: null }), [client]);
  return createElement(Context.Provider, { value: client === undefined ? made : given }, children);
}

export function usePresenceClient() {
  return useProvided().client;
}

export function usePresenceError() {
  return useProvided().error;
}

export function useConnection() {
  const client = usePresenceClient();
  return useStore(useMemo(() => connectionStore(client), [client]));
}

export function usePresence(chat, options) {
  const client = usePresenceClient();
  const same = useSame(options);
  return useStore(useMemo(() => presenceStore(client, chat, same), [client, chat, same]));
}

export function useWatched(list) {
  const client = usePresenceClient();
  const same = useSame(list);
  const chats = useMemo(() => watchedChats(client), [client]);
  useEffect(() => () => chats.end(), [chats]);
  return useStore(useMemo(() => chats.of(same), [chats, same]));
}

export function useComposer(chat) {
  const client = usePresenceClient();
  const composer = useRef(null);
  const [input, ref] = useState(null);
  useEffect(() => {
    const opened = openComposer(client, chat);
    composer.current = opened;
    return () => {
      composer.current = null;
      end(opened);
    };
  }, [client, chat]);
  useEffect(() => (input === null ? undefined : composer.current?.attach(input)), [client, chat, input]);
  return useMemo(() => ({ ref, ...handleOf(() => composer.current) }), []);
}

// A client of the provider's own. Other options are another client; children never see one of others than they were given.
function useMounted(options, load) {
  const [state, setState] = useState(NONE);
  const latest = useRef(options);
  const key = keyOf(options);
  useEffect(() => {
    latest.current = options;
  });
  useEffect(() => {
    if (key === null) return undefined;
    const unmount = mounted(() => latest.current, load, (client, error) => setState({ client, error, key }));
    return () => {
      unmount();
      setState(NONE);
    };
  }, [key]);
  return state.key === key ? state : NONE;
}

function useProvided() {
  const provided = useContext(Context);
  if (provided === null) throw new Error("wa-presence: this hook needs a <PresenceProvider> above it");
  return provided;
}

function useStore({ get, subscribe, initial }) {
  return useSyncExternalStore(subscribe, get, () => initial);
}

// The same object for as long as it says the same: lists and options are written anew at every render.
function useSame(value) {
  const text = JSON.stringify(value);
  return useMemo(() => (text === undefined ? undefined : JSON.parse(text)), [text]);
}
