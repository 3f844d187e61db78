// What can be wrong with a relay, or behind it. A relay tells by itself how the gateway's session is and what the gateway refuses;
// what is left to find out is whether it is there when nothing comes from it.

import { letsIn, reaches } from "./reach.js";

/** A relay that has just begun knows nothing of its gateway yet. */
const PATIENCE_MS = 6_000;

export class RelayCheck {
  #presence;
  #probeUrl;
  /** Whether the gateway refused the owner's credential since all was well last. */
  #refused = false;
  #worked = false;

  constructor(presence, { url }) {
    this.#presence = presence;
    // Answered with a refusal, which says that somebody is there, and read by pages that are let in.
    this.#probeUrl = `${url}/feed`;
  }

  /** Whether there is nothing to find out any more. */
  get settled() {
    const { state, session } = this.#presence.connection;
    return state === "open" && session !== "unknown";
  }

  handleConnection() {
    const { state, session } = this.#presence.connection;
    const works = state === "open" && session === "working";
    if (works && !this.#worked) this.#refused = false;
    this.#worked = works;
  }

  /** An error that no call returned. */
  handleError({ code }) {
    // Of a ticket that is refused, the connection tells.
    if (code === "unauthorized" && this.#presence.connection.state !== "unauthorized") this.#refused = true;
  }

  /** The word of what is wrong, or `null`. */
  async question() {
    const { state, reason, session, sinceAtMs } = this.#presence.connection;
    const late = Date.now() - sinceAtMs > PATIENCE_MS;
    if (state === "open") {
      if (this.#refused || reason === "refused") return "credential";
      return session === "unknown" && late ? "no-session" : null;
    }
    // The package is trying: a word of ours would come too early.
    if (reason === null && !late) return null;
    const found = await this.#probe();
    // It may have opened meanwhile.
    return this.#presence.connection.state === "open" ? null : found;
  }

  async #probe() {
    if (await letsIn(this.#probeUrl)) return null;
    return (await reaches(this.#probeUrl)) ? "cors" : "unreachable";
  }
}
