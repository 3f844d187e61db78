//! Who watches a chat, how long the gateway will keep telling us of it, and when to ask again.
//!
//! This is the first honest form: leases with a sure and a latest end, renewal before the sure end, one queue in priority
//! order. Stretching under pressure, guards and the shared budget will replace `Queue` and
//! `Pacing` behind the same seam: the machine only ever enqueues a chat, asks for the next one
//! and reports what became of it.

use super::config::Config;
use super::jitter::Jitter;
use super::knowledge::{Hiding, Refusal};
use super::ranked_set::{Packed, RankedSet, low_u32, low_u64};
use super::roster::ChatKey;
use super::time::Instant;

/// How much a watch matters. Higher comes first whenever calls are scarce.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// Somebody is working in this chat.
    Focused,
    /// On the screen.
    Visible,
    /// Anywhere else.
    Background,
}

/// What one subscribe call bought, counted from its send time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    /// When the call was sent.
    pub sent_at: Instant,
    /// Certain up to here.
    pub sure_until: Instant,
    /// Certainly gone from here.
    pub max_until: Instant,
}

impl Lease {
    /// When to renew it at the latest, so that the answer is there before the sure end.
    pub(crate) fn renew_at(&self, config: &Config) -> Instant {
        self.sure_until - config.lease.sure_ms / RENEWAL_MARGIN
    }
}

/// Tries before an engine that fails is given up on, for this chat.
const ENGINE_TRIES: u32 = 5;
/// First and longest wait between tries of one chat, in ms.
const RETRY_MS: (u64, u64) = (1_000, 60_000);
/// A renewal aims this much of the sure time before its end, and spreads over as much again.
const RENEWAL_MARGIN: u64 = 10;

/// One chat's side of the subscription.
#[derive(Debug, Default)]
pub(crate) struct Subscription {
    watchers: [u32; 3],
    /// Set while nobody watches and the linger has not run out.
    pub(crate) lingers_until: Option<Instant>,
    pub(crate) lease: Option<Lease>,
    /// When the gateway was first asked since the watch began or knowledge lapsed.
    pub(crate) asked_at: Option<Instant>,
    /// Whether the gateway told us anything of the chat's availability since then.
    pub(crate) heard: bool,
    /// Until when a push for a chat without a lease is believed.
    pub(crate) grace_until: Option<Instant>,
    pub(crate) hidden: Option<Hiding>,
    /// More chats are watched than may be: this one waits for a place.
    pub(crate) turned_away: bool,
    /// What the gateway made of it.
    pub(crate) refused: Option<Refusal>,
    /// What the gateway said as it refused.
    pub(crate) refusal_words: Option<Box<str>>,
    /// When what had been asked before became worthless.
    voided_at: Option<Instant>,
    pub(crate) in_flight: bool,
    pub(crate) looked_up: bool,
    /// Its place in the queue, if it has one.
    place: Option<(Priority, u64)>,
    failures: u32,
}

impl Subscription {
    /// Counts one more watch. True when it is the first.
    pub(crate) fn watch(&mut self, priority: Priority) -> bool {
        let first = !self.is_watched();
        self.lingers_until = None;
        if let Some(count) = self.watchers.get_mut(priority as usize) {
            *count += 1;
        }
        first
    }

    /// Counts one watch less. True when it was the last.
    pub(crate) fn unwatch(&mut self, priority: Priority) -> bool {
        if let Some(count) = self.watchers.get_mut(priority as usize) {
            *count = count.saturating_sub(1);
        }
        self.priority().is_none()
    }

    /// Watched, or about to be forgotten.
    pub(crate) fn is_watched(&self) -> bool {
        self.lingers_until.is_some() || self.priority().is_some()
    }

    /// The highest priority among the watches.
    pub(crate) fn priority(&self) -> Option<Priority> {
        const ORDER: [Priority; 3] = [Priority::Focused, Priority::Visible, Priority::Background];
        ORDER.into_iter().zip(self.watchers).find(|(_, count)| *count > 0).map(|(priority, _)| priority)
    }

    /// Somebody begins to watch. Where pushes are the only source, what was heard before counts as a lease.
    pub(crate) fn begin(&mut self, config: &Config, now: Instant) {
        if let Some(until) = self.grace_until.filter(|until| !config.subscribes && *until > now) {
            self.lease = Some(Lease { sent_at: now, sure_until: now, max_until: until });
            self.heard = true;
        }
        if !config.subscribes {
            self.asked_at = Some(now);
        }
    }

    /// A push for a watched chat, where pushes are the only source: it vouches for nothing beyond itself.
    pub(crate) fn lease_by_push(&mut self, max_ms: u64, now: Instant) {
        self.heard = true;
        self.lease = Some(Lease { sent_at: now, sure_until: now, max_until: now + max_ms });
    }

