// Whether something is there at all. Why a call could not be made is hidden from pages: a browser reports a dead server and a
// forbidden answer with the same words. A call that cannot be read and one that can tell them apart.

const LIMIT_MS = 5_000;

/** Whether anything answers. The answer cannot be read, so that no permission is needed to get it. */
export function reaches(url) {
  return answers(url, "no-cors");
}

/** Whether whatever answers lets this page read it. */
export function letsIn(url) {
  return answers(url, "cors");
}

async function answers(url, mode) {
  try {
    await fetch(url, { mode, cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(LIMIT_MS) });
    return true;
  } catch {
    return false;
  }
}
