// The few things a page without a framework needs. Setting what is already there costs a layout or an announcement, so
// nothing here does.

const SVG = "http://www.w3.org/2000/svg";

/** Makes an element. Texts among the children become text nodes. */
export function make(tag, attributes = {}, ...children) {
  return furnish(document.createElement(tag), attributes, children);
}

/** The same in SVG. */
export function makeSvg(tag, attributes = {}, ...children) {
  return furnish(document.createElementNS(SVG, tag), attributes, children);
}

/** A text for assistive technology only. */
export function unseen(text = "") {
  return make("span", { class: "unseen" }, text);
}

export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** `null` takes the attribute away. */
export function setAttribute(node, name, value) {
  if (value === null) node.removeAttribute(name);
  else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
}

export function setHidden(node, hidden) {
  if (node.hidden !== hidden) node.hidden = hidden;
}

function furnish(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}
