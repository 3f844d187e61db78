// When to be online by itself: support hours in a time zone, and only while the server of this page answers.

import { make, setAttribute, setText } from "../dom.js";
import { hoursError, timeZoneError } from "../words/own.js";

const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday"];

export class PolicyForm {
  #parts;

  /** @param onChange Called when something in it was changed. */
  constructor(parts, onChange) {
    this.#parts = parts;
    parts.zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone;
    parts.zones.append(...Intl.supportedValuesOf("timeZone").map((value) => make("option", { value })));
    parts.root.addEventListener("change", onChange);
  }

  /** The policy as it is written, or `null` where it is no policy yet. */
  read() {
    const { zone, from, to, healthy } = this.#parts;
    const complete = from.value !== "" && to.value !== "" && from.value !== to.value;
    this.#complain(complete ? null : hoursError);
    if (!complete) return null;
    const hours = { timeZone: zone.value.trim(), open: [{ days: DAYS, from: from.value, to: to.value }] };
    return { hours, ...(healthy.checked ? { healthy: answers } : {}) };
  }

  /** The package did not take it. */
  refuse() {
    this.#complain(timeZoneError, this.#parts.zone);
  }

  #complain(sentence, field = null) {
    const { zone, error } = this.#parts;
    setText(error, sentence ?? "");
    setAttribute(zone, "aria-invalid", field === zone ? "true" : null);
  }
}

/** A product asks its bot or its team instead. */
async function answers() {
  return (await fetch("/config.json", { cache: "no-store" })).ok;
}
