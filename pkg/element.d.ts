/**
 * Custom elements for pages without a framework: importing this entry defines `<wa-presence>`, `<wa-typing>`, `<wa-last-seen>` and
 * `<wa-presence-source>`, in a page; on a server it does nothing.
 *
 * @module wa-presence/element
 */

import type { Change, ChatId, Presence, PresenceError, Priority, RelayGateway, Snapshot, Watch } from "./index.js";

/** A text for each form that `Intl.PluralRules` knows of a number. */
export interface WaPluralLabel {
  /** For every form that is left out. */
  readonly other: string;
  /** For none, in languages that have a form for it. */
  readonly zero?: string;
  /** For one. */
  readonly one?: string;
  /** For two, as in Arabic. */
  readonly two?: string;
  /** For a few, as in Polish. */
  readonly few?: string;
  /** For many, as in Arabic. */
  readonly many?: string;
}

/** A label: a text, or one for each form of a number. */
export type WaLabel = string | WaPluralLabel;

/**
 * What the elements say. `{time}`, `{day}`, `{date}`, `{names}`, `{count}`, `{name}` and `{status}` are filled in, by `Intl` where they are
 * times, lists and numbers. Those that are left out are the language's own, or English.
 *
 * @example
 * element.labels = { online: "available", lastSeen: "was here {time}", typingNames: { one: "{names} writes…", other: "{names} write…" } };
 */
export interface WaLabels {
  /** They are there. */
  readonly online?: WaLabel;
  /** They are not, and the gateway says so of those who do not hide it. */
  readonly offline?: WaLabel;
  /** The gateway says offline of whoever hides as well: nobody knows which. */
  readonly uncertain?: WaLabel;
  /** Around `{time}`. */
  readonly lastSeen?: WaLabel;
  /** Around `{time}`: known before the connection or the subscription was lost. */
  readonly wasOnline?: WaLabel;
  /** A time less than a minute ago. */
  readonly justNow?: WaLabel;
  /** A `{day}` and a `{time}` of it: yesterday, or a day of the week. */
  readonly dayTime?: WaLabel;
  /** Around a `{date}`. */
  readonly onDate?: WaLabel;
  /** The chat is followed, and nothing was told of it yet. */
  readonly unknown?: WaLabel;
  /** Nobody follows the chat. */
  readonly unwatched?: WaLabel;
  /** It is about to be asked for, or was just asked for. */
  readonly waiting?: WaLabel;
  /** It was asked for 30 s ago, and nothing came. */
  readonly silent?: WaLabel;
  /** The gateway, or its session with WhatsApp, was lost. */
  readonly lapsed?: WaLabel;
  /** The subscription ran out and is being renewed. */
  readonly outdated?: WaLabel;
  /** Their privacy settings hide it. */
  readonly hidden?: WaLabel;
  /** Ours do: who hides sees nobody. */
  readonly hiddenByUs?: WaLabel;
  /** The gateway, the relay or a limit does not serve the chat. */
  readonly refused?: WaLabel;
  /** Of a group. */
  readonly somebodyOnline?: WaLabel;
  /** In a chat of two. */
  readonly typing?: WaLabel;
  /** In a chat of two. */
  readonly recording?: WaLabel;
  /** In a group, around `{names}`, by how many they are. */
  readonly typingNames?: WaLabel;
  /** In a group, around `{names}`, by how many they are. */
  readonly recordingNames?: WaLabel;
  /** The last of a list of names: `{count}` more of them. */
  readonly others?: WaLabel;
  /** In the place of names that nobody knows: `{count}` of them, at least two. */
  readonly people?: WaLabel;
  /** In the place of one name that nobody knows. */
  readonly somebody?: WaLabel;
  /** The name of a contact that has neither a name nor a number. */
  readonly contact?: WaLabel;
  /** The name of a group that has none. */
  readonly group?: WaLabel;
  /** What is announced: `{name}` and `{status}`. */
  readonly says?: WaLabel;
}

/** What somebody is called and looks like. */
export interface WaPerson {
  /** What they are called. Default their number, or what {@link WaLabels.contact} and {@link WaLabels.group} say. */
  readonly name?: string | null;
  /** The address of a picture, for an `<img>`: the page's policy has to let it in (`img-src`). */
  readonly avatarUrl?: string | null;
}

/**
 * Who somebody is, by the id of a chat or a participant. Asked once for each id, whoever shows it; `null` is for nobody that is known. One
 * that throws or rejects is told by the event `error`, and asked again a minute later.
 *
 * @example
 * source.resolver = async (id) => (await fetch(`/contacts/${encodeURIComponent(id)}`)).json();
 */
