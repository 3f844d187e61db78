// What the server of this page tells it: which gateway to talk to, and where the names of people are.

/**
 * @returns {Promise<{ gateway: object, peopleUrl: string | null, typingTtlMs?: number }>}
 */
export async function loadConfig() {
  const answer = await fetch("/config.json", { cache: "no-store" });
  if (!answer.ok) throw new Error(`expected config.json, found HTTP ${answer.status}`);
  const { gateway, peopleUrl = null, typingTtlMs } = await answer.json();
  return { gateway, peopleUrl, typingTtlMs };
}

/** The options of `connect` that follow from it. */
export function connectOptions({ gateway, typingTtlMs }, onError, onFatal) {
  const options = { gateway, onError, onFatal };
  if (typingTtlMs !== undefined) options.typingTtlMs = typingTtlMs;
  return options;
}