    /// Takes over the watches and, if it lasts longer, the lease of the same person under another id.
    pub(crate) fn join(&mut self, other: &Self) {
        for (mine, theirs) in self.watchers.iter_mut().zip(other.watchers) {
            *mine += theirs;
        }
        self.lingers_until = if self.priority().is_some() { None } else { self.lingers_until.max(other.lingers_until) };
        if other.lease.map(|lease| lease.max_until) > self.lease.map(|lease| lease.max_until) {
            self.lease = other.lease;
        }
        self.asked_at = self.asked_at.or(other.asked_at);
        self.heard |= other.heard;
        self.grace_until = self.grace_until.max(other.grace_until);
        self.hidden = self.hidden.and(other.hidden);
        self.refused = self.refused.and(other.refused);
        self.looked_up |= other.looked_up;
    }

    /// Nobody watches any more: everything asked for is void.
    pub(crate) fn end(&mut self) {
        *self = Self { looked_up: self.looked_up, grace_until: self.grace_until, ..Self::default() };
    }

    /// What we were told may be out of date: the lease is gone and the question open again. A push that came before proves
    /// nothing any more.
    pub(crate) fn lapse(&mut self, now: Instant) {
        self.lease = None;
        self.grace_until = None;
        self.asked_at = None;
        self.heard = false;
        self.voided_at = Some(now);
    }

    /// Whether a call sent at `sent_at` was made worthless since.
    pub(crate) fn is_void(&self, sent_at: Instant) -> bool {
        self.voided_at.is_some_and(|at| at > sent_at)
    }

    /// A call for this chat leaves now.
    pub(crate) fn sent(&mut self, now: Instant) {
        self.in_flight = true;
        if self.asked_at.is_none() {
            self.asked_at = Some(now);
        }
    }

    /// The gateway took a call sent at `sent_at`. Returns when to renew.
    pub(crate) fn granted(&mut self, sent_at: Instant, config: &Config, jitter: &mut Jitter) -> Instant {
        let terms = config.lease;
        let lapsed_before = self.lease.is_some_and(|lease| sent_at >= lease.max_until);
        if lapsed_before {
            self.heard = false;
            self.asked_at = Some(sent_at);
        }
        let lease = Lease { sent_at, sure_until: sent_at + terms.sure_ms, max_until: sent_at + terms.max_ms };
        if self.lease.is_none_or(|known| known.max_until < lease.max_until) {
            self.lease = Some(lease);
        }
        self.failures = 0;
        self.refused = None;
        self.refusal_words = None;
        self.asked_at.get_or_insert(sent_at);
        lease.renew_at(config) - jitter.below(terms.sure_ms / RENEWAL_MARGIN + 1)
    }

    /// A call failed in a way that may pass. Returns how long to wait, or the refusal when patience is over.
    pub(crate) fn failed(&mut self, engine: bool, jitter: &mut Jitter) -> Result<u64, Refusal> {
        self.failures += 1;
        if engine && self.failures >= ENGINE_TRIES {
            self.failures = 0;
            return Err(Refusal::Engine);
        }
        Ok(jitter.backoff(self.failures - 1, RETRY_MS.0, RETRY_MS.1))
    }
}

/// A chat's place in the queue.
#[derive(Clone, Copy, Debug)]
struct Turn {
    priority: Priority,
    arrival: u64,
    key: ChatKey,
}

impl Packed for Turn {
    fn pack(self) -> u128 {
        ((self.priority as u128) << 96) | (u128::from(self.arrival) << 32) | u128::from(self.key.0)
    }

    fn unpack(bits: u128) -> Self {
        let priority = match bits >> 96 {
            0 => Priority::Focused,
            1 => Priority::Visible,
            _ => Priority::Background,
        };
        Self { priority, arrival: low_u64(bits >> 32), key: ChatKey(low_u32(bits)) }
    }
}

/// Chats whose turn to be asked has come, focused first, then in order of arrival.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    waiting: RankedSet<Turn>,
    arrivals: u64,
}

impl Queue {
    /// Adds a chat; one that waits already keeps its turn within its priority.
    pub(crate) fn push(&mut self, key: ChatKey, subscription: &mut Subscription) {
        let Some(priority) = subscription.priority() else { return };
        if subscription.refused.is_some() || subscription.turned_away || subscription.in_flight {
            return;
        }
        let arrival = subscription.place.map_or_else(
            || {
                self.arrivals += 1;
                self.arrivals
            },
            |(_, arrival)| arrival,
        );
        self.remove(key, subscription);
        subscription.place = Some((priority, arrival));
        self.waiting.insert(Turn { priority, arrival, key });
    }

    /// Moves a chat that is in the queue to its present priority.
    pub(crate) fn reorder(&mut self, key: ChatKey, subscription: &mut Subscription) {
        if subscription.place.is_some() {
            self.push(key, subscription);
        }
    }

    pub(crate) fn remove(&mut self, key: ChatKey, subscription: &mut Subscription) {
        if let Some((priority, arrival)) = subscription.place.take() {
            self.waiting.remove(Turn { priority, arrival, key });
        }
    }

    pub(crate) fn first(&self) -> Option<ChatKey> {
        self.waiting.first().map(|turn| turn.key)
    }

    pub(crate) fn len(&self) -> usize {
        self.waiting.len()
    }
}
