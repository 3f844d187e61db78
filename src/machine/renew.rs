//! Keeping subscriptions alive: which call leaves next, what its outcome means, what a lost connection voids.

use super::deadline::Reason;
use super::error::{Error, ErrorCode};
use super::id::IdKind;
use super::knowledge::Refusal;
use super::observation::SessionState;
use super::roster::ChatKey;
use super::snapshot::Cause;
use super::time::Instant;
use super::{Intent, Machine};

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
/// Jitter on a rate-limit pause, in ms: many clients must not return in step.
const PAUSE_JITTER_MS: u64 = 5_000;

impl Machine {
    /// The next call the machine wants made.
    pub fn poll_intent(&mut self, now: Instant) -> Option<Intent> {
        if self.halted || !self.config.subscribes || !self.link.session_ready {
            return None;
        }
        if std::mem::take(&mut self.catch_up) {
            return Some(Intent::CatchUp);
        }
        let open = self.pacing.opens_at(&self.config)?;
        if open <= now
            && let Some(key) = self.queue.first()
        {
            return self.subscribe(key, now);
        }
        if self.look_up_at <= now {
            return self.look_up(now);
        }
        None
    }

    /// When the next call may leave.
    pub(super) fn next_call_at(&self, now: Instant) -> Option<(Instant, Reason)> {
        if self.halted || !self.config.subscribes || !self.link.session_ready {
            return None;
        }
        let open = self.pacing.opens_at(&self.config)?;
        let subscribe = self.queue.first().map(|_| (open.max(now), Reason::Pace));
        let look_up = self.look_ups.front().map(|_| (self.look_up_at.max(now), Reason::LookUp));
        match (subscribe, look_up) {
            (Some(a), Some(b)) => Some(if b.0 < a.0 { b } else { a }),
            (a, b) => a.or(b),
        }
    }

    fn subscribe(&mut self, key: ChatKey, now: Instant) -> Option<Intent> {
        let chat = self.roster.get_mut(key)?;
        self.queue.remove(key, &mut chat.subscription);
        chat.subscription.sent(now);
        let id = chat.id.clone();
        self.pacing.sent(&self.config, now);
        self.counters.subscribe_calls += 1;
        self.review(key, Cause::Lease, now, now);
        Some(Intent::Subscribe { chat: key, id })
    }

    fn look_up(&mut self, now: Instant) -> Option<Intent> {
        while let Some(key) = self.look_ups.pop_front() {
            let Some(chat) = self.roster.get_mut(key) else { continue };
            if std::mem::replace(&mut chat.subscription.looked_up, true) || !chat.subscription.is_watched() {
                continue;
            }
            self.look_up_at = now + self.config.look_up_interval_ms;
            self.pacing.sent_beside();
            return Some(Intent::LookUp { id: chat.id.clone() });
        }
        None
    }

    /// A look-up was answered, whatever the answer. What it told goes to [`Machine::add_alias`].
    pub fn handle_looked_up(&mut self, now: Instant) {
        self.handle_timeout(now);
        self.pacing.returned();
    }

    /// The gateway took a subscribe call that was sent at `sent_at`.
    pub fn handle_subscribed(&mut self, key: ChatKey, sent_at: Instant, now: Instant) {
        self.handle_timeout(now);
        self.pacing.returned();
        if let Some(chat) = self.roster.get_mut(key) {
            chat.subscription.in_flight = false;
        }
        self.grant(key, sent_at, now);
    }

    /// A call that subscribes as a side effect succeeded: the lease counts, the queue's own call may be spared.
    pub fn handle_side_subscription(&mut self, key: ChatKey, sent_at: Instant, now: Instant) {
        self.handle_timeout(now);
        self.grant(key, sent_at, now);
    }

    fn grant(&mut self, key: ChatKey, sent_at: Instant, now: Instant) {
        let Some(chat) = self.roster.get_mut(key) else { return };
        if !chat.subscription.is_watched() {
            return;
        }
        if chat.subscription.is_void(sent_at) {
            // The gateway lost what this call asked for: ask again.
            self.enqueue(key);
            self.review(key, Cause::Lease, now, now);
            return;
        }
        let renew_at = chat.subscription.granted(sent_at, &self.config, &mut self.jitter);
        let hidden = chat.subscription.hidden.is_some();
        let renew_at = if hidden { sent_at + self.config.hidden_retry_ms } else { renew_at };
        self.deadlines.set(Reason::Renewal(key), renew_at.max(now));
        self.review(key, Cause::Lease, now, now);
    }

