//! Whether the gateway's session works and events reach us: what their loss voids, and what is asked for on their return.

use super::Machine;
use super::deadline::Reason;
use super::observation::SessionState;
use super::snapshot::Cause;
use super::time::Instant;

/// Whether events reach us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Feed {
    /// Events come by `ingest`, or not at all.
    NotNeeded,
    /// Connecting, or lost.
    Down { ever_open: bool },
    /// Connected.
    Open,
}

/// A repeated "working" this soon after the last is the same news twice, in ms.
const SAME_NEWS_MS: u64 = 5_000;
/// A session that worked this long is not flapping, in ms.
const STABLE_MS: u64 = 30_000;
/// First and longest wait before chats are asked for once a flapping session works again, in ms.
const CALM_MS: (u64, u64) = (1_000, 30_000);
impl Machine {
    /// Whether the gateway's session is connected to WhatsApp, as far as it said.
    #[must_use]
    pub const fn session_ready(&self) -> bool {
        self.link.session_ready
    }

    /// What the gateway last called its session.
    #[must_use]
    pub const fn session_state(&self) -> SessionState {
        self.session_state
    }

    /// Whether the session was lost soon after it worked.
    #[must_use]
    pub const fn is_flapping(&self) -> bool {
        self.flaps > 0
    }

    /// How often the session came or went so far: with each, the gateway forgot what it was told.
    #[must_use]
    pub const fn connections(&self) -> u32 {
        self.connections
    }

    /// Whether the session turned out to work at this instant or later.
    #[must_use]
    pub fn works_since(&self, at: Instant) -> bool {
        self.working_since.is_some_and(|since| since >= at)
    }

    /// Whether the gateway said something of its session, unasked, since the last time this was called.
    pub fn take_session_news(&mut self) -> bool {
        std::mem::take(&mut self.session_news)
    }

    /// The gateway said how its session is: unasked (`pushed`) or in an answer.
    pub fn handle_session(&mut self, state: SessionState, pushed: bool, now: Instant) {
        self.handle_timeout(now);
        self.session_state = state;
        self.session_news |= pushed;
        match state {
            SessionState::Unknown => {}
            SessionState::Working => {
                let was_ready = std::mem::replace(&mut self.link.session_ready, true);
                let news = self.working_since.is_none_or(|since| now.since(since) >= SAME_NEWS_MS);
                if pushed || !was_ready {
                    self.working_since = Some(now);
                }
                if !was_ready && self.flaps > 0 {
                    // It may well be lost again: asking for everything each time would be a storm.
                    self.pacing.pause(now + self.jitter.backoff(self.flaps - 1, CALM_MS.0, CALM_MS.1));
                }
                // "Working" pushed to a session we believed working: it reconnected while we were not told.
                if !was_ready || (pushed && news) {
                    self.connections += 1;
                    self.resubscribe_all(true, now);
                }
            }
            SessionState::Starting | SessionState::NeedsPairing | SessionState::Stopped | SessionState::Failed => {
                if let Some(since) = self.working_since.take() {
                    self.flaps = if now.since(since) < STABLE_MS { self.flaps.saturating_add(1) } else { 0 };
                }
                if std::mem::replace(&mut self.link.session_ready, false) {
                    self.connections += 1;
                    self.void_all(Cause::Connection, now, now);
                }
            }
        }
    }

    /// The feed is being opened, or was lost.
    pub fn handle_feed_down(&mut self, now: Instant) {
        self.handle_timeout(now);
        match self.feed {
            Feed::Down { .. } => return,
            Feed::NotNeeded => self.feed = Feed::Down { ever_open: false },
            Feed::Open => self.feed = Feed::Down { ever_open: true },
        }
        self.deadlines.set(Reason::FeedLapse, now + self.config.feed_grace_ms);
    }

    /// The feed is open. `since` is when events began to reach us: what was subscribed before may have been told to nobody.
    pub fn handle_feed_open(&mut self, since: Instant, now: Instant) {
        self.handle_timeout(now);
        let before = std::mem::replace(&mut self.feed, Feed::Open);
        if before != Feed::Open {
            self.feed_since = since;
        }
        self.deadlines.remove(Reason::FeedLapse);
        let lapsed = std::mem::replace(&mut self.link.feed_lapsed, false);
        match before {
            Feed::Open => {}
            Feed::Down { ever_open: true } => {
                self.catch_up = true;
                self.resubscribe_all(lapsed, now);
            }
            Feed::Down { ever_open: false } | Feed::NotNeeded => {
                // What happened between the page that knew it and the feed of this one.
                let recalled_at = self.recalled_at.take();
                self.catch_up |= recalled_at.is_some();
                // What was asked by way of that one needs no asking again; what was asked since may have been told to nobody.
                let from = recalled_at.unwrap_or_default();
                let keys: Vec<_> = self.roster.keys().collect();
                for key in keys {
                    let Some(chat) = self.roster.get_mut(key) else { continue };
                    let unheard = chat.subscription.lease.is_some_and(|lease| (from..since).contains(&lease.sent_at));
                    if unheard && !chat.subscription.heard {
                        self.enqueue(key, now);
                    }
                    self.review(key, Cause::Connection, now, now);
                }
            }
        }
    }

    /// Since when events have reached us by way of a feed, while they do.
    #[must_use]
    pub fn feed_open_since(&self) -> Option<Instant> {
        (self.feed == Feed::Open).then_some(self.feed_since)
    }

    /// Another tab's feed is gone, and one of our own is opened in its place: what was heard and asked by way of that one holds, and what
    /// is missed in between is read where reading is harmless.
    pub fn take_over_feed(&mut self, now: Instant) {
        self.handle_feed_down(now);
        if self.feed == (Feed::Down { ever_open: true }) && !self.link.feed_lapsed {
            self.feed = Feed::Down { ever_open: false };
            self.recalled_at = Some(now);
        }
    }

    /// The feed that told us of everything turned out to have told nothing for a while.
    pub fn handle_gap(&mut self, now: Instant) {
        self.catch_up = true;
        self.resubscribe_all(false, now);
    }

    /// There will be no feed: what is known does not hang on one.
    pub fn handle_no_feed(&mut self, now: Instant) {
        self.handle_timeout(now);
        self.feed = Feed::NotNeeded;
        self.deadlines.remove(Reason::FeedLapse);
        if std::mem::take(&mut self.link.feed_lapsed) {
            self.resubscribe_all(false, now);
        }
    }

    pub(super) fn lapse_feed(&mut self, at: Instant, now: Instant) {
        self.link.feed_lapsed = true;
        self.void_all(Cause::Connection, at, now);
    }

    fn resubscribe_all(&mut self, void: bool, now: Instant) {
        let keys: Vec<_> = self.watched_chats().collect();
        for key in keys {
            if let Some(chat) = self.roster.get_mut(key)
                && void
            {
                chat.subscription.lapse(now);
            }
            self.enqueue(key, now);
            self.review(key, Cause::Connection, now, now);
        }
    }

    fn void_all(&mut self, cause: Cause, at: Instant, now: Instant) {
        let keys: Vec<_> = self.watched_chats().collect();
        for key in keys {
            if let Some(chat) = self.roster.get_mut(key) {
                chat.subscription.lapse(now);
                self.deadlines.remove(Reason::Renewal(key));
            }
            self.enqueue(key, now);
            self.review(key, cause, at, now);
        }
    }
}
