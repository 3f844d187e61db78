//! Who watches a chat, how long the gateway will keep telling us of it, and when to ask again.
//!
//! A lease is renewed before its sure end where calls allow. Where they do not, a chat waits its turn and its lease stretches
//! towards its latest end, those of the lowest priority first: nothing else decides that than the order of the queue.

use super::config::Config;
use super::expiring_map::{ExpiringMap, PackedKey};
use super::jitter::Jitter;
use super::knowledge::{Hiding, Knowledge, Refusal};
pub use super::priority::Priority;
use super::ranked_set::{Packed, low_u32};
use super::roster::ChatKey;
use super::time::Instant;

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
/// A renewal aims this much of the sure time before its end, …
const RENEWAL_MARGIN: u64 = 10;
/// … and up to this much earlier, so that chats watched together do not renew together.
const RENEWAL_SPREAD: u64 = 20;

/// One chat's side of the subscription.
#[derive(Debug, Default)]
pub(crate) struct Subscription {
    watchers: [u32; 3],
    /// How much it matters to other tabs, where this one asks for them too.
    pub(crate) lent: Option<Priority>,
    /// Set while nobody watches and the linger has not run out.
    pub(crate) lingers_until: Option<Instant>,
    pub(crate) lease: Option<Lease>,
    /// When the gateway was first asked since the watch began or knowledge lapsed.
    pub(crate) asked_at: Option<Instant>,
    /// Whether the gateway told us anything of the chat's availability since then.
    pub(crate) heard: bool,
    /// When it last did.
    pub(crate) heard_at: Option<Instant>,
    /// Until when a push for a chat without a lease is believed.
    pub(crate) grace_until: Option<Instant>,
    pub(crate) hidden: Option<Hiding>,
    /// More chats are watched than may be: this one waits for a place.
    pub(crate) turned_away: bool,
    /// What the gateway made of it.
    pub(crate) refused: Option<Refusal>,
    /// What the gateway said as it refused.
    pub(crate) refusal_words: Option<Box<str>>,
    /// What a relay told, where one knows for us.
    pub(crate) told: Option<Knowledge>,
    /// Whether it is to tell all of it again.
    #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
    pub(crate) tells_anew: bool,
    /// When what had been asked before became worthless.
    voided_at: Option<Instant>,
    pub(crate) in_flight: bool,
    /// When the last call for it left.
    pub(crate) sent_at: Option<Instant>,
    pub(crate) looked_up: bool,
    /// Its place in the queue, if it has one.
    place: Option<(Priority, Instant)>,
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

    /// Counts one watch less.
    pub(crate) fn unwatch(&mut self, priority: Priority) {
        if let Some(count) = self.watchers.get_mut(priority as usize) {
            *count = count.saturating_sub(1);
        }
    }

    /// Watched, or about to be forgotten.
    pub(crate) fn is_watched(&self) -> bool {
        self.lingers_until.is_some() || self.priority().is_some()
    }

    /// The highest priority among all watches.
    pub(crate) fn priority(&self) -> Option<Priority> {
        [self.own_priority(), self.lent].into_iter().flatten().min()
    }

    /// The highest among those of this tab.
    pub(crate) fn own_priority(&self) -> Option<Priority> {
        const ORDER: [Priority; 3] = [Priority::Focused, Priority::Visible, Priority::Background];
        ORDER.into_iter().zip(self.watchers).find(|(_, count)| *count > 0).map(|(priority, _)| priority)
    }

    /// Somebody begins to watch. Where pushes are the only source, what was heard before counts as a lease.
    pub(crate) fn begin(&mut self, config: &Config, now: Instant) {
        if config.is_relayed() {
            return;
        }
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
        self.lent = [self.lent, other.lent].into_iter().flatten().min();
        self.lingers_until = if self.priority().is_some() { None } else { self.lingers_until.max(other.lingers_until) };
        if other.lease.map(|lease| lease.max_until) > self.lease.map(|lease| lease.max_until) {
            self.lease = other.lease;
        }
        self.asked_at = self.asked_at.or(other.asked_at);
        self.told = self.told.or(other.told);
        self.heard |= other.heard;
        self.grace_until = self.grace_until.max(other.grace_until);
        self.hidden = self.hidden.and(other.hidden);
        self.refused = self.refused.and(other.refused);
        self.looked_up |= other.looked_up;
    }