export type WaResolver = (id: ChatId) => WaPerson | null | undefined | Promise<WaPerson | null | undefined>;

/** What an element shows of a chat, as `data-state` and as a custom state, `:state(online)`. */
export type WaState =
  /** No chat, no client, or a client that is not there yet or was closed. */
  | "idle"
  /** The chat, or the attributes of the connection, are wrong: see {@link WaLinkedElement.error}. */
  | "error"
  | "online"
  /** Certainly. */
  | "offline"
  /** Offline, or hiding it. */
  | "uncertain"
  /** Followed, and nothing was told yet. */
  | "unknown"
  | "unwatched"
  | "waiting"
  | "lapsed"
  | "hidden"
  | "refused";

/** What is wrong with an element or its client. */
export interface WaElementError {
  /**
   * `chat` is no id and no number (`invalid-chat`). The attributes of the `connection` or the client (`invalid-option`, `closed`), what the
   * client itself tells by its `onError`, or a module that cannot be loaded (`network`; it is tried again every 10 s). `labels` of an
   * unknown name or a wrong type (`invalid-option`); none of them is taken.
   */
  readonly about: "chat" | "connection" | "labels";
  /** What it is. */
  readonly error: PresenceError;
}

/** What a function or an address that the page gave did not give. It is asked again. */
export interface WaCallbackError {
  /**
   * `ticket`: `ticket-url` gave none, which is a {@link PresenceError} with the answer's `status`, or whatever a `ticket` function threw. It is
   * asked again after 1 to 30 s. `resolver`: whatever the resolver threw. It is asked again a minute later.
   */
  readonly about: "ticket" | "resolver";
  /** What it is. */
  readonly error: unknown;
}

/** What went wrong, in the event `error`. Its messages hold no phone number, ticket or address. */
export type WaErrorDetail = WaElementError | WaCallbackError;

/** Events of all elements. None of them bubbles. */
export interface WaElementEventMap {
  /** Something is wrong, or went wrong. */
  readonly error: CustomEvent<WaErrorDetail>;
}

/** Events of elements that show a chat. */
export interface WaChatEventMap extends WaElementEventMap {
  /** What is known of the chat changed: as {@link Watch.listen} tells it. */
  readonly change: CustomEvent<Change>;
}

/**
 * What all elements have: a client, names and labels. Each of these comes from the element itself, or else from the nearest
 * `<wa-presence-source>` around it.
 */
export interface WaLinkedElement extends HTMLElement {
  /**
   * The client: one that is given, or that of the attributes, which elements with the same attributes share. `null` while there is none. One
   * that is given is the page's own to close; a shared one is closed 5 s after the last element that uses it is gone.
   */
  get client(): Presence | null;
  set client(client: Presence | null | undefined);
  /** Where a relay answers; the attribute `relay`. */
  get relay(): string | null;
  set relay(url: string | null | undefined);
  /** The account's name in the relay's configuration; the attribute `account`. */
  get account(): string | null;
  set account(name: string | null | undefined);
  /**
   * Where tickets are had, by `POST` with `{"chats": […]}`, as text or as `{"ticket": "…"}`, within 15 s; the attribute `ticket-url`. Cookies
   * of the same origin go along.
   */
  get ticketUrl(): string | null;
  set ticketUrl(url: string | null | undefined);
  /** A ticket, or a function that gets one, in place of `ticket-url`. One that is set here is not written into the markup. */
  get ticket(): RelayGateway["ticket"] | string | null;
  set ticket(ticket: RelayGateway["ticket"] | string | null | undefined);
  /** Names and pictures. Anything but a function is none. */
  get resolver(): WaResolver | null;
  set resolver(resolver: WaResolver | null | undefined);
  /** Labels of this element's own; each may be an attribute too: `label-last-seen="was here {time}"`, which counts first. */
  get labels(): WaLabels | null;
  set labels(labels: WaLabels | null | undefined);
  /** What is wrong and stays so until it is changed; `null` if nothing is. */
  readonly error: WaElementError | null;
  /** Looks at everything anew. It is never needed for what is set here, in attributes, or by a `lang` of the page. */
  refresh(): void;
  /** Listens to an event of the element's own, or of any HTML element. */
  addEventListener<K extends keyof WaElementEventMap>(type: K, listener: (this: this, event: WaElementEventMap[K]) => unknown, options?: boolean | AddEventListenerOptions): void;
  /** The same for every other event. */
  addEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | AddEventListenerOptions): void;
}

