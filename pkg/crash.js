// After a trap every call says so: what comes out of the module then is an error of WebAssembly's, and of no use to anybody.

import { PresenceError } from "./error.js";

export function guardAgainstTraps(classes) {
  for (const { prototype } of classes) {
    for (const [name, about] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      if (name === "constructor") continue;
      for (const kind of ["value", "get", "set"]) {
        if (typeof about[kind] === "function") about[kind] = guarded(about[kind]);
      }
      Object.defineProperty(prototype, name, about);
    }
  }
}

function guarded(call) {
  return function (...given) {
    try {
      return call.apply(this, given);
    } catch (cause) {
      if (!(cause instanceof WebAssembly.RuntimeError)) throw cause;
      throw new PresenceError("crashed", "the WebAssembly module trapped in this client: connect again");
    }
  };
}
