// The end of typing in a page that is seen: how much later than due it is on the screen.

/**
 * @param page One on which nothing runs, of the server under which the package is.
 * @returns For each of so many ends, how late the frame was that showed it, in ms.
 */
export function lateEnds(page, ends) {
  return page.evaluate(async (ends) => {
    const { connect } = await import("/pkg/index.js");
    const presence = await connect({ gateway: { kind: "ingest" }, typingTtlMs: 400, maxWatchedChats: ends });
    const rest = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    const late = [];
    presence.listen((changes) => {
      for (const { snapshot, previous } of changes) {
        const dueAtMs = previous?.participants[0]?.activityExpiresAtMs;
        const shown = () => late.push(performance.timeOrigin + performance.now() - dueAtMs);
        if (snapshot.activity === "none" && dueAtMs) requestAnimationFrame(shown);
      }
    });
    for (let n = 0; n < ends; n += 1) {
      const chat = `1555000${String(n).padStart(4, "0")}@c.us`;
      presence.watch(chat);
      const presences = [{ participant: chat, lastKnownPresence: "typing", lastSeen: null }];
      presence.ingest({ id: `evt_${n}`, timestamp: Date.now(), event: "presence.update", session: "default", payload: { id: chat, presences } });
      // Not in step with the frames.
      await rest(17);
    }
    await rest(1_000);
    presence.close();
    return late;
  }, ends);
}

/** The value that so many in a hundred are not above. */
export function percentile(values, at) {
  const sorted = [...values].sort((a, b) => a - b);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.ceil((sorted.length * at) / 100) - 1)] ?? Number.NaN);
}