/** What all elements have that show a chat. They follow it while they are in the page. */
export interface WaChatElement extends WaLinkedElement {
  /** The chat: an id, or a phone number as people write it; the attribute `chat`. */
  get chat(): string | null;
  set chat(chat: ChatId | (string & {}) | null | undefined);
  /** What it is called, whatever the resolver says; the attribute `name`. */
  get name(): string | null;
  set name(name: string | null | undefined);
  /** Its picture, whatever the resolver says; the attribute `avatar-url`. */
  get avatarUrl(): string | null;
  set avatarUrl(url: string | null | undefined);
  /** How much it matters when calls are scarce; the attribute `priority`. Default, and in place of other words, `"visible"`. */
  get priority(): string | null;
  set priority(priority: Priority | null | undefined);
  /** How many names a sentence tells at most; the attribute `max`, a whole number from 1 on. Default 3. */
  get max(): string | null;
  set max(max: number | string | null | undefined);
  /** `"off"` keeps it from being announced to users of screen readers; the attribute `live`. Default `"polite"`. */
  get live(): string | null;
  set live(live: "polite" | "off" | null | undefined);
  /** What is known of the chat; `null` until it is followed. The same object until it changes. */
  readonly snapshot: Snapshot | null;
  /** Listens to an event of the element's own, or of any HTML element. */
  addEventListener<K extends keyof WaChatEventMap>(type: K, listener: (this: this, event: WaChatEventMap[K]) => unknown, options?: boolean | AddEventListenerOptions): void;
  /** The same for every other event. */
  addEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | AddEventListenerOptions): void;
}

/** The class of an element, as `customElements` knows it. */
export interface WaElementClass<E extends HTMLElement> {
  /** Makes one that is in no page yet. */
  new (): E;
  /** What all of them have. */
  readonly prototype: E;
}

/**
 * `<wa-presence>`: a face with a mark, a name, and what is known of them in a line.
 *
 * @example
 * <script type="module" src="https://cdn.example/wa-presence/element.js"></script>
 * <wa-presence relay="https://presence.example" account="support" ticket-url="/ticket" chat="15550001111@c.us" name="Ana Flores"></wa-presence>
 */
export interface WaPresenceElement extends WaChatElement {
  /** `"row"`: face, name and line; `"inline"`: mark, name and line in one; `"dot"`: the mark alone. The attribute `view`. Default `"row"`. */
  get view(): string | null;
  set view(view: "row" | "inline" | "dot" | null | undefined);
}
/** The class of its tag; on a server, one that does nothing. */
export const WaPresenceElement: WaElementClass<WaPresenceElement>;

/**
 * `<wa-typing>`: who types or records. While nobody does, what is inside of it.
 *
 * @example
 * <wa-typing chat="120363000000000001@g.us" max="2">Nobody is typing.</wa-typing>
 */
export interface WaTypingElement extends WaChatElement {}
/** The class of its tag; on a server, one that does nothing. */
export const WaTypingElement: WaElementClass<WaTypingElement>;

/**
 * `<wa-last-seen>`: when they were last there, told anew at every full minute, or why that is not known. Empty for groups.
 *
 * @example
 * <wa-last-seen chat="15550001111@c.us" label-last-seen="was here {time}"></wa-last-seen>
 */
export interface WaLastSeenElement extends WaChatElement {}
/** The class of its tag; on a server, one that does nothing. */
export const WaLastSeenElement: WaElementClass<WaLastSeenElement>;

/**
 * `<wa-presence-source>`: one client, resolver and set of labels for all elements inside.
 *
 * @example
 * const source = document.querySelector("wa-presence-source")!;
 * source.client = await connect({ gateway: { kind: "waha", baseUrl: "https://waha.example", apiKey } });
 */
export interface WaPresenceSourceElement extends WaLinkedElement {}
/** The class of its tag; on a server, one that does nothing. */
export const WaPresenceSourceElement: WaElementClass<WaPresenceSourceElement>;

/**
 * Defines the elements. Importing this file does so already; calling it again, or where another copy did, changes nothing, and neither does
 * calling it on a server.
 */
export function define(): void;

/**
 * Gives the words of a language, or changes some of one that is there, for all elements of the page.
 *
 * @param lang A language as `lang` has it: `"sv"`, `"pt-PT"`, `"zh-Hant"`.
 * @throws A `RangeError` if that is no language, `TypeError` if a label is unknown or of a wrong type
 * @example
 * addLanguage("sv", { online: "inne", typing: "skriver…", lastSeen: "senast sedd {time}", justNow: "nyss" });
 */
export function addLanguage(lang: string, labels: WaLabels): void;

declare global {
  interface HTMLElementTagNameMap {
    "wa-presence": WaPresenceElement;
    "wa-typing": WaTypingElement;
    "wa-last-seen": WaLastSeenElement;
    "wa-presence-source": WaPresenceSourceElement;
  }
}
