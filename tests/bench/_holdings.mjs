// What a page holds of its platform: timers, listeners, channels. Page side; counted from the first call on, so call before the package
// is loaded.

/** Every timer this page has set and neither cleared nor heard. Pauses by the function in the answer are not counted. */
export function countTimers() {
  const live = new Set();
  const { setTimeout, clearTimeout, setInterval, clearInterval } = globalThis;
  globalThis.setTimeout = (callback, delay, ...rest) => {
    const id = setTimeout(() => {
      live.delete(id);
      callback(...rest);
    }, delay);
    live.add(id);
    return id;
  };
  globalThis.setInterval = (...args) => {
    const id = setInterval(...args);
    live.add(id);
    return id;
  };
  const clear = (native) => (id) => {
    live.delete(id);
    native(id);
  };
  globalThis.clearTimeout = clear(clearTimeout);
  globalThis.clearInterval = clear(clearInterval);
  return { live, pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) };
}

/** How often each kind of event is listened to, by any target: those that were added and not removed. */
export function countListeners() {
  const counts = new Map();
  const { addEventListener, removeEventListener } = EventTarget.prototype;
  const count = (type, by) => counts.set(type, (counts.get(type) ?? 0) + by);
  EventTarget.prototype.addEventListener = function (type, ...rest) {
    count(type, 1);
    return addEventListener.call(this, type, ...rest);
  };
  EventTarget.prototype.removeEventListener = function (type, ...rest) {
    count(type, -1);
    return removeEventListener.call(this, type, ...rest);
  };
  return counts;
}

/** Every channel to other tabs that is open. */
export function countChannels() {
  const open = new Set();
  globalThis.BroadcastChannel = class extends BroadcastChannel {
    constructor(name) {
      super(name);
      open.add(this);
    }

    close() {
      open.delete(this);
      super.close();
    }
  };
  return open;
}
