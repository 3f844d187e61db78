// How much of a subscription is left: a full part that is certain, a striped one that may hold, and nothing once it is over.

import { setAttribute } from "../dom.js";
import { leaseShares, leaseState } from "../words/lease.js";
import { Bar } from "./bar.js";

export class LeaseBar {
  #bar;

  constructor(height) {
    this.#bar = new Bar("lease-bar", ["sure", "stretch"], { height, striped: ["stretch"] });
    this.root = this.#bar.root;
  }

  /** Answers with the state it shows. */
  draw(lease, nowMs) {
    const state = leaseState(lease, nowMs);
    this.#bar.draw(...leaseShares(lease, nowMs));
    setAttribute(this.root, "data-lease", state);
    return state;
  }
}
