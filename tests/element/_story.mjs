// A client that is told by the test, in a page, and what it is told.

export const ANA = "15550001111@c.us";
export const BEN = "15550002222@c.us";
export const CLEO = "15550003333@c.us";
export const DAN = "15550004444@c.us";
export const NOBODY = "900000001@lid";
export const TEAM = "120363000000000001@g.us";
const NAMES = { [ANA]: "Ana Flores", [BEN]: "Ben Okoro", [CLEO]: "Cleo Brandt", [DAN]: "Dan Ito" };

/** Gives the page a client without a gateway, as `presence`, and words to tell it with. */
export async function giveClient(page, options = {}) {
  await page.evaluate(async (more) => {
    const { connect } = await import("/pkg/index.js");
    globalThis.connectOne = () => connect({ gateway: { kind: "ingest" }, keepOnReload: false, guard: "off", ...more });
    globalThis.presence = await connectOne();
    let events = 0;
    const body = (event, payload) => ({ id: `evt-${(events += 1)}`, timestamp: Date.now(), event, session: "default", payload });
    globalThis.tell = (chat, ...people) => {
      const presences = people.map(([participant, lastKnownPresence, lastSeenAtMs = null]) => {
        const lastSeen = lastSeenAtMs === null ? null : Math.floor(lastSeenAtMs / 1_000);
        return { participant, lastKnownPresence, lastSeen };
      });
      presence.ingest(body("presence.update", { id: chat, presences }));
    };
    globalThis.sessionIs = (status) => presence.ingest(body("session.status", { name: "default", status }));
  }, options);
}

/** Tells what somebody does in their own chat, or in a group. */
export function tell(page, word, { who, chat = who, lastSeenAtMs = null }) {
  return page.evaluate(([id, ...person]) => globalThis.tell(id, person), [chat, who, word, lastSeenAtMs]);
}

/** Lets every element of the page use that client. */
export function hand(page, selector = "wa-presence, wa-typing, wa-last-seen") {
  return page.evaluate((which) => {
    for (const element of document.querySelectorAll(which)) element.client = presence;
  }, selector);
}

/** What somebody sees of an element: the text in its shadow that is shown, slots aside. */
export function textOf(page, selector) {
  return page.locator(selector).locator('[part~="text"]').innerText();
}

/** Until an element says so. */
export async function shows(page, selector, text) {
  await page.waitForFunction(
    ([which, expected]) => document.querySelector(which)?.shadowRoot?.querySelector('[part~="text"]')?.textContent === expected,
    [selector, text],
    { timeout: 5_000 },
  ).catch(async () => {
    throw new Error(`expected ${selector} to say "${text}", found "${await textOf(page, selector)}"`);
  });
}

/** Gives every element a resolver that knows the four. */
export function nameThem(page, selector = "wa-presence, wa-typing, wa-last-seen") {
  return page.evaluate(([which, names]) => {
    for (const element of document.querySelectorAll(which)) element.resolver = (id) => (names[id] ? { name: names[id] } : null);
  }, [selector, NAMES]);
}
