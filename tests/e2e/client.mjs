// A client in a page on which nothing else runs.

/**
 * Connects to a session and follows these chats. The client is `window.presence` there.
 * @param gateway How it is reached: `{ baseUrl, session, apiKey }`.
 */
export function connectIn(page, gateway, chats) {
  return page.evaluate(async ([gateway, chats]) => {
    const { connect } = await import("/pkg/index.js");
    window.presence = await connect({ gateway: { kind: "waha", lookUpIds: false, ...gateway }, guard: "off" });
    for (const chat of chats) window.presence.watch(chat);
  }, [gateway, chats]);
}
