// The simulated gateway's control surface, as far as the tests here use it.

const PATIENCE_MS = 15_000;
/** The simulator greets a subscription 40 to 250 ms later; what a test lets happen before would be overtaken. */
const GREETING_MS = 300;

export class Simulator {
  #url;

  constructor(url) {
    this.#url = url;
  }

  /** One control call. */
  async control(method, path, body) {
    const init = { method, body: body === undefined ? undefined : JSON.stringify(body) };
    const answer = await fetch(`${this.#url}/_control/${path}`, init);
    if (!answer.ok) throw new Error(`${method} ${path}: HTTP ${answer.status} ${await answer.text()}`);
    return answer.json();
  }

  /** An empty session of its own for a test, with a key that reaches nothing else. */
  async createSession(name, key) {
    const { wawp, waapi } = await this.control("POST", "sessions", { name, scopedKeys: [{ key }] });
    return new Session(this, name, { wawp, waapi });
  }
}

export class Session {
  #simulator;
  #greeted = new Set();

  /** @param instances How clients of the hosted gateways reach it. */
  constructor(simulator, name, instances) {
    this.#simulator = simulator;
    this.name = name;
    this.instances = instances;
  }

  /** Posts its events to a server, `{ url, secret, face }`. */
  addWebhook(hook) {
    return this.#call("POST", "webhooks", hook);
  }

  addPerson(person) {
    return this.#call("POST", "people", person);
  }

  addGroup(name, members) {
    return this.#call("POST", "groups", { name, members });
  }

  /** Makes somebody do something that the page hears of: it waits until their chat is subscribed to. */
  async act(person, does, more = {}) {
    await this.watched(more.chat ?? person);
    const { watched } = await this.#call("POST", "act", { person, does, ...more });
    if (!watched) throw new Error(`nobody watches the chat in which ${person} is ${does}`);
  }

  /** Makes somebody write, whether anybody asked about them or not: messages reach whoever listens. */
  write(person) {
    return this.#call("POST", "act", { person, does: "message" });
  }

  /** What one of the people sees of our account: whether it is online, and what it does in their chat. */
  async view(person) {
    const { online, chats } = await this.#call("GET", `view?person=${encodeURIComponent(person)}`);
    return { online, activity: chats[0].activity };
  }

  /** Until somebody sees this of us, such as `{ activity: "typing" }`. */
  async sees(person, expected, patienceMs) {
    const isSo = (view) => Object.entries(expected).every(([name, value]) => view[name] === value);
    const what = `${person} to see ${JSON.stringify(expected)}`;
    await until(what, async () => isSo(await this.view(person)), patienceMs);
  }

  /** Everything that was seen of us, oldest first: `[{ number, atMs, chat, shows }]`, in the simulator's own time. */
  changes() {
    return this.#call("GET", "view/changes");
  }

  /** Until the page has subscribed to somebody, or to a group, and WhatsApp has greeted it with their presence. */
  async watched(name) {
    if (this.#greeted.has(name)) return;
    const people = await this.#call("GET", "people");
    const { id } = people.find((person) => person.name === name);
    await until(`a subscription to ${name}`, async () => (await this.log()).watching.includes(id));
    await new Promise((resolve) => setTimeout(resolve, GREETING_MS));
    this.#greeted.add(name);
  }

  /** Subscriptions do not outlive a connection to WhatsApp. */
  setStatus(status) {
    this.#greeted.clear();
    return this.#call("POST", "status", { status });
  }

  /** Cuts the sockets without a word, and refuses new ones for a while. */
  cutSockets(refuseForMs) {
    return this.#call("POST", "disconnect", { refuseForMs });
  }

  /** Lets the next calls fail. */
  fail(fault) {
    return this.#call("POST", "fail", fault);
  }

  log() {
    return this.#call("GET", "log");
  }

  /** Forgets it, and whom it posts to: what nobody takes is posted again and again. */
  end() {
    return this.#simulator.control("DELETE", `sessions/${this.name}`);
  }

  #call(method, verb, body) {
    return this.#simulator.control(method, `sessions/${this.name}/${verb}`, body);
  }
}

/** Polls until it is so. */
export async function until(what, isSo, patienceMs = PATIENCE_MS) {
  const deadline = Date.now() + patienceMs;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`waited ${patienceMs} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
