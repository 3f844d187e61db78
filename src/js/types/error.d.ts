// The class is the package's own, in the hand-written half: there is one `PresenceError`, and whoever links to it finds it.
import type { PresenceError } from "../index.js";

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
