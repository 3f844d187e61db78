import type { PresenceError } from "./index.js";

/** What stands around every event. */
interface WebhookEventBase {
  /** The envelope's id, the same on every copy; WaAPI sends none. */
  readonly id: string | null;
  /** When the gateway sent it, by its own clock, in Unix milliseconds; WaAPI does not say. */
  readonly atMs: number | null;
  /** Pairs of ids that name one person, where the event tells of some. */
  readonly aliases?: readonly { readonly lid: string; readonly contact: string }[];
}

/** Participants of a chat changed state. */
export interface PresenceEvent extends WebhookEventBase {
  readonly kind: "presence";
  readonly chat: string;
  /** Whether whoever is not listed has stopped typing and recording; otherwise only those that changed are listed. */
  readonly complete: boolean;
  readonly presences: readonly {
    readonly participant: string;
    readonly presence: "online" | "offline" | "typing" | "recording" | "paused" | "unknown";
    /** Unix milliseconds. */
    readonly lastSeenAtMs: number | null;
  }[];
}

/** A message was sent in a chat. What it says was dropped. */
export interface MessageEvent extends WebhookEventBase {
  readonly kind: "message";
  readonly chat: string;
  readonly sender: string;
  readonly fromMe: boolean;
  readonly messageId: string;
  /** When WhatsApp says it was sent, in Unix milliseconds. */
  readonly sentAtMs: number | null;
}

/** A message of the account's own was delivered or read. */
export interface ReceiptEvent extends WebhookEventBase {
  readonly kind: "receipt";
  readonly chat: string;
  readonly messageId: string;
  readonly read: boolean;
}

/** A chat's presence is hidden from the account. That is not offline. */
export interface HiddenEvent extends WebhookEventBase {
  readonly kind: "hidden";
  readonly chat: string;
  readonly reason: "deny" | "reciprocity";
}

/** The gateway's session changed. */
export interface SessionEvent extends WebhookEventBase {
  readonly kind: "session";
  readonly state: "working" | "starting" | "needs-pairing" | "stopped" | "failed" | "unknown";
}

/** An event that is not decoded. */
export interface UnknownEvent extends WebhookEventBase {
  readonly kind: "unknown";
}

/** What a webhook body tells. */
export type WebhookEvent = PresenceEvent | MessageEvent | ReceiptEvent | HiddenEvent | SessionEvent | UnknownEvent;

/**
 * Reads a webhook body of any gateway we know, told apart by the body alone: one envelope or a list. Message bodies, media,
 * credentials and `metadata` are dropped.
 *
 * @throws {@link PresenceError} `malformed` when it is no JSON or no envelope
 */
export function decodeWebhook(body: string | Uint8Array | ArrayBuffer | object): readonly WebhookEvent[];

/** How to check a webhook. */
export interface VerifyOptions {
  /** The body as it came: JSON that was parsed and written again has another signature. */
  readonly body: string | Uint8Array | ArrayBuffer;
  /** The request's headers. */
  readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>;
  /** What the gateway signs with. */
  readonly secret: string | Uint8Array;
  /** Whose webhook it is. Default `"waha"`. */
  readonly gateway?: "waha" | "wawp" | "waapi";
  /** The header with the signature. By default the gateway's own; Wawp documents none, so WAHA's is tried. */
  readonly header?: string;
  /** By default the gateway's own; where that is not settled, or `header` is given, the signature's length tells. */
  readonly algorithm?: "sha256" | "sha512";
  /** How far an event's own time may be from now, either way, in milliseconds. Default 900 000. */
  readonly toleranceMs?: number;
  /** Now, in Unix milliseconds. Default `Date.now()`. */
  readonly nowMs?: number;
  /** Remembers the ids of events, to know a copy. */
  readonly guard?: ReplayGuard;
}

/** What a signed webhook is worth. */
export interface VerifiedWebhook {
  readonly events: readonly WebhookEvent[];
  /** Whether every event is recent by its own time; `"unknown"` where one has none (WaAPI). */
  readonly fresh: boolean | "unknown";
  /** Whether every event was heard before; `"unknown"` without a guard, and where one has no id (WaAPI). */
  readonly repeated: boolean | "unknown";
}

/**
 * Checks a webhook's signature, in constant time, and reads it.
 *
 * @throws {@link PresenceError} `unauthorized` when it is not signed with this secret, `malformed` when the signature is none
 * or the body cannot be read, `invalid-option`
 */
export function verifyWebhook(options: VerifyOptions): VerifiedWebhook;

/** Remembers ids of events: 4 096 of them or 15 minutes, whichever is less. In memory, in this process. */
export class ReplayGuard {
  /** Remembers an id; false when it was known already. */
  firstSeen(id: string, nowMs?: number): boolean;
}
