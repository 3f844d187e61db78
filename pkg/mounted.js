// A client that is there while something is mounted: connected soon after, closed with it.

import { connect } from "wa-presence";

import { end } from "./stores.js";

/**
 * Connects with the options that `current()` gives, and tells of the client, or of why there is none: options that are wrong, a module
 * that could not be loaded, or trapped later. Returns what closes it; nothing is told after that.
 */
export function mounted(current, load, tell) {
  let client;
  let over = false;
  begin();
  return () => {
    over = true;
    end(client);
  };

  async function begin() {
    // React's StrictMode mounts, unmounts and mounts in one go: only who is still there after that connects.
    await undefined;
    if (over) return;
    let made = null;
    let error = null;
    try {
      made = await connect(withCrash(late(current)), load);
    } catch (thrown) {
      error = thrown;
    }
    if (over) return end(made);
    client = made;
    tell(client, error);
  }

  function withCrash(options) {
    const onFatal = (error) => {
      // It may have been noticed in the middle of drawing.
      queueMicrotask(() => over || tell(null, error));
      options.onFatal?.(error);
    };
    return options && { ...options, onFatal };
  }
}

/** What another client would have to be made for: all that options say in plain values. Functions are looked up when called. */
export function keyOf(options) {
  return options === null ? null : JSON.stringify(options);
}

// The same options, with functions that call those of the latest: whoever draws again makes them anew, with what they know by then.
function late(current) {
  const given = current();
  if (typeof given !== "object" || given === null) return given;
  const delegated = ([key, value]) => {
    if (key === "gateway") return [key, late(() => current()?.gateway)];
    // A class, not a function to call.
    if (typeof value !== "function" || key === "webSocket") return [key, value];
    return [key, (...words) => (current()?.[key] ?? value)(...words)];
  };
  return Object.fromEntries(Object.entries(given).map(delegated));
}
