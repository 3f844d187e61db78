// A backend in one file: takes a gateway's webhooks in, checks and decodes them, and hands them to pages as server-sent events.
// The keys and the secret stay here; a page hears of presence and nothing else.
//
//   WEBHOOK_SECRET=… node examples/webhook-server.mjs
//
// Point the gateway's webhook at http://127.0.0.1:8787/webhook, and in the page:
//
//   const presence = await connect({ gateway: { kind: "ingest" } });
//   new EventSource("http://127.0.0.1:8787/events").onmessage = ({ data }) => presence.ingest(data);
//
// Who may open /events is yours to decide: here it is anybody who reaches the port, which listens on this machine alone.

import { createServer } from "node:http";

import { ReplayGuard, verifyWebhook } from "wa-presence/webhook";

const { WEBHOOK_SECRET: secret, GATEWAY: gateway = "waha", PORT: port = "8787" } = process.env;
if (!secret) throw new Error("WEBHOOK_SECRET is not set: what the gateway signs its webhooks with");

const MAX_BODY_BYTES = 1_048_576;
const pages = new Set();
const guard = new ReplayGuard();

createServer(async (request, response) => {
  if (request.method === "GET" && request.url === "/events") return open(response);
  if (request.method === "POST" && request.url === "/webhook") return answer(response, await take(request));
  answer(response, 404);
}).listen(Number(port), "127.0.0.1", function () {
  console.log(JSON.stringify({ url: `http://127.0.0.1:${this.address().port}` }));
});

// The status to answer a webhook with. A copy is answered as the first was: a gateway that heard no answer tries again.
async function take(request) {
  const chunks = [];
  let length = 0;
  for await (const chunk of request) {
    if ((length += chunk.length) > MAX_BODY_BYTES) return 413;
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  try {
    const { events, fresh, repeated } = verifyWebhook({ body, headers: request.headers, secret, gateway, guard });
    if (fresh === false) return 400;
    // Only what a page needs leaves this machine: message bodies, media and credentials never do.
    if (repeated !== true && events.some(({ kind }) => kind !== "unknown")) tell(body);
    return 200;
  } catch (error) {
    if (error.name !== "PresenceError") throw error;
    return error.code === "unauthorized" ? 401 : 400;
  }
}

function open(response) {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store", "access-control-allow-origin": "*" });
  response.write(": here\n\n");
  pages.add(response);
  response.on("close", () => pages.delete(response));
}

function tell(body) {
  for (const page of pages) page.write(`data: ${presenceOnly(body)}\n\n`);
}

// The envelope as the gateway wrote it, without what pages have no business with, however deep that lies.
const KEPT = ["id", "timestamp", "event", "session", "instanceId", "payload", "data"];
const DROPPED = ["body", "media", "caption", "_data", "me", "metadata"];

function presenceOnly(body) {
  const strip = (envelope) => Object.fromEntries(KEPT.map((key) => [key, envelope[key]]));
  const parsed = JSON.parse(body);
  return JSON.stringify(Array.isArray(parsed) ? parsed.map(strip) : strip(parsed), (key, value) => (DROPPED.includes(key) ? undefined : value));
}

function answer(response, status) {
  response.writeHead(status).end();
}