    /// Nobody watches any more: everything asked for is void. A call on its way stays on its way: whoever watches again before
    /// its answer shall not ask a second time.
    pub(crate) fn end(&mut self) {
        *self = Self {
            looked_up: self.looked_up,
            grace_until: self.grace_until,
            in_flight: self.in_flight,
            sent_at: self.sent_at,
            ..Self::default()
        };
    }

    /// What we were told may be out of date: the lease is gone and the question open again. A push that came before proves
    /// nothing any more.
    pub(crate) fn lapse(&mut self, now: Instant) {
        self.lease = None;
        self.grace_until = None;
        self.asked_at = None;
        self.heard = false;
        self.told = None;
        self.voided_at = Some(now);
    }

    /// Whether a call sent at `sent_at` was made worthless since.
    pub(crate) fn is_void(&self, sent_at: Instant) -> bool {
        self.voided_at.is_some_and(|at| at > sent_at)
    }

    /// A call for this chat leaves now.
    pub(crate) fn sent(&mut self, now: Instant) {
        self.in_flight = true;
        self.sent_at = Some(now);
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
        lease.renew_at(config) - jitter.below(terms.sure_ms / RENEWAL_SPREAD + 1)
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

/// A chat that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Waiting(ChatKey);

impl Packed for Waiting {
    fn pack(self) -> u128 {
        u128::from(self.0.0)
    }

    fn unpack(bits: u128) -> Self {
        Self(ChatKey(low_u32(bits)))
    }
}

impl PackedKey for Waiting {}

/// Chats that still have a lease wait behind all that have none, by this much, in ms: longer than any watch.
const LEASED_BEHIND_MS: u64 = 1 << 50;

/// Chats whose turn to be asked has come. Within a priority those without a lease come first, then by how long they have
/// waited: where calls are scarce, every chat of a priority waits as long.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    waiting: [ExpiringMap<Waiting>; 3],
}

impl Queue {
    /// Adds a chat; one that waits already keeps its turn.
    pub(crate) fn push(&mut self, key: ChatKey, subscription: &mut Subscription, now: Instant) {
        let Some(priority) = subscription.priority() else { return };
        if subscription.refused.is_some() || subscription.turned_away || subscription.in_flight {
            return;
        }
        let since = subscription.place.map_or(now, |(_, since)| since);
        self.remove(key, subscription);
        subscription.place = Some((priority, since));
        let leased = subscription.lease.is_some_and(|lease| lease.max_until > now);
        let rank = if leased { since + LEASED_BEHIND_MS } else { since };
        if let Some(waiting) = self.waiting.get_mut(priority as usize) {
            waiting.set(Waiting(key), rank);
        }
    }

    /// Moves a chat that is in the queue to where it belongs by now.
    pub(crate) fn reorder(&mut self, key: ChatKey, subscription: &mut Subscription, now: Instant) {
        if subscription.place.is_some() {
            self.push(key, subscription, now);
        }
    }

    pub(crate) fn remove(&mut self, key: ChatKey, subscription: &mut Subscription) {
        if let Some((priority, _)) = subscription.place.take()
            && let Some(waiting) = self.waiting.get_mut(priority as usize)
        {
            waiting.remove(Waiting(key));
        }
    }

    /// The first of a priority.
    pub(crate) fn first(&self, priority: Priority) -> Option<ChatKey> {
        self.waiting.get(priority as usize)?.first().map(|(_, Waiting(key))| key)
    }

