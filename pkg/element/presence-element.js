// `<wa-presence>`: a face with a mark, a name, and what is known of them in a line.

import { activityLabel } from "./activity.js";
import { ChatElement } from "./chat-element.js";
import { make, mark, reflect, setAttribute, setText } from "./dom.js";
import { dots } from "./indicator.js";
import { hueOf, initialsOf } from "./names.js";
import { lineOf } from "./state.js";

export class WaPresenceElement extends ChatElement {
  static observedAttributes = [...ChatElement.observedAttributes, "view"];
  static announces = ["activity", "presence"];
  #initials = make("span", { part: "initials", class: "initials" });
  #avatar = make("span", { part: "avatar", class: "avatar" }, this.#initials);
  #name = make("bdi", { part: "name", class: "name" });
  #text = make("span", { part: "text" });
  #image = null;
  /** An address that brought no picture is not asked for again. */
  #broken = null;

  constructor() {
    super();
    const slot = (name, ...content) => make("slot", { name }, ...content);
    const dot = make("span", { part: "dot", class: "dot" });
    const face = make("span", { part: "face", class: "face", "aria-hidden": "true" }, slot("avatar", this.#avatar), dot);
    const status = make("span", { part: "status", class: "status" }, slot("indicator", dots()), this.#text);
    const lines = make("span", { part: "lines", class: "lines" }, slot("name", this.#name), status);
    this.shadowRoot.prepend(make("span", { part: "base", class: "base" }, face, lines, make("slot")));
  }

  render({ snapshot, words, nowMs, doing }) {
    this.#face();
    const line = snapshot === null || doing !== null ? null : lineOf(snapshot);
    const said = doing === null ? (line?.label ?? null) : activityLabel(snapshot);
    setText(this.#text, line === null ? (doing ?? "") : words.around(line.label, line.atMs, nowMs).join(""));
    mark(this.#text, words, said);
    return line !== null && line.atMs !== null;
  }

  #face() {
    const { id, name, avatarUrl } = this.face();
    setText(this.#name, name);
    setText(this.#initials, initialsOf(name));
    setAttribute(this.#avatar, "data-hue", id === null ? null : String(hueOf(id)));
    setAttribute(this, "data-kind", id === null ? null : id.endsWith("@g.us") ? "group" : "contact");
    this.#picture(avatarUrl);
  }

  #picture(url) {
    const wanted = url === this.#broken ? null : url;
    if (wanted === (this.#image?.getAttribute("src") ?? null)) return;
    this.#image?.remove();
    this.#image = wanted === null ? null : make("img", { part: "image", class: "image", alt: "", src: wanted, decoding: "async" });
    if (this.#image === null) return;
    this.#image.addEventListener("error", () => {
      this.#broken = url;
      this.#picture(url);
    });
    this.#avatar.append(this.#image);
  }
}

reflect(WaPresenceElement, { view: "view" });
