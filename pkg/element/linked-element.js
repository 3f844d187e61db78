// What all elements have in common: a client, however they come by it, a resolver, labels, and errors that are told and never thrown.

import { PresenceError } from "../error.js";
import { join, wantedOf } from "./connections.js";
import { HTMLElementBase, kebab, reflect } from "./dom.js";
import { LABELS, wrongLabel } from "./words.js";

const SOURCE = "wa-presence-source";
const LABEL_ATTRIBUTES = new Map(LABELS.map((label) => [label, `label-${kebab(label)}`]));

export class LinkedElement extends HTMLElementBase {
  static observedAttributes = ["relay", "account", "ticket", "ticket-url", "lang", ...LABEL_ATTRIBUTES.values()];
  #given = { client: null, ticket: null, resolver: null, labels: null };
  #source = null;
  #wanted = null;
  #connection = null;
  #attributeLabels = {};
  #scheduled = false;
  #complaints = new Map();
  #user = { connected: () => this.refresh(), failed: (about, error) => this.report(about, error) };

  connectedCallback() {
    this.#adopt();
    this.refresh();
  }

  /** An element that is put elsewhere is out for a moment only: nothing is ended before that moment is over. */
  disconnectedCallback() {
    this.refresh();
  }

  /** Moved as a whole: neither of the above is called then. */
  connectedMoveCallback() {
    this.refresh();
  }

  attributeChangedCallback() {
    this.refresh();
  }

  /** The client in use: the one that was given, or that of the attributes or the source; `null` while there is none. */
  get client() {
    if (this.#given.client !== null) return this.#given.client;
    if (this.#wanted !== null || this.#complaints.has("connection")) return this.#connection?.presence ?? null;
    return this.#source?.client ?? null;
  }

  set client(client) {
    this.#give("client", client ?? null);
  }

  get ticket() {
    return this.#given.ticket ?? this.getAttribute("ticket");
  }

  /** Not written into the markup, where anybody could read it. */
  set ticket(ticket) {
    this.#give("ticket", ticket ?? null);
  }

  get resolver() {
    return this.#given.resolver ?? this.#source?.resolver ?? null;
  }

  set resolver(resolver) {
    this.#give("resolver", typeof resolver === "function" ? resolver : null);
  }

  get labels() {
    return this.#given.labels;
  }

  set labels(labels) {
    const wrong = labels === null || labels === undefined ? null : wrongLabel(labels);
    this.complain("labels", wrong === null ? null : new PresenceError("invalid-option", `labels: expected texts by the names of labels, found another in ${wrong}`));
    this.#give("labels", wrong === null ? (labels ?? null) : null);
  }

  /** Labels that count before the language's, those that count most first. */
  get ownLabels() {
    const own = [this.#attributeLabels, this.#given.labels ?? {}];
    return this.#source === null ? own : [...own, ...this.#source.ownLabels];
  }

  /** The last error that stands: of the attributes, the chat or the labels. */
  get error() {
    const [first] = this.#complaints;
    return first === undefined ? null : Object.freeze({ about: first[0], error: first[1] });
  }

  /** Looks at everything anew, once the page is done with what it does. */
  refresh() {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#settle();
    });
  }

  /** Tells of what went wrong. */
  report(about, error) {
    this.dispatchEvent(new CustomEvent("error", { detail: Object.freeze({ about, error }) }));
  }

  /** Tells once of what stays wrong until it is changed; `null` when it is right. */
  complain(about, error) {
    const before = this.#complaints.get(about);
    if (error === null) this.#complaints.delete(about);
    else this.#complaints.set(about, error);
    if (error !== null && error.message !== before?.message) this.report(about, error);
  }

  #settle() {
    this.#attributeLabels = attributeLabels(this);
    this.#find(this.isConnected ? sourceOf(this) : null);
    this.#connect(this.isConnected ? this.#read() : null);
    this.settled();
  }

  #read() {
    const { relay, account, ticket, ticketUrl } = this;
    try {
      // A client that was given makes the attributes needless, whatever they say.
      const wanted = this.#given.client === null ? wantedOf({ relay, account, ticket, ticketUrl }) : null;
      this.complain("connection", null);
      return wanted;
    } catch (error) {
      this.complain("connection", error);
      return null;
    }
  }

  #find(source) {
    if (source === this.#source) return;
    this.#source?.followers.delete(this);
    this.#source = source;
    source?.followers.add(this);
  }

  #connect(wanted) {
    const before = this.#connection;
    if (before !== null && wanted !== null && before.is(wanted)) return;
    this.#wanted = wanted;
    // The next is joined first: it may be the same for another.
    this.#connection = wanted === null ? null : join(wanted, this.#user);
    before?.leave(this.#user);
  }

  #give(name, value) {
    if (this.#given[name] === value) return;
    this.#given[name] = value;
    this.refresh();
  }

  /** Properties that were set before the class was known hide those of the class. */
  #adopt() {
    for (const name of Object.keys(this)) {
      if (!(name in Object.getPrototypeOf(this))) continue;
      const value = this[name];
      delete this[name];
      this[name] = value;
    }
  }
}

reflect(LinkedElement, { relay: "relay", account: "account", ticketUrl: "ticket-url" });

function attributeLabels(element) {
  const found = [...LABEL_ATTRIBUTES].map(([label, attribute]) => [label, element.getAttribute(attribute)]);
  return Object.fromEntries(found.filter(([, text]) => text !== null));
}

/** The nearest one around an element, through shadow roots. */
function sourceOf(element) {
  let node = element.parentNode;
  while (node !== null) {
    if (node.localName === SOURCE && "followers" in node) return node;
    node = node.parentNode ?? node.host ?? null;
  }
  return null;
}
