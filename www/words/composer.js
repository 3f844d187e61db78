// What the other side sees of us while we compose, in words.

/** "They see: typing…" */
export function showsLine(shows) {
  return `They see: ${shows === "none" ? "nothing" : `${shows}…`}`;
}

/** What became of a text: the package sends none, and the page does not pretend. */
export function unsentLine(text) {
  return `“${text}” was not sent: this demo shows presence only.`;
}

export const recordWords = { idle: "Hold to record", recording: "Release to stop" };

/** Why recording cannot be shown, or `null` where it can. */
export function recordObstacle({ recording }, gateway) {
  return recording ? null : `${gateway} cannot show that you record, only that you type.`;
}
