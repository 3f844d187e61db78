// The switch between gateways: links, since each choice is an address of this page. Following one connects anew, so that nothing
// known by way of one gateway is taken for news from another.

import { make, setHidden } from "../dom.js";

/** Shows what there is to choose from; nothing where there is no choice. */
export function showChoice(root, gateways, chosen) {
  setHidden(root, gateways.length < 2);
  if (gateways.length < 2) return;
  const links = gateways.map((one) => {
    const current = one === chosen ? { "aria-current": "page" } : {};
    return make("a", { class: "choice", href: `?gateway=${encodeURIComponent(one.name)}`, ...current }, one.label);
  });
  root.replaceChildren(...links);
}
