// React for tests: real roots, a few views that note what they were drawn with, and an end to all of it.

import { container, window } from "./_dom.mjs";

import { act, createElement } from "react";
import { createRoot } from "react-dom/client";

import { connect } from "../../pkg/node.js";
import {
  PresenceProvider, useComposer, useConnection, usePresence, usePresenceClient, usePresenceError, useWatched,
} from "../../pkg/react.js";
import { until } from "./_waha.mjs";

export const h = createElement;

/** What is to be undone after a test. */
export const ended = [];

/** Undoes it, the last first. */
export async function endAll() {
  for (const end of ended.splice(0).reverse()) await act(async () => end());
}

/** A client that ends with the test. */
export async function connected(options = { gateway: { kind: "ingest" }, guard: "off" }) {
  const client = await connect(options);
  ended.push(() => client.close());
  return client;
}

/** Draws, and draws again with another element. */
export async function draw(element) {
  const place = container();
  const root = createRoot(place);
  const show = (next) => act(async () => root.render(next));
  const end = () => act(async () => root.unmount());
  ended.push(() => root.unmount());
  await show(element);
  return { place, root, show, end };
}

/** Waits until something is so; what is drawn again meanwhile is. */
export async function eventually(isSo) {
  await until(async () => {
    await act(() => new Promise(setImmediate));
    return isSo();
  });
}

export const provided = (client, ...children) => h(PresenceProvider, { client }, ...children);

/** Shows what a chat does, and notes every snapshot it was drawn with. */
export function Activity({ chat, options, drawn = [] }) {
  const snapshot = usePresence(chat, options);
  drawn.push(snapshot);
  return h("i", null, snapshot === null ? "nobody" : `${snapshot.knowledge.state} ${snapshot.activity}`);
}

/** Shows what the chats of a list do. */
export function Watching({ list, drawn = [] }) {
  const snapshots = useWatched(list);
  drawn.push(snapshots);
  return h("b", null, snapshots.map(({ activity }) => activity).join());
}

/** An input to write into, and what its composer is. */
export function Writing({ chat, told = {}, hidden }) {
  told.composer = useComposer(chat);
  return hidden ? null : h("textarea", { ref: told.composer.ref });
}

/** Hands out what is known of the client. */
export function Inside({ told }) {
  Object.assign(told, { client: usePresenceClient(), error: usePresenceError(), connection: useConnection() });
  return null;
}

/** Writes as a person does. */
export function typeInto(place) {
  const input = place.querySelector("textarea");
  input.value = "Hel";
  input.dispatchEvent(new window.Event("input", { bubbles: true }));
}
