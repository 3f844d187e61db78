// Instants in words. All of them change as time passes: callers render again, they never keep a text.

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const ago = new Intl.RelativeTimeFormat("en", { numeric: "always" });
const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const second = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const weekday = new Intl.DateTimeFormat("en", { weekday: "long" });
const date = new Intl.DateTimeFormat("en", { day: "numeric", month: "long", year: "numeric" });

/** "5 minutes ago", "yesterday at 14:03", "on Monday at 9:12", "on 3 March 2026". */
export function relative(atMs, nowMs) {
  const age = nowMs - atMs;
  // A gateway's clock may be ahead of ours: nobody was seen in the future.
  if (age < MINUTE) return "just now";
  if (age < HOUR) return ago.format(-Math.floor(age / MINUTE), "minute");
  const days = daysBetween(atMs, nowMs);
  if (days === 0 || age < 6 * HOUR) return ago.format(-Math.floor(age / HOUR), "hour");
  if (days === 1) return `yesterday at ${clock.format(atMs)}`;
  if (days < 7) return `on ${weekday.format(atMs)} at ${clock.format(atMs)}`;
  return `on ${date.format(atMs)}`;
}

/** 14:03:22 */
export function clockTime(atMs) {
  return second.format(atMs);
}

/** "40 s", "9 min", "2 h 5 min": how long something takes from here. */
export function duration(ms) {
  if (ms < MINUTE) return `${Math.max(Math.ceil(ms / SECOND), 0)} s`;
  const minutes = Math.floor(ms / MINUTE);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)} h${rest === 0 ? "" : ` ${rest} min`}`;
}

function daysBetween(fromMs, toMs) {
  return Math.round((new Date(toMs).setHours(0, 0, 0, 0) - new Date(fromMs).setHours(0, 0, 0, 0)) / DAY);
}
