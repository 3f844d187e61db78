// The language that an element is in, as HTML has it: its own `lang`, or that of whatever it is in, through shadow roots; of a page that
// says nothing, the browser's.

const listeners = new Set();
let observer = null;

export function languageOf(element) {
  for (let node = element; node !== null; node = node.parentNode ?? node.host ?? null) {
    const lang = node.getAttribute?.("lang");
    if (lang) return lang;
  }
  return navigator.language;
}

/** A `lang` of the page changed, or there are other words of one. */
export function languageChanged() {
  for (const listener of [...listeners]) listener();
}

/** Calls back when that happens. One observer serves all. Returns what ends it. */
export function listenLanguage(callback) {
  listeners.add(callback);
  if (observer === null) {
    observer = new MutationObserver(languageChanged);
    observer.observe(document, { subtree: true, attributeFilter: ["lang"] });
  }
  return () => {
    listeners.delete(callback);
    if (listeners.size > 0) return;
    observer?.disconnect();
    observer = null;
  };
}
