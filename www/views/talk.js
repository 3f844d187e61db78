// What goes on between us and the open chat: who should answer, how their side moves, whether they struggle, the bot, and
// what we compose.

import { make, setHidden, setText } from "../dom.js";
import { momentumLines, strugglingLine } from "../words/momentum.js";
import { BotSwitch } from "./bot-switch.js";
import { ComposerBox } from "./composer-box.js";
import { RoutingBadge } from "./routing-badge.js";

export class Talk {
  #parts;
  #presence;
  #nameOf;
  #struggles;
  #routing;
  #composer;
  #bot;
  #key = null;

  /** @param parts The elements of the page, by role. */
  constructor(parts, presence, { nameOf, bots, struggles }) {
    this.#parts = parts;
    this.#presence = presence;
    this.#nameOf = nameOf;
    this.#struggles = struggles;
    this.#routing = new RoutingBadge(parts.routing, presence);
    this.#composer = new ComposerBox(parts.composer, presence);
    this.#bot = new BotSwitch(parts.bot, bots);
  }

  /** Turns to a chat, away from the one before. */
  open(key, snapshot, nowMs) {
    this.#key = key;
    this.#routing.open(key);
    this.#bot.open(key);
    this.#composer.open(key);
    this.update(snapshot, nowMs);
  }

  /** Shows how it stands: after every change of the chat, and as time passes. */
  update(snapshot, nowMs) {
    this.#routing.tick(nowMs);
    this.#bot.update(snapshot.activity !== "none");
    this.#composer.allow(this.#presence.capabilities);
    this.#showMomentum(snapshot, nowMs);
    this.#showHint();
  }

  /** Of a group each participant has their own; there the lanes say more. */
  #showMomentum({ kind, availability }, nowMs) {
    const { root, lines } = this.#parts.momentum;
    setHidden(root, kind === "group");
    if (kind === "group") return;
    const words = momentumLines(this.#presence.momentum(this.#key), availability, nowMs);
    while (lines.children.length > words.length) lines.lastChild.remove();
    for (const [index, text] of words.entries()) {
      if (index === lines.children.length) lines.append(make("li"));
      setText(lines.children[index], text);
    }
  }

  #showHint() {
    const { hint } = this.#parts;
    const struggling = this.#struggles.of(this.#key);
    setHidden(hint, struggling === null);
    // Its minutes are those at which it was told: a text that counts would be read out again and again.
    setText(hint, struggling === null ? "" : strugglingLine(this.#nameOf(struggling.participant), struggling.momentum));
  }
}
