//! What becomes of the feed and of calls while nobody looks: no tab that shares the feed is on anybody's screen.

use super::{ConnectionReason, ConnectionState, Session};
use crate::machine::time::Instant;

/// Hidden for so long, a tab leaves the lead to one that is visible; without any, nobody looks, in ms.
pub(super) const HIDDEN_MS: u64 = 60_000;

/// What the application wants of a client at which nobody looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Background {
    /// The feed stays, and few calls are made: as many as after the gateway refused one again and again.
    #[default]
    Slow,
    /// No feed and no calls.
    Pause,
    /// As if somebody looked.
    Keep,
}

/// Who looks.
#[derive(Debug, Default)]
pub(super) struct Attention {
    background: Background,
    /// Since when this page is hidden.
    pub(super) hidden_since: Option<Instant>,
    /// Since when all are.
    unseen_since: Option<Instant>,
    /// Whether the feed and calls are as nobody needs them.
    rests: bool,
}

impl Attention {
    fn rests_at(&self) -> Option<Instant> {
        let since = self.unseen_since.filter(|_| !self.rests && self.background != Background::Keep);
        since.map(|since| since + HIDDEN_MS)
    }
}

impl Session {
    /// What is to become of the feed and of calls while nobody looks.
    pub const fn set_background(&mut self, background: Background) {
        self.attention.background = background;
    }

    /// The page is shown, or hidden.
    pub fn handle_visibility(&mut self, visible: bool, now: Instant) {
        if self.attention.hidden_since.is_none() != visible {
            self.attention.hidden_since = (!visible).then_some(now);
            self.tell_visibility(now);
            self.review_attention(now);
        }
    }

    /// Whether the feed is to stay closed.
    pub(super) fn pauses(&self) -> bool {
        self.attention.rests && self.attention.background == Background::Pause
    }

    /// Somebody may have begun to look, or ceased.
    pub(super) fn review_attention(&mut self, now: Instant) {
        let seen = self.attention.hidden_since.is_none() || self.another_is_visible();
        let since = &mut self.attention.unseen_since;
        *since = if seen { None } else { since.or(Some(now)) };
        if seen && self.attention.rests {
            let paused = self.pauses();
            self.attention.rests = false;
            self.machine.set_slow(false);
            if paused && self.leads() {
                self.resume_calls();
                self.start_feed();
                // One feed to open is enough for now.
                self.yield_later(now);
            }
        }
    }

    /// When there is something to do.
    pub(super) fn attention_timeout_at(&self) -> Option<Instant> {
        self.attention.rests_at().filter(|_| self.leads() && !self.closed)
    }

    /// Time passed.
    pub(super) fn attention_timeout(&mut self, now: Instant) {
        if self.attention_timeout_at().is_none_or(|at| at > now) {
            return;
        }
        self.attention.rests = true;
        self.machine.set_slow(true);
        if self.pauses() {
            self.stop_feed();
            self.machine.halt_calls();
            if self.feed_wanted && !self.credential.is_refused() {
                self.machine.handle_feed_down(now);
                self.connect(ConnectionState::Reconnecting, Some(ConnectionReason::Hidden), now);
            }
        }
    }

    /// Another tab leads from here on, or this one does and knows nothing of the others yet.
    pub(super) fn attend_anew(&mut self, now: Instant) {
        self.attention.rests = false;
        self.attention.unseen_since = None;
        self.machine.set_slow(false);
        self.review_attention(now);
    }

    /// Calls may leave again, where nothing stands against it.
    pub(super) fn resume_calls(&mut self) {
        if self.leads() && !self.pauses() && !self.credential.is_refused() {
            self.machine.resume_calls();
        }
    }
}
