// One chat in the list.

import { make, setAttribute, setHidden, setText, unseen } from "../dom.js";
import { leaseWords } from "../words/lease.js";
import { markOf, statusLine } from "../words/presence.js";
import { Avatar } from "./avatar.js";
import { LeaseBar } from "./lease-bar.js";

const BAR_HEIGHT = 3;

export class ChatRow {
  root;
  #avatar;
  #mark = unseen();
  #status = make("span", { class: "chat-status" });
  #subscribed = unseen();
  #lease = new LeaseBar(BAR_HEIGHT);
  #bot = tag("bot", "bot");
  #struggling = tag("struggling", "struggling?");

  constructor(person, kind, index) {
    this.#avatar = new Avatar(person);
    this.name = person.name;
    const name = make("span", { class: "chat-name" }, person.name);
    const text = make("span", { class: "chat-text" }, name, this.#mark, this.#status, this.#subscribed);
    const dots = make("span", { class: "dots", "aria-hidden": "true" }, make("i"), make("i"), make("i"));
    this.root = make(
      "li",
      {
        class: "chat",
        role: "option",
        tabindex: "-1",
        "aria-selected": "false",
        "data-chat": person.slug,
        "data-kind": kind,
        "data-index": index,
      },
      this.#avatar.root,
      text,
      dots,
      make("span", { class: "tags" }, this.#struggling, this.#bot),
      this.#lease.root,
    );
  }

  update(snapshot, nameOf, nowMs) {
    const mark = markOf(snapshot, snapshot.knowledge);
    const status = statusLine(snapshot, nameOf, nowMs);
    this.#avatar.mark(mark);
    setText(this.#status, status);
    // The mark in words, unless the line says it already.
    setText(this.#mark, status === mark ? "" : `, ${mark}, `);
    setAttribute(this.root, "data-state", mark);
    setAttribute(this.root, "data-activity", snapshot.activity);
    setAttribute(this.root, "data-knowledge", snapshot.knowledge.state);
  }

  /** Draws what is left of the subscription. */
  draw(lease, nowMs) {
    setText(this.#subscribed, leaseWords[this.#lease.draw(lease, nowMs)]);
  }

  tag({ bot, struggling }) {
    setHidden(this.#bot, !bot);
    setHidden(this.#struggling, !struggling);
  }

  select(selected) {
    setAttribute(this.root, "aria-selected", String(selected));
  }

  reach(reachable) {
    setAttribute(this.root, "tabindex", reachable ? "0" : "-1");
  }
}

function tag(name, words) {
  // The space is for readers, who hear the row in one go.
  return make("span", { class: `tag tag-${name}`, hidden: "" }, unseen(", "), words);
}