    pub(crate) fn len(&self) -> usize {
        self.waiting.iter().map(ExpiringMap::len).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Priority::{Background, Focused, Visible};

    fn at(ms: u64) -> Instant {
        Instant::from_ms(ms)
    }

    /// A queue and the chats that may stand in it, by number.
    struct Line {
        queue: Queue,
        chats: Vec<Subscription>,
    }

    impl Line {
        fn of(priorities: &[Priority]) -> Self {
            let chat = |priority: &Priority| {
                let mut subscription = Subscription::default();
                subscription.watch(*priority);
                subscription
            };
            Self { queue: Queue::default(), chats: priorities.iter().map(chat).collect() }
        }

        fn lease(&mut self, chat: usize, until: u64) {
            let (sent_at, until) = (Instant::ZERO, at(until));
            self.chats[chat].lease = Some(Lease { sent_at, sure_until: until, max_until: until });
        }

        fn push(&mut self, chat: usize, ms: u64) {
            self.queue.push(key(chat), &mut self.chats[chat], at(ms));
        }

        fn reorder(&mut self, chat: usize, ms: u64) {
            self.queue.reorder(key(chat), &mut self.chats[chat], at(ms));
        }

        /// All of a priority, the first first.
        fn drain(&mut self, priority: Priority) -> Vec<u32> {
            let mut order = Vec::new();
            while let Some(ChatKey(chat)) = self.queue.first(priority) {
                self.queue.remove(ChatKey(chat), &mut self.chats[chat as usize]);
                order.push(chat);
            }
            order
        }
    }

    fn key(chat: usize) -> ChatKey {
        ChatKey(u32::try_from(chat).expect("a small number"))
    }

    #[test]
    fn those_without_a_lease_come_first_then_those_that_waited_longest() {
        let mut line = Line::of(&[Visible; 5]);
        line.lease(0, 60_000);
        line.lease(1, 60_000);
        // Ended by the time it is its turn: as good as none.
        line.lease(4, 5);
        for (chat, ms) in [(1, 10), (0, 20), (2, 40), (3, 30), (4, 35)] {
            line.push(chat, ms);
        }
        assert_eq!((line.queue.len(), line.drain(Visible)), (5, vec![3, 4, 2, 1, 0]));
        assert_eq!(line.queue.len(), 0);
    }

    #[test]
    fn whose_lease_ends_while_it_waits_goes_before_those_that_have_one_without_losing_its_turn() {
        let mut line = Line::of(&[Visible; 4]);
        (0..3).for_each(|chat| line.lease(chat, 1_000 * (chat as u64 + 1)));
        for chat in [2, 1, 0] {
            line.push(chat, 10 * (3 - chat as u64));
        }
        line.push(3, 500);
        line.reorder(0, 1_000);
        assert_eq!(line.drain(Visible), [0, 3, 2, 1], "it has waited since 30");
    }

    #[test]
    fn asked_for_twice_keeps_its_first_turn_and_its_one_place() {
        let mut line = Line::of(&[Visible; 2]);
        line.push(0, 10);
        line.push(1, 20);
        line.push(0, 30);
        assert_eq!((line.queue.len(), line.drain(Visible)), (2, vec![0, 1]));
    }

    #[test]
    fn a_chat_that_matters_more_by_now_moves_over_with_its_turn() {
        let mut line = Line::of(&[Background, Focused]);
        [(0, 10), (1, 20)].into_iter().for_each(|(chat, at)| line.push(chat, at));
        line.chats[0].watch(Focused);
        line.reorder(0, 30);
        assert_eq!((line.queue.first(Background), line.drain(Focused)), (None, vec![0, 1]));
    }

    #[test]
    fn nobody_stands_in_line_who_cannot_be_served() {
        let mut line = Line::of(&[Visible; 4]);
        line.chats[0].unwatch(Visible);
        line.chats[1].refused = Some(Refusal::NotFound);
        line.chats[2].turned_away = true;
        line.chats[3].in_flight = true;
        (0..4).for_each(|chat| line.push(chat, 10));
        // Whoever did not stand in line is not put there by being moved.
        line.chats[3].in_flight = false;
        line.reorder(3, 20);
        assert_eq!(line.queue.len(), 0);
    }
}
