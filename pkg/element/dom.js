// Nodes, made and changed. What is as it should be is left alone: a text that is set again would be read out again.

export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** `null` takes it away. */
export function setAttribute(node, name, value) {
  if (node.getAttribute(name) === value) return;
  if (value === null) node.removeAttribute(name);
  else node.setAttribute(name, value);
}

/** Says of a text in which language and direction it is, by the label that it was made of; `null` if it is none. */
export function mark(node, words, label) {
  const { lang, dir } = label === null ? { lang: null, dir: null } : words.markup(label);
  setAttribute(node, "lang", lang);
  setAttribute(node, "dir", dir);
}

/** A class of elements; where there is no document, as on a server, one that is never made. */
export const HTMLElementBase = globalThis.HTMLElement ?? class {};

/** Properties that are attributes, by the names of both; `null` where the attribute is not there. */
export function reflect({ prototype }, names) {
  for (const [property, attribute] of Object.entries(names)) {
    Object.defineProperty(prototype, property, {
      get() {
        return this.getAttribute(attribute);
      },
      set(value) {
        setAttribute(this, attribute, value === null || value === undefined ? null : String(value));
      },
      configurable: true,
      enumerable: true,
    });
  }
}

/** `ticketUrl` as an attribute: `ticket-url`. */
export function kebab(name) {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
