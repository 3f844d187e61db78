/**
 * How others see us in one chat, at the pace of a person: one start every 8 s while keys come, one stop when they end. Everybody
 * who composes in a chat shares one indicator. Made by {@link Presence.composer}.
 */
export interface Composer {
  /** The chat's canonical id. */
  readonly chat: ChatId;
  /** What the chat is shown of us now, as far as is known. */
  readonly shows: ActivityKind | "none";
  /** A key was pressed: "typing…" is shown, and ends 5 s after the last key. */
  keystroke(): void;
  /**
   * A voice note is being recorded: shown until {@link sent} or {@link stop}, for five minutes at most.
   * @throws A {@link PresenceError}: `unsupported` where the gateway cannot show it: see {@link Capabilities.recording}
   */
  record(): void;
  /** Somebody or something works on an answer: "typing…" is shown until {@link sent} or {@link stop}, for 60 s at most. */
  work(): void;
  /** The message went out. What is shown ends at once. */
  sent(): void;
  /** They stopped. What is shown ends at once. */
  stop(): void;
  /**
   * Follows an input: keys that leave text in it show typing; emptying it, leaving it and submitting its form end that.
   * Returns what ends the following.
   */
  attach(input: EventTarget): Unlisten;
  /** Stops, and composes no more. Calling it twice is harmless. */
  close(): void;
  /** `using` closes it. */
  [Symbol.dispose](): void;
}

/** Options of {@link Presence.composer}. */
export interface ComposerOptions {
  /** Closes the composer when aborted. */
  readonly signal?: AbortSignal;
}

/** Days of {@link SupportHours}. */
export type Weekday = "monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday" | "sunday";

/** A span of the day on some days. One that ends before it begins ends on the day after. */
export interface SupportSpan {
  /** The days on which it begins. */
  readonly days: readonly Weekday[];
  /** When it begins, as `"09:00"`, where support is. */
  readonly from: `${number}:${number}`;
  /** When it ends; `"24:00"` is the end of the day. */
  readonly to: `${number}:${number}`;
}

/** When support is open, where support is. */
export interface SupportHours {
  /** As `Intl` names it: `"Europe/Berlin"`. Summer time is minded. */
  readonly timeZone: string;
  /** Open in any of these. */
  readonly open: readonly SupportSpan[];
}

/**
 * When our account is online by itself. Set with {@link Presence.setPolicy}.
 *
 * @example
 * const policy: OwnPolicy = {
 *   hours: { timeZone: "Europe/Berlin", open: [{ days: ["monday", "friday"], from: "09:00", to: "18:00" }] },
 *   healthy: async () => (await fetch("/healthz")).ok,
 * };
 */
export interface OwnPolicy {
  /** Online in these hours only. */
  readonly hours?: SupportHours;
  /**
   * Online only while we are well: a function, asked every 15 s, that says so within 10 s, or a signal that is not aborted.
   * One that throws or stays silent is not well.
   */
  readonly healthy?: (() => boolean | Promise<boolean>) | AbortSignal;
  /**
   * While offline otherwise, go online for 10 s about so often, up to a tenth earlier or later, so that "last seen" stays young.
   * In milliseconds. 900 000–86 400 000; off unless given.
   */
  readonly pulseEveryMs?: number;
}

/** How a policy stands. `null` is for what is not asked for, or not known yet. */
export interface OwnPolicyState {
  /** It runs in this tab, and not in another of this browser. */
  readonly runsHere: boolean;
  /** Support is open. */
  readonly open: boolean | null;
  /** {@link OwnPolicy.healthy} said so last. */
  readonly healthy: boolean | null;
}

/** What our account says of itself, frozen; the same object until it changes. */
export interface OwnState {
  /** What the gateway took from here last; `"unknown"` before that, after a reconnect, and where other tabs may have said more. */
  readonly availability: Availability;
  /** This client claims to be online: {@link Presence.setOnline}. */
  readonly claimed: boolean;
  /** Another tab of this browser does. */
  readonly claimedElsewhere: boolean;
  /** A {@link Ghost} of this client keeps the account unseen. */
  readonly ghost: boolean;
  /** One of another tab of this browser does: until it ends, claims from here wait. */
  readonly ghostElsewhere: boolean;
  /** The policy, if there is one. It runs in one tab of this browser at a time. */
  readonly policy: OwnPolicyState | null;
}

/**
 * What staying unseen costs, or what it cannot hide, on this gateway and engine: whoever shares nothing is told nothing
 * (`reciprocity`); watching, and typing, mark the account online for a while (`watching-marks-online`, `typing-marks-online`); the
 * engine goes online whatever it is told (`engine-goes-online`); the phone itself shows what its owner does (`phone`); messages that
 * are read are told so (`read-receipts`).
 */
export interface GhostPrice {
  /** Which price it is, for programs. */
  readonly code: "reciprocity" | "watching-marks-online" | "typing-marks-online" | "engine-goes-online" | "phone" | "read-receipts";
  /** A sentence for whoever pays it. */
  readonly detail: string;
}

/** What became of the read receipts. */
export interface ReadReceipts {
  /** Whether they were switched off. */
  readonly changed: boolean;
  /** How it is done where this gateway has no call for it; else `null`. */
  readonly how: string | null;
}

/** Options of {@link Presence.ghost}. */
export interface GhostOptions {
  /** `"off"` switches read receipts off, for the whole account and until they are switched on again. Default `"leave"`. */
  readonly readReceipts?: "leave" | "off";
}

/** The account kept unseen, until closed. */
export interface Ghost {
  /** What it costs here. */
  readonly price: readonly GhostPrice[];
  /** Resolves once the gateway answered. Rejects with a {@link PresenceError}. */
  readonly readReceipts: Promise<ReadReceipts>;
  /** Claims count again. Calling it twice is harmless. */
  close(): void;
  /** `using` closes it. */
  [Symbol.dispose](): void;
}
