// Clients that elements share: one for each relay, account and source of tickets on the page. It lives as long as somebody uses it, and
// a little longer, since pages take elements out to put them elsewhere.

import { PresenceError } from "../error.js";
import { ticketOf } from "./ticket.js";

/** As long as an unwatched chat lingers. */
const LINGER_MS = 5_000;
/** A client that could not be loaded, or that crashed, is made again after this long. */
const AGAIN_MS = 10_000;

const connections = new Set();

/**
 * Joins the connection that is wanted; `user` is told with `connected()` when there is a client, and when there is another, and with
 * `failed(about, error)` of what goes wrong.
 * @param wanted `{ url, account, ticket, ticketUrl }`, as `wantedOf` reads them.
 */
export function join(wanted, user) {
  const found = [...connections].find((connection) => connection.is(wanted)) ?? new Connection(wanted);
  found.join(user);
  return found;
}

/**
 * Reads what an element says of its connection: `null` if nothing.
 * @throws {PresenceError} `invalid-option`
 */
export function wantedOf({ relay, account, ticket, ticketUrl }) {
  if (relay === null && account === null && ticket === null && ticketUrl === null) return null;
  const url = addressOf(relay, "relay").replace(/\/+$/, "");
  if (!account) throw refused("account: expected the account's name in the relay's configuration, found none");
  if (ticket !== null) return { url, account, ticket, ticketUrl: null };
  return { url, account, ticket, ticketUrl: addressOf(ticketUrl, "ticket-url") };
}

function addressOf(text, name) {
  const expected = `${name}: expected an address of the web`;
  if (!text) throw refused(`${expected}, found none`);
  let address;
  try {
    address = new URL(text, document.baseURI);
  } catch {
    throw refused(`${expected}, found something else`);
  }
  if (!/^https?:$/.test(address.protocol)) throw refused(`${expected}, found something else`);
  return address.href;
}

function refused(message) {
  return new PresenceError("invalid-option", message);
}

class Connection {
  /** The client, once there is one. */
  presence = null;
  #wanted;
  #users = new Set();
  #refusal = null;
  #end = null;
  #again = null;

  constructor(wanted) {
    this.#wanted = wanted;
    connections.add(this);
    this.#open();
  }

  is(wanted) {
    return Object.entries(wanted).every(([name, value]) => this.#wanted[name] === value);
  }

  join(user) {
    clearTimeout(this.#end);
    this.#users.add(user);
    if (this.#refusal !== null) user.failed("connection", this.#refusal);
  }

  leave(user) {
    this.#users.delete(user);
    if (this.#users.size === 0) this.#end = setTimeout(() => this.#close(), LINGER_MS);
  }

  async #open() {
    try {
      // Loaded by whoever needs it: a page that brings its own client has it already.
      const { connect } = await import("../index.js");
      const { url, account } = this.#wanted;
      const gateway = { kind: "relay", url, account, ticket: (wanted) => this.#ticket(wanted) };
      const presence = await connect({ gateway, onError: (error) => this.#warn(error), onFatal: (error) => this.#lost(error) });
      if (!connections.has(this)) return presence.close();
      this.presence = presence;
      this.#tell((user) => user.connected());
    } catch (error) {
      const told = error instanceof PresenceError ? error : unloadable(error);
      // A module that did not come may come later; options that will not do stay so.
      if (told.code === "network") this.#lost(told);
      else this.#refused(told);
    }
  }

  async #ticket(wanted) {
    try {
      return await ticketOf(this.#wanted, wanted);
    } catch (error) {
      this.#tell((user) => user.failed("ticket", error));
      throw error;
    }
  }

  /** The client says of a failed ticket that it failed; who asked for it says why. */
  #warn(error) {
    if (!error.message.startsWith("gateway.ticket:")) this.#tell((user) => user.failed("connection", error));
  }

  /** The same attributes will not do next time either. */
  #refused(error) {
    this.#refusal = error;
    this.#tell((user) => user.failed("connection", error));
  }

  #lost(error) {
    this.presence = null;
    this.#tell((user) => user.failed("connection", error));
    this.#tell((user) => user.connected());
    this.#again = setTimeout(() => this.#open(), AGAIN_MS);
  }

  #close() {
    clearTimeout(this.#again);
    connections.delete(this);
    this.presence?.close();
  }

  #tell(say) {
    for (const user of [...this.#users]) say(user);
  }
}

function unloadable(cause) {
  const error = new PresenceError("network", "wa-presence: the module could not be loaded, or the page's policy does not allow it");
  error.cause = cause;
  return error;
}
