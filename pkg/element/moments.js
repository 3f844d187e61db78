// Instants in words, in any language that the platform knows. All of them change as time passes: callers draw again.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Up to here an hour is told as so long ago, even if it was yesterday. */
const HOURS_MS = 6 * HOUR;
/** What a time of day consists of. */
const CLOCK = new Set(["hour", "minute", "dayPeriod"]);

/**
 * "5 minutes ago", "yesterday at 2:03 PM", "Monday at 9:12 AM", "on March 3, 2026".
 * @param labels `justNow`, `dayTime` around a day and a time, `onDate` around a date; where one is `null`, as the language itself has it.
 */
export function moment(atMs, nowMs, lang, { justNow, dayTime, onDate }) {
  const intl = formats(lang);
  // A gateway's clock may be ahead of ours: nobody was seen in the future.
  const age = Math.max(nowMs - atMs, 0);
  if (age < MINUTE) return justNow ?? intl.auto.format(0, "second");
  if (age < HOUR) return intl.ago.format(-Math.floor(age / MINUTE), "minute");
  const days = daysBetween(atMs, nowMs);
  if (days === 0 || age < HOURS_MS) return intl.ago.format(-Math.floor(age / HOUR), "hour");
  if (days < 7) return dayAndTime(atMs, days, intl, dayTime);
  return (onDate ?? "{date}").replace("{date}", (sameYear(atMs, nowMs) ? intl.day : intl.date).format(atMs));
}

/** The whole of it, for whoever wants to know exactly. */
export function exactly(atMs, lang) {
  return formats(lang).exact.format(atMs);
}

function dayAndTime(atMs, days, { weekday, auto }, label) {
  const parts = weekday.formatToParts(atMs);
  const day = days === 1 ? auto.format(-1, "day") : parts.find(({ type }) => type === "weekday").value;
  // The language's own way to put the two together, with its word for yesterday in the day's place.
  if (label === null) return parts.map(({ type, value }) => (type === "weekday" ? day : value)).join("");
  const time = parts.filter(({ type }) => CLOCK.has(type));
  const clock = parts.slice(parts.indexOf(time[0]), parts.indexOf(time.at(-1)) + 1);
  return label.replace("{day}", day).replace("{time}", clock.map(({ value }) => value).join(""));
}

function daysBetween(fromMs, toMs) {
  return Math.round((new Date(toMs).setHours(0, 0, 0, 0) - new Date(fromMs).setHours(0, 0, 0, 0)) / DAY);
}

function sameYear(oneMs, otherMs) {
  return new Date(oneMs).getFullYear() === new Date(otherMs).getFullYear();
}

// Making a format costs more than using it a thousand times.
const made = new Map();

function formats(lang) {
  if (!made.has(lang)) {
    const time = { hour: "numeric", minute: "2-digit" };
    made.set(lang, {
      ago: new Intl.RelativeTimeFormat(lang),
      auto: new Intl.RelativeTimeFormat(lang, { numeric: "auto" }),
      weekday: new Intl.DateTimeFormat(lang, { weekday: "long", ...time }),
      day: new Intl.DateTimeFormat(lang, { day: "numeric", month: "long" }),
      date: new Intl.DateTimeFormat(lang, { day: "numeric", month: "long", year: "numeric" }),
      exact: new Intl.DateTimeFormat(lang, { dateStyle: "full", timeStyle: "short" }),
    });
  }
  return made.get(lang);
}
