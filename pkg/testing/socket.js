// A class of sockets that lead nowhere: who holds the other end is told of each.

/** The class, and those of it that are open. `greet` is called for each that opens. */
export function socketClass(greet) {
  const sockets = new Set();

  class WebSocket {
    binaryType = "blob";
    readyState = 0;
    onopen = null;
    onmessage = null;
    onclose = null;

    constructor(url) {
      this.url = url;
      queueMicrotask(() => {
        if (this.readyState !== 0) return;
        this.readyState = 1;
        sockets.add(this);
        this.onopen?.({ type: "open" });
        greet();
      });
    }

    hear(data) {
      this.onmessage?.({ type: "message", data });
    }

    end(code) {
      if (this.readyState === 3) return;
      this.readyState = 3;
      sockets.delete(this);
      this.onclose?.({ type: "close", code, reason: "", wasClean: code !== 1006 });
    }

    close() {
      this.end(1000);
    }

    send() {}
  }

  return { sockets, WebSocket };
}
