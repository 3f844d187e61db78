// `<wa-presence-source>`: one client, resolver and set of labels for all elements inside. It shows nothing itself.

import { LinkedElement } from "./linked-element.js";

export class WaPresenceSourceElement extends LinkedElement {
  /** Elements that have this one for their source. */
  followers = new Set();

  settled() {
    for (const follower of [...this.followers]) follower.refresh();
  }
}
