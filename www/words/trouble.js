// What is wrong, as a sentence and what to do about it. A trouble never names a key, nor an address that holds one.

/** @returns {{ title: string, text: string }} */
export function troubleWords(trouble, { host, session }) {
  const words = troubles[trouble] ?? troubles.engine;
  const fill = (text) => text.replaceAll("{host}", host).replaceAll("{session}", session);
  return { title: fill(words[0]), text: fill(words[1]) };
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
  "needs-pairing": ["WhatsApp is not linked.", "The session “{session}” waits for its QR code: open the gateway's own dashboard and scan it with the phone. This page continues by itself."],
  stopped: ["The WhatsApp session is stopped.", "Start the session “{session}” in the gateway's own dashboard. This page continues by itself."],
  starting: ["The WhatsApp session is starting.", "Presence arrives as soon as “{session}” is working. This page continues by itself."],
  failed: ["The WhatsApp session failed.", "Restart the session “{session}” in the gateway's own dashboard; it may have to be linked again. This page continues by itself."],
  "rate-limited": ["The gateway asks for a pause.", "It received too many calls. Chats are asked for more slowly for a while."],
  engine: ["The gateway had an error.", "A call failed on its side. It is tried again where that is safe."],
};
