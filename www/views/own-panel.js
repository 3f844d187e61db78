// Our own account: whether it is online, and who says so. Three buttons and not a list to move in: each tells everybody something,
// and nobody should do that by passing over it.

import { make, setAttribute, setText } from "../dom.js";
import { ownFacts, ownLabel } from "../words/own.js";
import { GhostSwitch } from "./ghost-switch.js";
import { PolicyForm } from "./policy-form.js";

export class OwnPanel {
  #parts;
  #presence;
  #policy;
  /** What was chosen on this page, if anything. */
  #chosen = null;

  constructor(parts, presence) {
    this.#parts = parts;
    this.#presence = presence;
    this.#policy = new PolicyForm(parts.policy, () => this.#chosen === "policy" && this.#choose("policy"));
    new GhostSwitch(parts.ghost, presence, () => this.#draw());
    for (const button of parts.choices) button.addEventListener("click", () => this.#choose(button.value));
    presence.listenOwn(() => this.#draw());
    closeByItself(parts.root, parts.label);
    this.#draw();
  }

  #choose(choice) {
    if (choice === "policy") {
      const policy = this.#policy.read();
      if (policy === null || !this.#tryPolicy(policy)) return;
      // Else the claim would outlast the hours.
      if (this.#chosen === "online") this.#presence.setOffline();
    } else {
      this.#presence.setPolicy(null);
      if (choice === "online") this.#presence.setOnline();
      else this.#presence.setOffline();
    }
    this.#chosen = choice;
    this.#draw();
  }

  #tryPolicy(policy) {
    try {
      this.#presence.setPolicy(policy);
      return true;
    } catch {
      // Whatever else is in a policy is written here; the zone is anybody's.
      this.#policy.refuse();
      return false;
    }
  }

  #draw() {
    const { root, label, facts, choices } = this.#parts;
    const own = this.#presence.own;
    setAttribute(root, "data-own", own.ghost ? "ghost" : own.availability);
    setText(label, ownLabel(own));
    for (const button of choices) setAttribute(button, "aria-pressed", String(button.value === this.#chosen));
    drawFacts(facts, ownFacts(own));
  }
}

function drawFacts(list, facts) {
  if (list.children.length === 0) list.append(...facts.map(([name]) => make("div", {}, make("dt", {}, name), make("dd"))));
  for (const [index, [, value]] of facts.entries()) setText(list.children[index].lastChild, value);
}

/** It lies over the page: Escape, or turning to something else, puts it away. */
function closeByItself(details, label) {
  details.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || !details.open) return;
    details.open = false;
    label.closest("summary").focus();
  });
  document.addEventListener("pointerdown", ({ target }) => {
    if (!details.contains(target)) details.open = false;
  });
}
