// A bot for each chat that wants one. It answers what they write when it is its turn, like a person: it waits until they have
// finished, is seen typing while it works, and starts again when they write meanwhile. It sends nothing, and its work is a pause.

const WORK_MS = 3_000;
/** A bot waits for days; this is the longest that can be asked for at once. */
const LONGEST_WAIT_MS = 86_400_000;

export class Bots {
  #presence;
  #onChange;
  /** Of chats that have a bot, or had one that failed. */
  #bots = new Map();

  /** @param onChange Called with the chat whose bot is at something else. */
  constructor(presence, onChange) {
    this.#presence = presence;
    this.#onChange = onChange;
  }

  /** What the bot of a chat is at: `off`, `listening`, `waiting`, `typing`, `answered`, `overtaken` or `failed`. */
  state(key) {
    return this.#bots.get(key)?.state ?? "off";
  }

  isOn(key) {
    return !["off", "failed"].includes(this.state(key));
  }

  toggle(key) {
    if (this.isOn(key)) this.#switchOff(key);
    else this.#switchOn(key);
  }

  #switchOn(key) {
    const bot = { state: "off", stopping: new AbortController() };
    this.#bots.set(key, bot);
    this.#serve(key, bot).catch((error) => {
      // Switching it off ends every wait with this one.
      if (error.code !== "aborted") this.#turn(key, bot, "failed");
    });
  }

  #switchOff(key) {
    const { stopping } = this.#bots.get(key);
    this.#bots.delete(key);
    stopping.abort();
    this.#onChange(key);
  }

  async #serve(key, bot) {
    const { signal } = bot.stopping;
    this.#turn(key, bot, "listening");
    while (!signal.aborted) {
      if (await this.#presence.whenMessage(key, { signal, maxWaitMs: LONGEST_WAIT_MS })) await this.#answer(key, bot);
    }
  }

  async #answer(key, bot) {
    const { signal } = bot.stopping;
    const work = (turn) => {
      this.#turn(key, bot, "typing");
      return pause(WORK_MS, turn.signal);
    };
    this.#turn(key, bot, "waiting");
    while ((await this.#presence.respond(key, work, { signal })).overtaken) this.#turn(key, bot, "overtaken");
    this.#turn(key, bot, "answered");
  }

  #turn(key, bot, state) {
    // A bot that was switched off may still be on its way out.
    if (this.#bots.get(key) !== bot) return;
    bot.state = state;
    this.#onChange(key);
  }
}

/** Work that takes a while, and ends early when nobody wants it any more. */
function pause(ms, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const end = () => {
      clearTimeout(timer);
      resolve();
    };
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });
}
