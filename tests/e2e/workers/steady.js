// A dedicated worker stands still with its page when that is frozen or left, and nobody tells it: it would go on holding the feed that
// other tabs wait for. So it ends before, and begins anew. Last words may be late: nobody waits for them.

/** @param begin Starts a worker that closes its client on the message "close". */
export function steady(begin) {
  let worker = begin();
  const end = () => worker.terminate();
  const again = () => {
    end();
    worker = begin();
  };
  addEventListener("pagehide", () => worker.postMessage("close"));
  document.addEventListener("freeze", end);
  document.addEventListener("resume", again);
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) again();
  });
}
