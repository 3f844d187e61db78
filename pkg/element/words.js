// The words of one element: its language's, with whatever was overridden. No sentence mixes two languages: where there are no words of
// a language, the sentences are English in every part, and times alone are in the language that was asked for.

import { languages } from "./languages.js";
import { exactly, moment } from "./moments.js";

const FALLBACK = "en";
/** Sentences that are nothing but a time, where a language has no words of its own for them. */
const BARE = { lastSeen: "{time}", wasOnline: "{time}" };
/** Around a time: `null` leaves them to the language. */
const OF_TIMES = { justNow: null, dayTime: null, onDate: null };

/** The names of all labels. */
export const LABELS = Object.keys(languages.get(FALLBACK));

export class Words {
  #own;
  #overrides;

  /**
   * @param lang A language that `Intl` knows; see `canonical`.
   * @param overrides Labels that count before the language's, those that count most first.
   */
  constructor(lang, overrides = []) {
    this.lang = lang;
    this.#own = tableOf(lang);
    this.#overrides = overrides;
  }

  /** What the markup has to say of a label: its direction, and its language where that is not the element's. */
  markup(label) {
    const lang = this.langOf(label);
    return { lang: lang === this.lang ? null : lang, dir: isRightToLeft(lang) ? "rtl" : "ltr" };
  }

  /** The language in which a label is. */
  langOf(label) {
    const own = this.#override(label) !== undefined || this.#own?.[label] !== undefined || label in BARE;
    return own ? this.lang : FALLBACK;
  }

  /** A label, its places filled in. */
  text(label, values = {}) {
    return fill(this.#forms(label), "other", values);
  }

  /** A label that has forms by number. */
  counted(label, count, values = {}) {
    const lang = this.langOf(label);
    const forms = this.#forms(label);
    const category = formats(lang).plural.select(count);
    // In some languages 21 has the form of 1, yet twenty-one who type are many.
    const exact = category === "one" && count !== 1 ? "other" : category;
    return fill(forms, exact, { count: formats(lang).number.format(count), ...values });
  }

  /** Ana; Ana and Ben; Ana, Ben and 3 others. In the language of the sentence that they are for. */
  list(parts, label) {
    return formats(this.langOf(label)).list.format(parts);
  }

  /** A name, fit to stand in a sentence: one of the other direction must not take the rest of the line with it. */
  isolate(name, label) {
    const rightToLeft = RIGHT_TO_LEFT.test(name);
    return rightToLeft === isRightToLeft(this.langOf(label)) && !rightToLeft ? name : `\u2068${name}\u2069`;
  }

  /** What is said of an instant, or of nothing: before the time, the time, after it. */
  around(label, atMs, nowMs) {
    if (atMs === null) return [this.text(label), "", ""];
    const [before, after = ""] = formOf(this.#forms(label), "other").split("{time}");
    return [before, this.#moment(label, atMs, nowMs), after];
  }

  exactly(atMs) {
    return exactly(atMs, this.lang);
  }

  /** A time inside of an English sentence is English. */
  #moment(label, atMs, nowMs) {
    const lang = this.langOf(label);
    const labels = Object.fromEntries(Object.keys(OF_TIMES).map((name) => [name, this.#ofTimes(name, lang)]));
    return moment(atMs, nowMs, lang, labels);
  }

  #ofTimes(name, lang) {
    const found = this.#override(name) ?? tableOf(lang)?.[name];
    return found === undefined || found === null ? null : formOf(found, "other");
  }

  #forms(label) {
    return this.#override(label) ?? this.#own?.[label] ?? BARE[label] ?? languages.get(FALLBACK)[label];
  }

  #override(label) {
    const given = this.#overrides.find((labels) => isLabel(labels[label]));
    return given?.[label];
  }
}

/** Gives the labels of a language that is not here, or of some that is; what is left out stays as it is, or English. */
export function addLanguage(lang, labels) {
  const [known] = Intl.getCanonicalLocales(lang);
  const wrong = known === undefined ? "lang" : wrongLabel(labels);
  if (wrong !== null) throw new TypeError(`${wrong}: expected a language and its labels`);
  languages.set(known, { ...languages.get(known), ...labels });
}

/** What is wrong with labels that somebody gave, by name, or `null`. */
export function wrongLabel(labels) {
  if (typeof labels !== "object" || labels === null) return "labels";
  return Object.keys(labels).find((name) => !LABELS.includes(name) || !isLabel(labels[name])) ?? null;
}

/** A language as `Intl` writes it, or English where it does not know it: pages write all sorts of things. */
export function canonical(lang) {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(lang)[0] ?? FALLBACK;
  } catch {
    return FALLBACK;
  }
}

function isLabel(value) {
  if (typeof value === "string") return true;
  return typeof value === "object" && value !== null && typeof value.other === "string";
}

function formOf(forms, category) {
  return typeof forms === "string" ? forms : (forms[category] ?? forms.other);
}

function fill(forms, category, values) {
  return formOf(forms, category).replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
}

/** The words of `de-AT` are those of `de`; `zh-TW` writes as `zh-Hant` does, and not as `zh`. */
function tableOf(lang) {
  const { language, script } = new Intl.Locale(lang).maximize();
  for (const name of [lang, `${language}-${script}`]) if (languages.has(name)) return languages.get(name);
  return new Intl.Locale(language).maximize().script === script ? languages.get(language) : undefined;
}

const RIGHT_TO_LEFT = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}]/u;
const WRITTEN_SO = new Set(["Arab", "Hebr", "Syrc", "Thaa"]);

function isRightToLeft(lang) {
  return WRITTEN_SO.has(new Intl.Locale(lang).maximize().script);
}

// Making a format costs more than using it a thousand times.
const made = new Map();

function formats(lang) {
  if (!made.has(lang)) {
    made.set(lang, {
      list: new Intl.ListFormat(lang, { type: "conjunction" }),
      number: new Intl.NumberFormat(lang),
      plural: new Intl.PluralRules(lang),
    });
  }
  return made.get(lang);
}
