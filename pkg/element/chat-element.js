// What the elements that show a chat have in common: they watch it, and draw when something changed. How they look is theirs.

import { chatId } from "../chat-id.js";
import { PresenceError } from "../error.js";
import { activityLine } from "./activity.js";
import { announce } from "./announcer.js";
import { make, mark, reflect, setAttribute } from "./dom.js";
import { languageOf, listenLanguage } from "./language.js";
import { LinkedElement } from "./linked-element.js";
import { everyMinute } from "./minutes.js";
import { lookUp, numberOf } from "./names.js";
import { stateOf } from "./state.js";
import { dress } from "./styles.js";
import { canonical, Words } from "./words.js";

const PRIORITIES = ["focused", "visible", "background"];
/** Names that a sentence tells at most, unless `max` says otherwise. */
const MOST_NAMES = 3;

export class ChatElement extends LinkedElement {
  static observedAttributes = [...LinkedElement.observedAttributes, "chat", "name", "avatar-url", "priority", "max", "live"];
  /** What users of screen readers are told of without asking: `activity`, `presence`. */
  static announces = [];
  #internals = null;
  #followed = NOTHING;
  #words = null;
  #stopListening = null;
  #stopAging = null;
  #live = make("span", { class: "unseen", "aria-atomic": "true" });
  #there = null;
  #saying = null;
  /** Who waits for a name. */
  #asking = { resolved: () => this.draw(), failed: (error) => this.report("resolver", error) };

  constructor() {
    super();
    try {
      this.#internals = this.attachInternals();
    } catch {
      // A platform without them has the attributes.
    }
    dress(this.attachShadow({ mode: "open" })).append(this.#live);
  }

  /** What is known of the chat: `null` until it is watched. The same object until it changes. */
  get snapshot() {
    return this.#followed.watch?.snapshot ?? null;
  }

  /** Everything outside was looked at: the chat is watched, or another, or none. */
  settled() {
    const chat = this.isConnected ? this.#chat() : null;
    const client = this.isConnected ? this.client : null;
    this.#follow(client, chat);
    this.#listen(this.isConnected);
    this.#words = new Words(canonical(languageOf(this)), this.ownLabels);
    this.draw();
  }

  /** Draws what is known at this moment. */
  draw() {
    if (this.#words === null) return;
    const { snapshot } = this;
    const state = this.error !== null && this.error.about !== "labels" ? "error" : snapshot === null ? "idle" : stateOf(snapshot);
    const activity = snapshot?.activity ?? "none";
    this.#show(state, activity);
    const view = { snapshot, state, words: this.#words, nowMs: Date.now(), doing: this.#doing(snapshot) };
    this.#age(this.render(view) && this.isConnected);
    this.#announce(view);
  }

  /** The name of somebody: what the resolver says, or their number; `null` for who has neither. */
  nameOf(id) {
    return lookUp(this.resolver, id, this.#asking).name ?? numberOf(id);
  }

  /** The name and the picture of the chat. */
  face() {
    const id = this.snapshot?.chat ?? this.#followed.chat;
    const found = id === null ? { name: null, avatarUrl: null } : lookUp(this.resolver, id, this.#asking);
    const number = id === null ? null : numberOf(id);
    const nameless = id === null ? "" : this.#words.text(id.endsWith("@g.us") ? "group" : "contact");
    return { id, name: this.name ?? found.name ?? number ?? nameless, avatarUrl: this.avatarUrl ?? found.avatarUrl };
  }

  #doing(snapshot) {
    if (snapshot === null) return null;
    const max = Number.parseInt(this.max, 10);
    return activityLine(snapshot, this.#words, (id) => this.nameOf(id), max > 0 ? max : MOST_NAMES);
  }

  #chat() {
    const text = this.chat?.trim();
    let chat = null;
    let wrong = null;
    try {
      chat = text ? chatId(text) : null;
    } catch (error) {
      wrong = error;
    }
    this.complain("chat", wrong);
    return chat;
  }

  #follow(client, chat) {
    const priority = PRIORITIES.includes(this.priority) ? this.priority : "visible";
    const same = client === this.#followed.client && chat === this.#followed.chat;
    if (!same) {
      this.#unfollow();
      this.#followed = { ...NOTHING, client, chat };
    }
    try {
      const { watch } = this.#followed;
      if (!same && client !== null && chat !== null) this.#watch(client, chat, priority);
      else if (watch !== null && watch.priority !== priority) watch.priority = priority;
    } catch (error) {
      // Closed, crashed, or no client at all.
      this.#followed.watch = null;
      this.report("connection", error instanceof PresenceError ? error : unfit(error));
    }
  }

  #watch(client, chat, priority) {
    const followed = this.#followed;
    followed.watch = client.watch(chat, { priority });
    followed.unlisten = client.listenConnection(({ state }) => {
      // What a closed client knew last may be over since.
      if (state !== "closed") return;
      followed.watch = null;
      this.draw();
    });
    followed.watch.listen((snapshot, change) => {
      this.draw();
      this.dispatchEvent(new CustomEvent("change", { detail: change }));
    });
  }

  #unfollow() {
    const { watch, unlisten } = this.#followed;
    this.#followed = NOTHING;
    this.#there = null;
    try {
      unlisten?.();
      watch?.close();
    } catch {
      // A client that crashed has ended both.
    }
  }

  #listen(connected) {
    if (connected === (this.#stopListening !== null)) return;
    this.#stopListening?.();
    this.#stopListening = connected ? listenLanguage(() => this.refresh()) : null;
  }

  /** Only what tells a time has to be drawn again for nothing but the time. */
  #age(ages) {
    if (ages === (this.#stopAging !== null)) return;
    this.#stopAging?.();
    this.#stopAging = ages ? everyMinute(() => this.draw()) : null;
  }

  #show(state, activity) {
    setAttribute(this, "data-state", state);
    setAttribute(this, "data-activity", activity);
    const states = this.#internals?.states;
    if (states === undefined) return;
    try {
      states.clear();
      for (const name of [state, activity]) if (name !== "none") states.add(name);
    } catch {
      // A platform whose states have two dashes has the attributes.
    }
  }

  /** Who began to type, or came or went; not what was so from the start, and no silence. */
  #announce({ snapshot, state, words, doing }) {
    const { announces } = this.constructor;
    const quiet = this.live === "off" || announces.length === 0;
    setAttribute(this.#live, "aria-live", quiet ? "off" : "polite");
    const there = state === "online" || state === "offline" ? state : null;
    const turned = there !== null && this.#there !== null && there !== this.#there;
    this.#there = there ?? this.#there;
    if (snapshot === null || quiet) return announce(this.#live, null);
    if (doing !== null) return this.#say("doing", words, doing);
    if (turned && announces.includes("presence")) return this.#say(there, words, words.text(there));
    if (this.#saying !== there) announce(this.#live, null);
  }

  #say(what, words, status) {
    this.#saying = what;
    mark(this.#live, words, "says");
    announce(this.#live, words.text("says", { name: this.face().name, status }));
  }
}

function unfit(cause) {
  const error = new PresenceError("invalid-option", "client: expected what connect() resolves with, found something else");
  error.cause = cause;
  return error;
}

const NOTHING = Object.freeze({ client: null, chat: null, watch: null, unlisten: null });

reflect(ChatElement, { chat: "chat", name: "name", avatarUrl: "avatar-url", priority: "priority", max: "max", live: "live" });
