// Finds out what is wrong, and when it is over. It asks the gateway only while something is wrong or was just reported.
//
// The package tells what happened to its calls. Why a call could not be made at all is hidden from pages: a browser reports
// a dead server and a forbidden answer with the same words. One probe that cannot be read tells them apart.

const RETRY_MS = 4_000;
const PROBE_LIMIT_MS = 5_000;
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
  #link;
  #probeUrl;
  #show;
  /** What the last question found; session states go by their own words. */
  #found = null;
  #mentioned = null;
  #asking = false;
  #timer = null;

  /**
   * @param link The connection as the page shows it.
   * @param gateway The options of `connect`.
   * @param show Called with the word of a trouble, or `null`.
   */
  constructor(presence, link, { kind, baseUrl }, show) {
    this.#presence = presence;
    this.#link = link;
    // Hosted gateways have no such call. Whatever they answer at their base, they answer.
    this.#probeUrl = kind === "waha" ? `${baseUrl}/ping` : baseUrl;
    this.#show = show;
    this.#ask();
  }

  handleConnection() {
    this.#show(this.#trouble());
    if (!this.#settled()) this.#ask();
  }

  /** An error that no call returned. */
  handleError({ code }) {
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
    try {
      const { state } = await this.#presence.rest.session();
      return sessionTroubles.has(state) ? state : null;
    } catch ({ code }) {
      if (code === "network") return (await reaches(this.#probeUrl)) ? "cors" : "unreachable";
      return byCode[code] ?? null;
    }
  }

  #settled() {
    const { state } = this.#link.connection;
    if (state === "unauthorized" || state === "closed") return true;
    return state === "open" && this.#found === null;
  }

  #trouble() {
    const { state, session, sinceAtMs } = this.#link.connection;
    if (state === "unauthorized") return "key";
    if (state === "closed") return null;
    if (this.#found !== null && !sessionTroubles.has(this.#found)) return this.#found;
    // The feed tells of a session's fate before a question does.
    const heard = session === "unknown" ? this.#found : session;
    if (sessionTroubles.has(heard)) return heard;
    if (state === "reconnecting" && Date.now() - sinceAtMs > FEED_PATIENCE_MS) return "feed";
    return this.#mentioned;
  }
}

/** Whether anything answers. The answer cannot be read, so that no permission is needed to get it. */
async function reaches(url) {
  try {
    await fetch(url, {
      mode: "no-cors",
      cache: "no-store",
      credentials: "omit",
      signal: AbortSignal.timeout(PROBE_LIMIT_MS),
    });
    return true;
  } catch {
    return false;
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