    /// A subscribe call failed. The chat's watch stays; what happens next depends on the error.
    pub fn handle_subscribe_failed(&mut self, key: ChatKey, error: &Error, now: Instant) {
        self.handle_timeout(now);
        self.pacing.returned();
        if error.code == ErrorCode::RateLimited {
            let wait = error.retry_after_ms.unwrap_or(self.config.rate_limit_pause_ms);
            self.counters.rate_limits += 1;
            self.pacing.pause(now + wait + self.jitter.below(PAUSE_JITTER_MS));
        }
        let Some(chat) = self.roster.get_mut(key) else { return };
        chat.subscription.in_flight = false;
        if !chat.subscription.is_watched() {
            return;
        }
        let again = match error.code {
            ErrorCode::NotFound => Err(Refusal::NotFound),
            ErrorCode::BadRequest | ErrorCode::InvalidChat => Err(Refusal::BadRequest),
            ErrorCode::Unsupported => Err(Refusal::Unsupported),
            ErrorCode::Forbidden => Err(Refusal::Forbidden),
            ErrorCode::Engine => chat.subscription.failed(true, &mut self.jitter),
            // The session, the credential or the pause above decides when; the chat only keeps its turn.
            ErrorCode::NotReady | ErrorCode::Unauthorized | ErrorCode::RateLimited => Ok(0),
            ErrorCode::Network
            | ErrorCode::Timeout
            | ErrorCode::Aborted
            | ErrorCode::Malformed
            | ErrorCode::TooLarge
            | ErrorCode::InvalidOption
            | ErrorCode::Closed
            | ErrorCode::Crashed => chat.subscription.failed(false, &mut self.jitter),
        };
        match again {
            Err(refusal) => {
                chat.subscription.refused = Some(refusal);
                chat.subscription.refusal_words = Some(error.message.as_str().into());
                self.deadlines.remove(Reason::Renewal(key));
            }
            Ok(0) => self.enqueue(key),
            Ok(wait) => self.deadlines.set(Reason::Renewal(key), now + wait),
        }
        self.review(key, Cause::Lease, now, now);
    }

    /// The same chat shall be asked again at once, by another call.
    pub fn handle_subscribe_redirected(&mut self, key: ChatKey, now: Instant) {
        self.handle_timeout(now);
        self.pacing.returned();
        if let Some(chat) = self.roster.get_mut(key) {
            chat.subscription.in_flight = false;
        }
        self.enqueue(key);
    }

    /// No call may leave until [`Machine::resume_calls`]: the credential was refused.
    pub fn halt_calls(&mut self) {
        self.halted = true;
    }

    /// Calls may leave again.
    pub fn resume_calls(&mut self) {
        self.halted = false;
    }

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

    /// Whether the gateway said something of its session, unasked, since the last time this was called.
    pub fn take_session_news(&mut self) -> bool {
        std::mem::take(&mut self.session_news)
    }

    /// Calls waiting for their turn and in flight.
    #[must_use]
    pub fn calls(&self) -> (usize, usize) {
        (self.queue.len(), self.pacing.in_flight())
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
                // "Working" pushed to a session we believed working: it reconnected while we were not told.
                if !was_ready || (pushed && news) {
                    self.resubscribe_all(true, now);
                }
            }
            SessionState::Starting | SessionState::NeedsPairing | SessionState::Stopped | SessionState::Failed => {
                self.working_since = None;
                if std::mem::replace(&mut self.link.session_ready, false) {
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
        self.deadlines.remove(Reason::FeedLapse);
        let lapsed = std::mem::replace(&mut self.link.feed_lapsed, false);
        match before {
            Feed::Open => {}
            Feed::Down { ever_open: true } => {
                self.catch_up = true;
                self.resubscribe_all(lapsed, now);
            }
            Feed::Down { ever_open: false } | Feed::NotNeeded => {
                let keys: Vec<_> = self.roster.keys().collect();
                for key in keys {
                    let Some(chat) = self.roster.get_mut(key) else { continue };
                    let unheard = chat.subscription.lease.is_some_and(|lease| lease.sent_at < since);
                    if unheard && !chat.subscription.heard {
                        self.enqueue(key);
                    }
                    self.review(key, Cause::Connection, now, now);
                }
            }
        }
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
            self.enqueue(key);
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
            self.enqueue(key);
            self.review(key, cause, at, now);
        }
    }

    /// The chat's turn has come.
    pub(super) fn enqueue(&mut self, key: ChatKey) {
        if !self.config.subscribes {
            return;
        }
        if let Some(chat) = self.roster.get_mut(key) {
            self.queue.push(key, &mut chat.subscription);
        }
    }

    /// Queues the look-up of the person's other id, once per watch.
    pub(super) fn enqueue_look_up(&mut self, key: ChatKey) {
        let wanted = self.config.looks_up_aliases && self.config.subscribes;
        let Some(chat) = self.roster.get(key).filter(|_| wanted) else { return };
        if matches!(chat.id.kind(), IdKind::Contact | IdKind::Lid) && !chat.subscription.looked_up {
            self.look_ups.push_back(key);
        }
    }
}
