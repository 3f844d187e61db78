// What is wrong, as a sentence and what to do about it. A trouble never names a key, nor an address that holds one.

import { gatewayName, isHosted } from "./gateways.js";

/** @returns {{ title: string, text: string }} */
export function troubleWords(trouble, { kind, vendor = kind, host, session }) {
  const words = (kind === "relay" ? relayed[trouble] : undefined) ?? (isHosted(vendor) ? hosted[trouble] : undefined);
  const [title, text] = words ?? troubles[trouble] ?? troubles.engine;
  const facts = { gateway: gatewayName(vendor), host, session };
  const fill = (text) => text.replace(/\{(gateway|host|session)\}/g, (_, name) => facts[name]);
  return { title: fill(title), text: fill(text) };
}

const troubles = {
  page: ["The page could not start.", "Its settings or the package could not be loaded. Reload the page; if that does not help, look at the server that serves it."],
  options: ["The page is set up wrongly.", "The package refused its settings: see config.json of the server that serves this page."],
  crashed: ["The presence client stopped.", "An unexpected error ended it. Reload the page to connect again."],
  people: ["The names could not be loaded.", "Contacts are shown by number. Presence is not affected."],
  mixed: ["The browser blocks this gateway.", "This page came over https, but {host} is addressed over http, and browsers refuse to mix the two. Put the gateway behind https, or open the page over http."],
  cors: ["The gateway answers, but not to this page.", "{host} is there, yet the browser may not read its answers (CORS). WAHA itself allows every page: look for a proxy in front of it that strips the Access-Control-Allow-Origin header."],
  unreachable: ["The gateway is out of reach.", "Nothing answers at {host}. Check that it is running and that this device can reach it. We keep trying."],
  slow: ["The gateway is slow.", "{host} did not answer in time. We keep trying."],
  feed: ["The live feed is down.", "{host} answers, but its WebSocket (/ws) does not stay open. A proxy in between may not pass WebSockets on. We keep trying."],
  key: ["The gateway refused the key.", "It may be mistyped, expired, or made for another session. Get a key for the session “{session}” that may read, and load the page again."],
  forbidden: ["The key may not do this.", "The gateway accepts it, but not for everything this page needs. It takes a key for the session “{session}” that may read; to subscribe, WAHA also wants it to send."],
  "no-session": ["There is no such session.", "The gateway knows no session named “{session}”. Create it, or correct the name."],
  "not-ready": ["The WhatsApp session is not ready.", "The gateway does not say why. We keep asking."],
  "needs-pairing": ["WhatsApp is not linked.", "The session “{session}” waits for its QR code: open the gateway's own dashboard and scan it with the phone. This page continues by itself."],
  stopped: ["The WhatsApp session is stopped.", "Start the session “{session}” in the gateway's own dashboard. This page continues by itself."],
  starting: ["The WhatsApp session is starting.", "Presence arrives as soon as “{session}” is working. This page continues by itself."],
  failed: ["The WhatsApp session failed.", "Restart the session “{session}” in the gateway's own dashboard; it may have to be linked again. This page continues by itself."],
  "rate-limited": ["The gateway asks for a pause.", "It received too many calls. Chats are asked for more slowly for a while."],
  engine: ["The gateway had an error.", "A call failed on its side. It is tried again where that is safe."],
};

/** Where Wawp and WaAPI need other words: they have instances and tokens, no WebSocket, and a vendor who runs them. */
const hosted = {
  cors: ["{gateway} answers, but not to this page.", "{host} is there, yet the browser may not read its answers (CORS). {gateway} is made for servers: put a relay of yours in between, which keeps the token and lets this page in."],
  unreachable: ["{gateway} is out of reach.", "Nothing answers at {host}. What is shown may be out of date. Check this device's connection. We keep trying."],
  slow: ["{gateway} is slow.", "{host} did not answer in time. We keep trying."],
  key: ["{gateway} refused the token.", "It may be mistyped, withdrawn, or made for another instance. Correct it where this page gets its settings, and load the page again."],
  forbidden: ["The token may not do this.", "{gateway} accepts it, but not for everything this page needs: look at what the plan of the instance includes."],
  "no-session": ["There is no such instance.", "{gateway} does not know the instance that this page was told of. Correct it where this page gets its settings, and load the page again."],
  "not-ready": ["The instance is not ready.", "{gateway} says no more than that: it may be starting, not linked, or not exist. Look for it in {gateway}'s own dashboard. This page continues by itself."],
  "needs-pairing": ["WhatsApp is not linked.", "The instance waits for its QR code: open {gateway}'s own dashboard and scan it with the phone. This page continues by itself."],
  stopped: ["The instance is disconnected.", "Start it in {gateway}'s own dashboard. This page continues by itself."],
  starting: ["The instance is starting.", "Presence arrives as soon as {gateway} has connected it to WhatsApp. This page continues by itself."],
  failed: ["The instance failed.", "Restart it in {gateway}'s own dashboard; it may have to be linked again. This page continues by itself."],
  "rate-limited": ["{gateway} asks for a pause.", "It takes only so many calls a minute. Chats are asked for more slowly for a while."],
  engine: ["{gateway} had an error.", "A call failed on its side. It is tried again where that is safe."],
};

/** Where a relay is in between: it holds the token, lets pages in by tickets, and is somebody's to run. */
const relayed = {
  cors: ["The relay answers, but not to this page.", "{host} is there, yet the browser may not read its answers (CORS). List the origin of this page in the relay's configuration, and look for a proxy in front of it that strips the header."],
  unreachable: ["The relay is out of reach.", "Nothing answers at {host}, so nothing is claimed of anybody. Check that it is running and that this device can reach it. We keep trying."],
  slow: ["The relay is slow.", "{host} did not answer in time. We keep trying."],
  feed: ["The relay's feed is down.", "{host} is there, but its stream does not stay open: it may have more readers than it takes, or a proxy in between holds responses back. We keep trying."],
  ticket: ["There is no ticket for the relay.", "The server of this page signs the tickets by which the relay lets it in, and gives none. See whether it is there and you are still logged in. We keep trying."],
  key: ["The relay refused the ticket.", "It may be signed with another key, or be good for longer than the relay allows, or the clocks differ. Look at the server of this page, which signs them, and load the page again."],
  credential: ["{gateway} refuses the relay's key.", "It may be mistyped, withdrawn, or made for another instance. Whoever runs the relay has to correct it there; this page continues by itself."],
  forbidden: ["The ticket may not do this.", "The relay accepts it, but it does not cover everything this page needs. Whoever signs it decides which chats and which calls it is for."],
  "no-session": ["{gateway} tells nothing of the instance.", "The relay asked how it is and got no answer that says so: it may not exist, or not be the token's. Whoever runs the relay finds more in its log, and corrects it there."],
  starting: ["The instance is starting.", "Presence arrives as soon as {gateway} has connected it to WhatsApp. If that takes long, it may not be linked, or not exist: look for it in {gateway}'s own dashboard. This page continues by itself."],
  "rate-limited": ["{gateway} asks for a pause.", "It takes only so many calls a minute, and those of all who look through this relay count. Chats are asked for more slowly for a while."],
};
