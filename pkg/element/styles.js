// How the elements look. The sheet is made here and adopted by each shadow root: no style stands in any markup, so that a policy of
// `style-src 'self'` is kept. Colours follow the `color-scheme` of wherever an element is; every one can be set from outside.

const CSS = `
:host {
  --_online: var(--wa-online-color, #0e8a5f);
  --_offline: var(--wa-offline-color, #6d7b88);
  --_typing: var(--wa-typing-color, #08704f);
  --_recording: var(--wa-recording-color, #9a4a06);
  --_status: var(--wa-status-color, color-mix(in srgb, currentColor 72%, transparent));
  --_avatar: var(--wa-avatar-size, 2.75em);
  --_dot: var(--wa-dot-size, 0.8em);
  --_gap: var(--wa-gap, 0.8em);
  display: inline-flex;
  min-width: 0;
  max-width: 100%;
  vertical-align: middle;
  line-height: 1.35;
}

@supports (color: light-dark(#000, #fff)) {
  :host {
    --_online: var(--wa-online-color, light-dark(#0e8a5f, #3fc78f));
    --_offline: var(--wa-offline-color, light-dark(#6d7b88, #8796a3));
    --_typing: var(--wa-typing-color, light-dark(#08704f, #5fd3a8));
    --_recording: var(--wa-recording-color, light-dark(#9a4a06, #f3ad66));
  }
}

:host([hidden]),
[hidden] {
  display: none !important;
}

.base {
  display: inline-flex;
  flex: 1;
  align-items: center;
  gap: var(--_gap);
  min-width: 0;
}

.lines {
  display: grid;
  flex: 1;
  min-width: 0;
  text-align: start;
}

.name,
.status {
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
}

.name {
  font-weight: var(--wa-name-weight, 600);
}

.name:empty {
  display: none;
}

.status {
  min-height: 1.35em;
  color: var(--_status);
  font-size: var(--wa-status-size, 0.875em);
}

:host([data-activity="typing"]) .status {
  color: var(--_typing);
  font-weight: var(--wa-activity-weight, 600);
}

:host([data-activity="recording"]) .status {
  color: var(--_recording);
  font-weight: var(--wa-activity-weight, 600);
}

/* A face, with a hole for the mark: whatever is behind shows through. */
.face {
  position: relative;
  flex: none;
  display: block;
  width: var(--_avatar);
  height: var(--_avatar);
}

.avatar {
  --_hole: calc(var(--_dot) * 0.42);
  position: relative;
  display: grid;
  place-items: center;
  width: 100%;
  height: 100%;
  overflow: hidden;
  border-radius: var(--wa-avatar-radius, 50%);
  color: var(--wa-avatar-ink, #fff);
  background: var(--wa-avatar-color, var(--_hue, #4d6173));
  -webkit-mask: radial-gradient(circle at calc(100% - var(--_hole)) calc(100% - var(--_hole)), #0000 calc(var(--_dot) * 0.66), #000 calc(var(--_dot) * 0.66 + 0.5px));
  mask: radial-gradient(circle at calc(100% - var(--_hole)) calc(100% - var(--_hole)), #0000 calc(var(--_dot) * 0.66), #000 calc(var(--_dot) * 0.66 + 0.5px));
}

.avatar:dir(rtl) {
  -webkit-mask-image: radial-gradient(circle at var(--_hole) calc(100% - var(--_hole)), #0000 calc(var(--_dot) * 0.66), #000 calc(var(--_dot) * 0.66 + 0.5px));
  mask-image: radial-gradient(circle at var(--_hole) calc(100% - var(--_hole)), #0000 calc(var(--_dot) * 0.66), #000 calc(var(--_dot) * 0.66 + 0.5px));
}

.avatar[data-hue="0"] { --_hue: #2f6d8c; }
.avatar[data-hue="1"] { --_hue: #5a5aa8; }
.avatar[data-hue="2"] { --_hue: #8a4f86; }
.avatar[data-hue="3"] { --_hue: #9c4a53; }
.avatar[data-hue="4"] { --_hue: #8a5a2b; }
.avatar[data-hue="5"] { --_hue: #5c6b2a; }
.avatar[data-hue="6"] { --_hue: #2b7253; }
.avatar[data-hue="7"] { --_hue: #2a7078; }

:host([data-kind="group"]) .avatar {
  border-radius: var(--wa-avatar-radius, 32%);
}

.initials {
  font-size: calc(var(--_avatar) * 0.36);
  font-weight: 600;
  line-height: 1;
}

.image {
  position: absolute;
  inset: 0;
  width: 100%;
  height: 100%;
  object-fit: cover;
}

/* Online is full, offline an empty ring, what is not known a broken ring, what is out of date a ring struck through: no colour is needed. */
.dot {
  position: absolute;
  inset-inline-end: calc(var(--_dot) * -0.08);
  bottom: calc(var(--_dot) * -0.08);
  box-sizing: border-box;
  width: var(--_dot);
  height: var(--_dot);
  border: calc(var(--_dot) * 0.2) dotted var(--_offline);
  border-radius: 50%;
}

:host([data-state="online"]) .dot {
  border: 0;
  background: var(--_online);
}

:host([data-state="offline"]) .dot {
  border-style: solid;
}

:host([data-state="lapsed"]) .dot {
  border-style: solid;
  background: linear-gradient(135deg, #0000 40%, var(--_offline) 40% 60%, #0000 60%);
}

/* Nobody expects a group to be online, and of nobody nothing is said. */
:host([data-state="idle"]) .dot,
:host([data-state="error"]) .dot,
:host([data-kind="group"]:not([data-state="online"], [data-state="offline"], [data-state="lapsed"])) .dot {
  display: none;
}

:host([data-state="idle"]) .avatar,
:host([data-state="error"]) .avatar,
:host([data-kind="group"]:not([data-state="online"], [data-state="offline"], [data-state="lapsed"])) .avatar {
  -webkit-mask: none;
  mask: none;
}

:host(:is([view="inline"], [view="dot"])) .face {
  width: var(--_dot);
  height: var(--_dot);
}

:host(:is([view="inline"], [view="dot"])) .avatar {
  display: none;
}

:host(:is([view="inline"], [view="dot"])) .dot {
  inset: 0;
}

:host([view="inline"]) {
  --_gap: var(--wa-gap, 0.5em);
}

:host([view="inline"]) .lines {
  display: flex;
  align-items: baseline;
  gap: var(--_gap);
}

:host([view="inline"]) .name {
  flex: 0 1 auto;
}

:host([view="inline"]) .status {
  flex: 1 1 auto;
}

.unseen,
:host([view="dot"]) .lines {
  position: absolute;
  width: 1px;
  height: 1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}

:host([view="dot"]) .base {
  position: relative;
}

/* In fractions that are whole pixels at 14 px: a dot that is cut by the grid is no dot. */
.dots {
  display: none;
  align-items: center;
  gap: calc(3em / 14);
  margin-inline-end: calc(6em / 14);
  vertical-align: calc(1em / 14);
}

:host([data-activity="recording"]) .dots {
  vertical-align: calc(-1em / 14);
}

:host(:is([data-activity="typing"], [data-activity="recording"])) .dots {
  display: inline-flex;
}

.dots i {
  width: calc(5em / 14);
  height: calc(5em / 14);
  border-radius: 50%;
  background: currentColor;
  animation: breathe 1.2s ease-in-out infinite;
}

.dots i:nth-child(2) {
  animation-delay: 150ms;
}

.dots i:nth-child(3) {
  animation-delay: 300ms;
}

:host([data-activity="recording"]) .dots i {
  width: calc(9em / 14);
  height: calc(9em / 14);
}

:host([data-activity="recording"]) .dots i + i {
  display: none;
}

@keyframes breathe {
  50% {
    opacity: 0.35;
  }
}

@media (prefers-reduced-motion: reduce) {
  .dots i {
    animation: none;
  }
}

@media (forced-colors: active) {
  .avatar {
    border: 1px solid CanvasText;
  }

  .dot {
    forced-color-adjust: none;
    border-color: CanvasText;
  }

  :host([data-state="online"]) .dot {
    background: CanvasText;
  }

  :host([data-state="lapsed"]) .dot {
    background: linear-gradient(135deg, #0000 40%, CanvasText 40% 60%, #0000 60%);
  }

  .dots i {
    forced-color-adjust: none;
    background: CanvasText;
  }
}
`;

let sheet;

/** Dresses a shadow root, and gives it back. */
export function dress(root) {
  try {
    if (sheet === undefined) {
      sheet = new CSSStyleSheet();
      sheet.replaceSync(CSS);
    }
    root.adoptedStyleSheets = [sheet];
  } catch {
    // A platform that cannot adopt shows the texts as they are.
  }
  return root;
}
