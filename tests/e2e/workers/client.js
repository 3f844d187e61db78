// One client that is told what to do: the same in a page, in a worker of any kind and in an extension.

import { connect } from "./pkg/index.js";

/** By which file of the package. An extension's worker has another one too. */
export const ways = { usual: connect };

let presence = null;
let chat;
let composer;
let heard;
let errors;

const does = {
  /** `gateway.ticket` is a text here: a function cannot be sent. */
  async connect({ gateway, ...options }, way = "usual") {
    presence?.close();
    [heard, errors] = [[], []];
    const { ticket } = gateway;
    const whole = ticket === undefined ? gateway : { ...gateway, ticket: async () => ticket };
    presence = await ways[way]({ ...options, gateway: whole, onError: (error) => errors.push(plain(error)) });
  },
  watch(id) {
    chat = presence.watch(id);
    chat.listen(({ activity }) => heard.push(activity));
  },
  shows: () => ({ connection: presence.connection.state, reason: presence.connection.reason, activity: chat?.snapshot.activity }),
  heard: () => heard,
  errors: () => errors,
  session: async () => (await presence.rest.session()).state,
  ingest: (body) => presence.ingest(body),
  compose() {
    composer = presence.composer(chat.id);
    composer.keystroke();
  },
  attach: () => void composer.attach({}),
  claim: () => presence.setOnline(),
  follow: (policy) => presence.setPolicy(policy),
  own: () => presence.own,
  close: (options) => presence?.close(options),
};

/** `[number, what, ...args]` in, `[number, answer]` out. */
export async function answer([number, what, ...args]) {
  try {
    return [number, { value: await does[what](...args) }];
  } catch (error) {
    return [number, { error: plain(error) }];
  }
}

/** What is lost of an error on its way out of a worker: all but its message. */
function plain({ name, code, message, cause }) {
  return { name, code, message, cause: cause?.name };
}
