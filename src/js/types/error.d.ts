/** The closed list of what can go wrong. */
export type ErrorCode =
  | "invalid-option"
  | "invalid-chat"
  | "malformed"
  | "too-large"
  | "unauthorized"
  | "forbidden"
  | "not-found"
  | "not-ready"
  | "bad-request"
  | "unsupported"
  | "rate-limited"
  | "engine"
  | "network"
  | "timeout"
  | "aborted"
  | "closed"
  | "crashed";

/** Every error of this package. Its message never holds a phone number, a token or a URL. */
export interface PresenceError extends Error {
  readonly name: "PresenceError";
  readonly code: ErrorCode;
  /** The HTTP status, where there was one. */
  readonly status: number | null;
  /** How long the gateway asked to wait, where the page may read it. */
  readonly retryAfterMs: number | null;
  /** The gateway's kind, where one was involved. */
  readonly gateway: string | null;
  /** What the platform threw, where a call failed before it was answered: `fetch`'s own `TypeError`. */
  readonly cause?: unknown;
}
