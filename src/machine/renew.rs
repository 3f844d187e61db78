//! Keeping subscriptions alive: which call leaves next, and what its outcome means.

use super::deadline::Reason;
use super::error::{Error, ErrorCode};
use super::id::IdKind;
use super::knowledge::Refusal;
use super::roster::ChatKey;
use super::snapshot::Cause;
use super::subscription::Priority;
use super::time::Instant;
use super::{Intent, Machine};

/// How the budget of subscribe calls stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Calls within the window that ends now.
    pub spent: usize,
    /// How many fit into it, as far as we know.
    pub limit: u64,
    /// Chats whose turn has not come.
    pub waiting: usize,
    /// Calls without an answer yet.
    pub in_flight: usize,
    /// When the next call may leave; nothing while too many are in flight.
    pub next_at: Option<Instant>,
}

/// A burst of calls is over when none has left for this long, in ms.
const BURST_OVER_MS: u64 = 2_000;
/// We are set offline this long after the first call that marked us online, although more follow, in ms.
const ONLINE_FOR_MS: u64 = 10_000;
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
        if let Some((priority, key)) =
            self.turn(now).filter(|(open, ..)| *open <= now).map(|(_, priority, key)| (priority, key))
        {
            return self.subscribe(key, priority, now);
        }
        if self.offline_at().is_some_and(|at| at <= now) {
            self.marked_online = None;
            return Some(Intent::GoOffline);
        }
        if self.look_up_at <= now && self.pacing.in_flight() < self.config.max_in_flight {
            return self.look_up(now);
        }
        None
    }

    /// When the next call may leave.
    pub(super) fn next_call_at(&self, now: Instant) -> Option<(Instant, Reason)> {
        if self.halted || !self.config.subscribes || !self.link.session_ready {
            return None;
        }
        let subscribe = self.turn(now).map(|(open, ..)| (open.max(now), Reason::Pace));
        let look_up = self.look_ups.front().filter(|_| self.pacing.in_flight() < self.config.max_in_flight);
        let look_up = look_up.map(|_| (self.look_up_at.max(now), Reason::LookUp));
        let offline = self.offline_at().map(|at| (at.max(now), Reason::Offline));
        [subscribe, look_up, offline].into_iter().flatten().min_by_key(|(at, _)| *at)
    }

    /// When our account is to be set offline again: once a burst of calls is over, and in the middle of one that does not end.
    fn offline_at(&self) -> Option<Instant> {
        let (first, last) = self.marked_online?;
        Some((last + BURST_OVER_MS).min(first + ONLINE_FOR_MS))
    }

    /// A call left that marks us online on some gateways.
    fn marks_online(&mut self, now: Instant) {
        if self.config.offline_after {
            self.marked_online = Some((self.marked_online.map_or(now, |(first, _)| first), now));
        }
    }

    /// Whether our account is set offline again after calls that marked it online, from here on.
    pub fn set_offline_after(&mut self, wanted: bool) {
        self.config.offline_after = wanted;
        if !wanted {
            self.marked_online = None;
        }
    }

    /// It was said that our account is offline: the calls that marked it online so far need no such word of their own.
    pub fn handle_said_offline(&mut self) {
        self.marked_online = None;
    }

    /// When a call of the application that subscribes may leave; `None` while too many are in flight.
    #[must_use]
    pub fn call_opens_at(&self, now: Instant) -> Option<Instant> {
        self.pacing.opens_at(Priority::Focused, &self.config, now)
    }

    /// A call of the application that subscribes leaves.
    pub fn handle_side_call(&mut self, now: Instant) {
        self.pacing.count(&self.config, now);
        self.counters.subscribe_calls += 1;
        self.marks_online(now);
    }

    /// How the budget stands.
    #[must_use]
    pub fn budget(&self, now: Instant) -> Budget {
        let next_at = self.turn(now).map(|(open, ..)| open).or_else(|| self.call_opens_at(now)).map(|at| at.max(now));
        Budget {
            spent: self.pacing.spent(&self.config, now),
            limit: self.pacing.limit(&self.config, now),
            waiting: self.queue.len(),
            in_flight: self.pacing.in_flight(),
            next_at,
        }
    }

    /// When our own subscribe calls left, within the window, for other clients of the account.
    pub fn own_calls(&self) -> impl Iterator<Item = Instant> + '_ {
        self.pacing.own()
    }

    /// When those of others left, as they wrote it down.
    pub fn learn_calls(&mut self, others: &[Instant]) {
        self.pacing.learn(others);
    }

    /// Whose call is next, and when it may leave. A focused chat waits for nobody; the others may have to wait for the part of
    /// the budget that is kept for such.
    fn turn(&self, now: Instant) -> Option<(Instant, Priority, ChatKey)> {
        let at = |priority, key| Some((self.pacing.opens_at(priority, &self.config, now)?, priority, key));
        let focused = self.queue.first(Priority::Focused).and_then(|key| at(Priority::Focused, key));
        let owes_others = self.pacing.owes_others(&self.config);
        if focused.is_some_and(|(open, ..)| open <= now) && !owes_others {
            return focused;
        }
        let [visible, background] =
            [Priority::Visible, Priority::Background].map(|priority| (priority, self.queue.first(priority)));
        let owed =
            if self.pacing.owes_background(&self.config) { [background, visible] } else { [visible, background] };
        let other = owed.into_iter().find_map(|(priority, key)| at(priority, key?));
        if owes_others && other.is_some() {
            return other;
        }
        [focused, other].into_iter().flatten().min_by_key(|(open, ..)| *open)
    }

    fn subscribe(&mut self, key: ChatKey, priority: Priority, now: Instant) -> Option<Intent> {
        let chat = self.roster.get_mut(key)?;
        self.queue.remove(key, &mut chat.subscription);
        chat.subscription.sent(now);
        let id = chat.id.clone();
        self.pacing.sent(priority, &self.config, now);
        self.counters.subscribe_calls += 1;
        self.marks_online(now);
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
        self.pacing.returned(&self.config, now);
    }

    /// The gateway took a subscribe call that was sent at `sent_at`.
    pub fn handle_subscribed(&mut self, key: ChatKey, sent_at: Instant, now: Instant) {
        self.handle_timeout(now);
        self.pacing.returned(&self.config, now);
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
            self.enqueue(key, now);
            self.review(key, Cause::Lease, now, now);
            return;
        }
        let renew_at = chat.subscription.granted(sent_at, &self.config, &mut self.jitter);
        let hidden = chat.subscription.hidden.is_some();
        let renew_at = if hidden { sent_at + self.config.hidden_retry_ms } else { renew_at };
        self.deadlines.set(Reason::Renewal(key), renew_at.max(now));
        self.review(key, Cause::Lease, now, now);
    }

    /// Another tab asked for a chat on behalf of all, at `sent_at`.
    pub fn handle_asked(&mut self, key: ChatKey, sent_at: Instant, now: Instant) {
        self.handle_timeout(now);
        let Some(chat) = self.roster.get_mut(key) else { return };
        self.queue.remove(key, &mut chat.subscription);
        chat.subscription.sent_at = Some(sent_at);
        chat.subscription.asked_at.get_or_insert(sent_at);
        self.review(key, Cause::Lease, now, now);
    }

    /// What that came to.
    pub fn handle_asked_outcome(&mut self, key: ChatKey, sent_at: Instant, failure: Option<&Error>, now: Instant) {
        self.handle_asked(key, sent_at, now);
        let Some(error) = failure else { return self.grant(key, sent_at, now) };
        let refusal = match error.code {
            ErrorCode::NotFound => Refusal::NotFound,
            ErrorCode::BadRequest | ErrorCode::InvalidChat => Refusal::BadRequest,
            ErrorCode::Unsupported => Refusal::Unsupported,
            ErrorCode::Forbidden => Refusal::Forbidden,
            // Whoever asked tries again.
            ErrorCode::InvalidOption
            | ErrorCode::Malformed
            | ErrorCode::TooLarge
            | ErrorCode::Unauthorized
            | ErrorCode::NotReady
            | ErrorCode::RateLimited
            | ErrorCode::Engine
            | ErrorCode::Network
            | ErrorCode::Timeout
            | ErrorCode::Aborted
            | ErrorCode::Closed
            | ErrorCode::Crashed => return,
        };
        if let Some(chat) = self.roster.get_mut(key) {
            chat.subscription.refused = Some(refusal);
            chat.subscription.refusal_words = Some(error.message.as_str().into());
            self.deadlines.remove(Reason::Renewal(key));
        }
        self.review(key, Cause::Lease, now, now);
    }

    /// Another tab looked up a person's other id.
    pub fn note_looked_up(&mut self, key: ChatKey) {
        if let Some(chat) = self.roster.get_mut(key) {
            chat.subscription.looked_up = true;
        }
    }

    /// A subscribe call failed. The chat's watch stays; what happens next depends on the error.
    pub fn handle_subscribe_failed(&mut self, key: ChatKey, error: &Error, now: Instant) {
        self.handle_timeout(now);
        self.pacing.returned(&self.config, now);
        if error.code == ErrorCode::RateLimited {
            let wait = error.retry_after_ms.unwrap_or(self.config.rate_limit_pause_ms);
            self.counters.rate_limits += 1;
            let until = now + wait + self.jitter.below(PAUSE_JITTER_MS);
            let sent_at = self.roster.get(key).and_then(|chat| chat.subscription.sent_at);
            self.pacing.refused(sent_at.unwrap_or(now), until, &self.config, now);
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
            Ok(0) => self.enqueue(key, now),
            Ok(wait) => self.deadlines.set(Reason::Renewal(key), now + wait),
        }
        self.review(key, Cause::Lease, now, now);
    }

    /// The same chat shall be asked again at once, by another call.
    pub fn handle_subscribe_redirected(&mut self, key: ChatKey, now: Instant) {
        self.handle_timeout(now);
        self.pacing.returned(&self.config, now);
        if let Some(chat) = self.roster.get_mut(key) {
            chat.subscription.in_flight = false;
        }
        self.enqueue(key, now);
    }

    /// Whether few calls are to leave: nobody looks.
    pub const fn set_slow(&mut self, slow: bool) {
        self.pacing.set_slow(slow);
    }

    /// No call may leave until [`Machine::resume_calls`]: the credential was refused.
    pub fn halt_calls(&mut self) {
        self.halted = true;
    }

    /// Calls may leave again.
    pub fn resume_calls(&mut self) {
        self.halted = false;
    }

    /// Calls waiting for their turn and in flight.
    #[must_use]
    pub fn calls(&self) -> (usize, usize) {
        (self.queue.len(), self.pacing.in_flight())
    }

    /// The chat's turn has come.
    pub(super) fn enqueue(&mut self, key: ChatKey, now: Instant) {
        if !self.config.subscribes || !self.passes_guard(key, now) {
            return;
        }
        if let Some(chat) = self.roster.get_mut(key) {
            self.queue.push(key, &mut chat.subscription, now);
        }
    }

    /// Puts a chat that waits where it belongs by now.
    pub(super) fn reorder(&mut self, key: ChatKey, now: Instant) {
        if let Some(chat) = self.roster.get_mut(key) {
            self.queue.reorder(key, &mut chat.subscription, now);
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
