// Finds out what is wrong, and when it is over. It asks the gateway only while something is wrong or was just reported.

import { reaches } from "./reach.js";
import { RelayCheck } from "./relay-check.js";

const RETRY_MS = 4_000;
/** A lost feed usually returns within seconds; only one that stays away is worth a banner. */
const FEED_PATIENCE_MS = 6_000;
/** How long an error that nothing else explains stays on the page. */
const MENTION_MS = 12_000;

/** Whether the browser would block the gateway without a single call. Loopback is exempt from mixed content. */
export function isMixedContent(pageUrl, baseUrl) {
  const page = new URL(pageUrl);
  const gateway = new URL(baseUrl);
  return page.protocol === "https:" && gateway.protocol === "http:" && !isLoopback(gateway.hostname);
}

export class Diagnosis {
  #presence;
  #tickets;
  #relay;
  #probeUrl;
  #show;
  /** What the last question found; session states go by their own words. */
  #found = null;
  #mentioned = null;
  #asking = false;
  #timer = null;

  /**
   * @param gateway The options of `connect`.
   * @param tickets Those of a relay, or `null`.
   * @param show Called with the word of a trouble, or `null`.
   */
  constructor(presence, { gateway, tickets }, show) {
    const { kind, baseUrl } = gateway;
    this.#presence = presence;
    this.#tickets = tickets;
    this.#relay = kind === "relay" ? new RelayCheck(presence, gateway) : null;
    // Hosted gateways have no such call. Whatever they answer at their base, they answer.
    this.#probeUrl = kind === "waha" ? `${baseUrl}/ping` : baseUrl;
    this.#show = show;
    tickets?.listen(() => show(this.#trouble()));
    this.#ask();
  }

  handleConnection() {
    this.#relay?.handleConnection();
    this.#show(this.#trouble());
    if (!this.#settled()) this.#ask();
  }

  /** An error that no call returned. */
  handleError(error) {
    const { code } = error;
    this.#relay?.handleError(error);
    if (worthAsking.has(code)) this.#ask();
    if (worthMentioning.has(code)) this.mention(code);
  }

  /** Shows something that is not lasting, or that nothing can be done about, for a while. */
  mention(trouble) {
    this.#mentioned = trouble;
    this.#show(this.#trouble());
    setTimeout(() => {
      if (this.#mentioned !== trouble) return;
      this.#mentioned = null;
      this.#show(this.#trouble());
    }, MENTION_MS);
  }

  /** One question at a time; while something is wrong, another follows. */
  async #ask() {
    if (this.#asking) return;
    this.#asking = true;
    clearTimeout(this.#timer);
    this.#found = await this.#question();
    this.#asking = false;
    this.#show(this.#trouble());
    if (!this.#settled()) this.#timer = setTimeout(() => this.#ask(), RETRY_MS);
  }

  async #question() {
    if (this.#relay !== null) return this.#relay.question();
    try {
      const { state } = await this.#presence.rest.session();
      return sessionTroubles.has(state) ? state : null;
    } catch ({ code }) {
      if (code === "network") return (await reaches(this.#probeUrl)) ? "cors" : "unreachable";
      return byCode[code] ?? null;
    }
  }

  #settled() {
    const { state } = this.#presence.connection;
    if (state === "unauthorized" || state === "closed") return true;
    return state === "open" && this.#found === null && (this.#relay?.settled ?? true);
  }

  #trouble() {
    const { state, session, sinceAtMs } = this.#presence.connection;
    const ticketless = this.#tickets?.missing ?? false;
    if (state === "unauthorized") return ticketless ? "ticket" : "key";
    if (state === "closed") return null;
    if (this.#found !== null && !sessionTroubles.has(this.#found)) return this.#found;
    if (ticketless) return "ticket";
    // The feed tells of a session's fate before a question does.
    const heard = session === "unknown" ? this.#found : session;
    if (sessionTroubles.has(heard)) return heard;
    if (state === "reconnecting" && Date.now() - sinceAtMs > FEED_PATIENCE_MS) return "feed";
    return this.#mentioned;
  }
}

function isLoopback(hostname) {
  return hostname === "localhost" || hostname.endsWith(".localhost") || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname);
}

/** Errors after which it is worth asking how the gateway is. */
const worthAsking = new Set(["network", "timeout", "unauthorized", "forbidden", "not-found", "not-ready"]);
const worthMentioning = new Set(["rate-limited", "forbidden", "engine"]);
const sessionTroubles = new Set(["needs-pairing", "stopped", "starting", "failed"]);
const byCode = {
  unauthorized: "key",
  forbidden: "forbidden",
  "not-found": "no-session",
  "not-ready": "not-ready",
  timeout: "slow",
  "rate-limited": "rate-limited",
  engine: "engine",
};
