// What the fake gateway answers, in the words of WAHA.

/** Answers a call, and keeps it. `subscribed` is told of each chat that one of them subscribed to. */
export function answerTo(state, url, { method = "GET", body } = {}, subscribed) {
  const { pathname } = new URL(url);
  const path = decodeURIComponent(pathname);
  state.calls.push(Object.freeze({ method, path, body: parsed(body) }));
  const fault = state.faults[0];
  if (fault !== undefined) {
    fault.times -= 1;
    if (fault.times <= 0) state.faults.shift();
    return new Response(typeof fault.body === "string" ? fault.body : JSON.stringify(fault.body), { status: fault.status, headers: fault.headers });
  }
  const { session, status, engine, me } = state;
  if (path === `/api/sessions/${session}`) return Response.json({ name: session, status, me, presence: "online", engine: { engine } });
  if (status !== "WORKING") return refusal(422, { error: "Session status is not as expected. Try again later or restart the session", session, status, expected: ["WORKING"] });
  if (path === "/api/startTyping" || path === "/api/stopTyping" || (method === "POST" && path === `/api/${session}/presence`)) return done();
  if (path === `/api/${session}/presence`) return Response.json([]);
  const ofChat = `/api/${session}/presence/`;
  if (!path.startsWith(ofChat)) return refusal(404, { message: `Cannot ${method} ${path}`, error: "Not Found", statusCode: 404 });
  const [chat, verb] = path.slice(ofChat.length).split("/");
  state.subscribed.add(chat);
  subscribed(chat);
  return verb === "subscribe" ? done() : Response.json({ id: chat, presences: [] });
}

function done() {
  return new Response(null, { status: 201 });
}

function refusal(status, body) {
  return Response.json(body, { status });
}

function parsed(body) {
  return typeof body === "string" && body !== "" ? JSON.parse(body) : null;
}
