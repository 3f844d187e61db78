// `PresenceError` as users import it. The errors themselves are made inside the module, as plain `Error`s with a name and a
// code: recognising them by name works across frames, realms and two copies of this package.

export class PresenceError extends Error {
  constructor(code, message, options) {
    super(message, options);
    this.name = "PresenceError";
    this.code = code;
    this.status = null;
    this.retryAfterMs = null;
    this.gateway = null;
  }

  static [Symbol.hasInstance](value) {
    return typeof value === "object" && value !== null && value.name === "PresenceError" && typeof value.code === "string";
  }
}

/** Why a module of this package is not there: it may not be compiled, or did not come and may be asked for again. */
export function unloaded(cause) {
  if (REFUSED.includes(cause?.name)) {
    const message = "the WebAssembly module was not compiled: it is another file, or the page's policy lacks script-src 'wasm-unsafe-eval'";
    return new PresenceError("unsupported", message, { cause });
  }
  const message = "the package's module did not load: is it served where its loader is, and does connect-src allow it?";
  return new PresenceError("network", message, { cause });
}

/** What engines throw where a policy forbids WebAssembly. */
const REFUSED = ["CompileError", "EvalError"];
