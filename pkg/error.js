// `PresenceError` as users import it. The errors themselves are made inside the module, as plain `Error`s with a name and a
// code: recognising them by name works across frames, realms and two copies of this package.

export class PresenceError extends Error {
  constructor(code, message) {
    super(message);
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
