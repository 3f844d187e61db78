// A page with a client in it, or in a worker of it: `?in=page`, `dedicated` or `shared`; `careless` leaves a dedicated one to itself. `ask` speaks to it, wherever it is.

import { steady } from "./steady.js";

const { searchParams } = new URL(location);
const kind = searchParams.get("in");
/** The policy that comes with the worker's script. */
const policy = encodeURIComponent(searchParams.get("its") ?? "");
const waiting = new Map();
let asked = 0;
let say;

const begins = {
  async page() {
    const { answer } = await import("./client.js");
    say = async (words) => hear(await answer(words));
  },
  dedicated: () => (searchParams.has("careless") ? dedicated() : steady(dedicated)),
  shared() {
    speakBy(new SharedWorker("shared.js", { type: "module", name: searchParams.get("name") }).port);
  },
};

function dedicated() {
  const worker = new Worker(`dedicated.js?policy=${policy}`, { type: "module" });
  speakBy(worker);
  return worker;
}

function speakBy(port) {
  port.onmessage = ({ data }) => hear(data);
  say = (words) => port.postMessage(words);
}

function hear([number, answer]) {
  waiting.get(number)?.(answer);
  waiting.delete(number);
}

await begins[kind]();

globalThis.ask = (...words) => {
  asked += 1;
  const told = new Promise((resolve) => waiting.set(asked, resolve));
  say([asked, ...words]);
  return told;
};
