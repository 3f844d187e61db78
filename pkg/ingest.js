// Bodies of usual size are written straight into the module's memory, into a buffer it keeps for them; what does not fit, or
// is neither text nor bytes, takes the module's own way in.

const encoder = new TextEncoder();

export function ingestOf({ inbox, Presence }) {
  const { ingest: ingestAnything, ingestInbox } = Presence.prototype;
  delete Presence.prototype.ingestInbox;
  let view = new Uint8Array(0);

  return function ingest(body) {
    // The time goes along: reading it here is cheaper than being called back for it. A view goes empty when the memory grows.
    if (view.length === 0) view = inbox();
    if (typeof body === "string") {
      const { read, written } = encoder.encodeInto(body, view);
      if (read === body.length && ingestInbox.call(this, written, Date.now())) return;
    } else if (body instanceof Uint8Array && body.length <= view.length) {
      view.set(body);
      if (ingestInbox.call(this, body.length, Date.now())) return;
    }
    // What was refused is refused once more, with its reason.
    ingestAnything.call(this, body);
  };
}
