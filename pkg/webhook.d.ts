/**
 * Webhook bodies of any gateway, decoded by {@link decodeWebhook} and checked by {@link verifyWebhook}: on servers, edge runtimes and in pages.
 *
 * @module wa-presence/webhook
 */

import type { PresenceError } from "./index.js";

/** Two ids of one person. */
export interface WebhookAlias {
  /** The hidden id, `…@lid`. */
  readonly lid: string;
  /** The id by number, `…@c.us`. */
  readonly contact: string;
}

/** One participant's state, as an event tells it. */
export interface WebhookPresence {
  /** Who, by the id that the gateway used. */
  readonly participant: string;
  /** `"unknown"` for a word this package does not know. */
  readonly presence: "online" | "offline" | "typing" | "recording" | "paused" | "unknown";
  /** When they were last online, in Unix milliseconds; `null` where the gateway does not say. */
  readonly lastSeenAtMs: number | null;
}

/** What stands around every event. */
export interface WebhookEventBase {
  /** The envelope's id, the same on every copy; WaAPI sends none. */
  readonly id: string | null;
  /** When the gateway sent it, by its own clock, in Unix milliseconds; WaAPI does not say. */
  readonly atMs: number | null;
  /** Pairs of ids that name one person, where the event tells of some. */
  readonly aliases?: readonly WebhookAlias[];
}

/** Participants of a chat changed state. */
export interface PresenceEvent extends WebhookEventBase {
  /** What it is. */
  readonly kind: "presence";
  /** In which chat, by the id that the gateway used. */
  readonly chat: string;
  /** Whether whoever is not listed has stopped typing and recording; otherwise only those that changed are listed. */
  readonly complete: boolean;
  /** Whose state it is, and what it is. */
  readonly presences: readonly WebhookPresence[];
}

/** A message was sent in a chat. What it says was dropped. */
export interface MessageEvent extends WebhookEventBase {
  /** What it is. */
  readonly kind: "message";
  /** In which chat, by the id that the gateway used. */
  readonly chat: string;
  /** Who wrote it; in a chat of two, the contact or the account itself. */
  readonly sender: string;
  /** Whether the account itself wrote it. */
  readonly fromMe: boolean;
  /** The message's id. */
  readonly messageId: string;
  /** When WhatsApp says it was sent, in Unix milliseconds. */
  readonly sentAtMs: number | null;
}

/** A message of the account's own was delivered or read. */
export interface ReceiptEvent extends WebhookEventBase {
  /** What it is. */
  readonly kind: "receipt";
  /** In which chat, by the id that the gateway used. */
  readonly chat: string;
  /** The message's id. */
  readonly messageId: string;
  /** Whether it was read, and not only delivered. */
  readonly read: boolean;
}

/** A chat's presence is hidden from the account. That is not offline. */
export interface HiddenEvent extends WebhookEventBase {
  /** What it is. */
  readonly kind: "hidden";
  /** In which chat, by the id that the gateway used. */
  readonly chat: string;
  /** `deny`: they hide it. `reciprocity`: the account shares nothing of its own, and is told nothing. */
  readonly reason: "deny" | "reciprocity";
}

/** The gateway's session changed. */
export interface SessionEvent extends WebhookEventBase {
  /** What it is. */
  readonly kind: "session";
  /** How it stands. Only `working` carries presence. */
  readonly state: "working" | "starting" | "needs-pairing" | "stopped" | "failed" | "unknown";
}

/** An event that is not decoded. */
export interface UnknownEvent extends WebhookEventBase {
  /** What it is. */
  readonly kind: "unknown";
}

/** What a webhook body tells: `kind` says which of these it is. */
export type WebhookEvent = PresenceEvent | MessageEvent | ReceiptEvent | HiddenEvent | SessionEvent | UnknownEvent;

/**
 * Reads a webhook body of any gateway we know, told apart by the body alone: one envelope or a list. Message bodies, media,
 * credentials and `metadata` are dropped. It checks no signature: {@link verifyWebhook} does.
 *
 * @throws A {@link PresenceError}: `malformed` when it is no JSON or no envelope
 * @example
 * for (const event of decodeWebhook(body)) {
 *   if (event.kind === "presence") console.log(event.chat, event.presences);
 * }
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
  /** What it tells. */
  readonly events: readonly WebhookEvent[];
  /** Whether every event is recent by its own time; `"unknown"` where one has none (WaAPI). */
  readonly fresh: boolean | "unknown";
  /** Whether every event was heard before; `"unknown"` without a guard, and where one has no id (WaAPI). */
  readonly repeated: boolean | "unknown";
}

/**
 * Checks a webhook's signature, in constant time, and reads it.
 *
 * @throws A {@link PresenceError}: `unauthorized` when it is not signed with this secret, `malformed` when the signature is none
 * or the body cannot be read, `invalid-option`
 * @example
 * const guard = new ReplayGuard();
 * const { events, fresh, repeated } = verifyWebhook({ body, headers: request.headers, secret, guard });
 * if (fresh !== false && repeated !== true) forward(events);
 */
export function verifyWebhook(options: VerifyOptions): VerifiedWebhook;

/**
 * Remembers ids of events: 4 096 of them or 15 minutes, whichever is less. In memory, in this process.
 *
 * @example
 * const guard = new ReplayGuard(); // one for the process, handed to every verifyWebhook
 */
export class ReplayGuard {
  /**
   * Remembers an id; false when it was known already.
   * @param nowMs Now, in Unix milliseconds. Default `Date.now()`.
   */
  firstSeen(id: string, nowMs?: number): boolean;
}
