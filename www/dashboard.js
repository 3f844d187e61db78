// The page once it is connected: changes go to the views that show the chat they belong to.

import { Bots } from "./bots.js";
import { setAttribute, setHidden } from "./dom.js";
import { Struggles } from "./struggles.js";
import { AddForm } from "./views/add-form.js";
import { Announcer } from "./views/announcer.js";
import { ChatList } from "./views/chat-list.js";
import { Conversation } from "./views/conversation.js";
import { Gauge } from "./views/gauge.js";
import { OwnPanel } from "./views/own-panel.js";
import { Talk } from "./views/talk.js";
import { Watches } from "./watches.js";

const SECOND_MS = 1_000;
/** The list speaks in minutes: six times a minute is often enough. */
const LIST_INTERVAL = 10;

export class Dashboard {
  #page;
  #presence;
  #people;
  #watches;
  #bots;
  #struggles;
  #list;
  #conversation;
  #talk;
  #announcer;
  #gauge;
  #open = null;

  /** @param page The elements of the page, by role. */
  constructor(page, presence, people) {
    this.#page = page;
    this.#presence = presence;
    this.#people = people;
    this.#watches = new Watches(presence);
    const nameOf = (id) => people.of(id).name;
    this.#list = new ChatList(page.chats, nameOf, {
      open: (key) => this.open(key),
      visible: (key, visible) => this.#watches.setVisible(key, visible),
    });
    this.#bots = new Bots(presence, (key) => this.#handlePattern(key));
    this.#struggles = new Struggles(presence, (id) => this.#watches.keyOf(id), (key) => this.#handlePattern(key));
    this.#conversation = new Conversation(page.conversation, people, presence.log);
    this.#talk = new Talk(page.talk, presence, { nameOf, bots: this.#bots, struggles: this.#struggles });
    this.#announcer = new Announcer(page.announcer);
    this.#gauge = new Gauge(page.gauge);
    new AddForm(page.add, (id) => this.#addByHand(id));
    new OwnPanel(page.own, presence);
    setHidden(page.own.root, false);
    page.conversation.back.addEventListener("click", () => this.#goBack());
  }

  start() {
    this.#presence.listen((changes) => this.#handleChanges(changes));
    // Where the gateway tells nobody's other id, whoever has a list of people does.
    if (!this.#presence.capabilities.lookUp) for (const pair of this.#people.aliases()) this.#presence.addAlias(...pair);
    const keys = this.#people.ids().filter((id) => this.#add(id));
    // On a wide page the space is there anyway; on a narrow one the list comes first.
    const [first] = keys;
    if (first !== undefined && matchMedia("(min-width: 48rem)").matches) this.open(first);
    let ticks = 0;
    setInterval(() => this.#tick((ticks += 1)), SECOND_MS);
    document.addEventListener("visibilitychange", () => this.#tick(0));
    addEventListener("resize", () => this.#conversation.tick(Date.now()));
  }

  open(key) {
    this.#open = key;
    this.#watches.focus(key);
    this.#list.select(key);
    setAttribute(this.#page.root, "data-pane", "conversation");
    const nowMs = Date.now();
    const snapshot = this.#watches.snapshot(key);
    this.#conversation.open(key, snapshot, nowMs);
    this.#conversation.draw(this.#watches.lease(key), nowMs);
    this.#talk.open(key, snapshot, nowMs);
    this.#announcer.reset(this.#sentence());
  }

  /** The chats somebody can see, by the ids they are known by here. */
  shown() {
    return this.#watches.shown();
  }

  /** `false` for what is not a chat id: one bad entry in a list of people must not cost the others. */
  #add(id) {
    const key = this.#watches.add(id);
    if (key === null) return false;
    const snapshot = this.#watches.snapshot(key);
    this.#list.add(key, this.#people.of(key), snapshot.kind);
    this.#list.update(key, snapshot, Date.now());
    this.#count();
    return true;
  }

  #addByHand(id) {
    const key = this.#watches.keyOf(id) ?? id;
    if (!this.#watches.has(key)) {
      this.#people.add({ id });
      this.#add(id);
    }
    this.open(key);
  }

  #handleChanges(changes) {
    const nowMs = Date.now();
    for (const change of changes) {
      const key = this.#watches.keyOf(change.snapshot.chat);
      if (key === null) continue;
      this.#list.update(key, change.snapshot, nowMs);
      this.#drawLease(key, nowMs);
      if (key !== this.#open) continue;
      this.#conversation.update(change.snapshot, nowMs);
      this.#talk.update(change.snapshot, nowMs);
      this.#announcer.follow(this.#sentence());
    }
    this.#count();
  }

  /** A bot is at something else, or somebody struggles or does not any more. */
  #handlePattern(key) {
    this.#list.tag(key, { bot: this.#bots.isOn(key), struggling: this.#struggles.of(key) !== null });
    if (key === this.#open) this.#talk.update(this.#watches.snapshot(key), Date.now());
  }

  #tick(count) {
    if (document.hidden) return;
    const nowMs = Date.now();
    this.#conversation.tick(nowMs);
    this.#struggles.tick();
    if (this.#open !== null) this.#talk.update(this.#watches.snapshot(this.#open), nowMs);
    if (count % LIST_INTERVAL === 0) this.#list.tick(nowMs);
    // Subscriptions run out without a word.
    for (const key of this.#watches.keys()) this.#drawLease(key, nowMs);
    this.#count(nowMs);
  }

  #goBack() {
    setAttribute(this.#page.root, "data-pane", "list");
    this.#list.focus(this.#open);
  }

  #sentence() {
    return `${this.#people.of(this.#open).name}: ${this.#conversation.status(Date.now())}`;
  }

  #count(nowMs = Date.now()) {
    this.#gauge.update(this.#presence.budget, this.#presence.counters.unprompted, nowMs);
  }

  #drawLease(key, nowMs) {
    const lease = this.#watches.lease(key);
    this.#list.draw(key, lease, nowMs);
    if (key === this.#open) this.#conversation.draw(lease, nowMs);
  }
}
