// Who types or records, as a sentence.

/**
 * @param nameOf What somebody is called, by id; `null` where nobody knows.
 * @param most Names that are told at most; the rest are counted.
 * @returns The sentence, or `null` while nothing goes on.
 */
export function activityLine({ kind, active }, words, nameOf, most) {
  if (active.length === 0) return null;
  if (kind === "contact") return words.text(active[0].kind);
  return ["typing", "recording"]
    .map((doing) => sentence(doing, active.filter((one) => one.kind === doing), words, nameOf, most))
    .filter((said) => said !== null)
    .join(" · ");
}

/** The label of that sentence. */
export function activityLabel({ kind, activity }) {
  return kind === "contact" ? activity : `${activity}Names`;
}

function sentence(doing, people, words, nameOf, most) {
  if (people.length === 0) return null;
  const label = `${doing}Names`;
  const names = people.map(({ participant }) => nameOf(participant)).filter((name) => name !== null).slice(0, most);
  const parts = names.map((name) => words.isolate(name, label));
  const rest = people.length - names.length;
  if (rest > 0) parts.push(restOf(rest, names.length, words));
  return words.counted(label, people.length, { names: words.list(parts, label) });
}

function restOf(count, named, words) {
  if (named > 0) return words.counted("others", count);
  return count === 1 ? words.text("somebody") : words.counted("people", count);
}
