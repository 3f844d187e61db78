//! A leader of whom nothing is heard is asked, and robbed when it does not answer.
//!
//! A page that is about to be frozen gives up the lead. A worker of such a page is not told, nor is a tab that hangs: they keep the lock
//! and do nothing, and so does a worker that is granted the lock only then. Nothing but an answer shows that a leader runs. Channels are
//! not throttled as timers are, so a hidden one answers at once.

use super::{ALIVE_MS, LockStep, Tabs};
use crate::machine::time::Instant;
use crate::session::Session;

/// A leader that was heard so lately need not answer, in ms.
const HEARD_MS: u64 = 4_000;
/// A visible tab that heard nothing for so long asks, in ms.
const SILENCE_MS: u64 = 8_000;
/// How long an answer may take, in ms: a page may be busy for seconds as it is loaded.
const ANSWER_MS: u64 = 4_000;
/// Beats that follow each other sooner are one, in ms.
const BEAT_MS: u64 = 1_000;
/// How far apart tabs do what they would do at once, in ms, and how many such places there are.
const APART: (u64, u64) = (125, 16);

impl Tabs {
    /// What the first of several tabs does, the others need not.
    const fn apart(&self) -> u64 {
        self.id % APART.1 * APART.0
    }

    /// The leader was heard.
    pub(super) const fn note_heard(&mut self, now: Instant) {
        self.heard_at = now;
        self.asked_at = None;
        self.asked_again = false;
    }

    /// Our list was said: a leader that was not heard lately is to answer.
    pub(super) fn note_asked(&mut self, now: Instant) {
        if self.epoch == 0 || self.heard_at + HEARD_MS <= now {
            self.asked_at.get_or_insert(now);
        }
    }

    /// A list was said to us: whoever says it may wait for a word.
    pub(super) fn answer(&mut self, now: Instant) {
        if self.beat_due.is_none_or(|due| due + BEAT_MS <= now + ALIVE_MS) {
            self.told.clear();
        }
    }
}

impl Session {
    /// When a silent leader is asked, or robbed.
    pub(super) fn silence_at(&self) -> Option<Instant> {
        let tabs = self.tabs.as_ref().filter(|tabs| !tabs.leads && !tabs.away)?;
        // With a key that was refused there is nothing to lead with, and no leader may be what all such tabs see.
        if self.credential.is_refused() {
            return None;
        }
        let asks = self.attention.hidden_since.is_none().then(|| tabs.heard_at + SILENCE_MS + tabs.apart());
        tabs.asked_at.map(|asked| asked + ANSWER_MS + tabs.apart()).or(asks)
    }

    /// Time passed.
    pub(super) fn judge_silence(&mut self, now: Instant) {
        let Some(due) = self.silence_at().filter(|due| *due <= now) else { return };
        let Some(tabs) = &mut self.tabs else { return };
        let owed = tabs.asked_at.replace(now).is_some();
        // A timer that fires late says that we stood still ourselves, and the answer may wait behind it: once, or those of a hidden tab,
        // which are late every time, would say so for ever.
        let late = due + ANSWER_MS <= now && !tabs.asked_again;
        if owed && !late {
            tabs.note_heard(now);
            tabs.lock = Some(LockStep::Take);
        } else {
            tabs.asked_again = owed;
            tabs.list_due = Some(now);
        }
    }
}
