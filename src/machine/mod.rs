//! The presence machine: what is known of every chat, in virtual time.
//!
//! It performs no I/O, reads no clock and draws no random number. The same inputs in the same order give the same outputs.
//!
//! # The drain contract
//!
//! Give the machine **one input**, then poll its outputs until each says "nothing more":
//!
//! 1. [`Machine::poll_notice`]: chats whose snapshot changed;
//! 2. [`Machine::poll_intent`]: calls it wants made;
//! 3. [`Machine::poll_timeout`]: when it wants to be woken, and why.
//!
//! Inputs are the commands (imperative verbs: [`Machine::watch`]), everything that happened (`handle_*`), and the passing
//! of time ([`Machine::handle_timeout`]). Waking it early, late or twice is harmless: it acts on `now`, which must never
//! go back. An intent that is not carried out must be answered all the same, with a failure.
//!
//! ```
//! use wa_presence::machine::{Config, Machine, Priority, id::Id, time::Instant};
//!
//! let mut machine = Machine::new(Config::default());
//! let chat = Id::parse("15550001111@c.us")?;
//! machine.watch(&chat, Priority::Focused, Instant::ZERO);
//! assert!(machine.poll_intent(Instant::ZERO).is_some(), "it wants to subscribe");
//! # Ok::<(), wa_presence::machine::id::IdError>(())
//! ```

mod chat;
pub mod config;
pub mod counters;
pub mod deadline;
pub(crate) mod digest_table;
pub mod error;
mod expiring_map;
pub mod few;
mod gateway_clock;
pub mod guard;
pub mod happening;
mod hiding;
pub mod id;
pub(crate) mod jitter;
mod join;
pub mod knowledge;
mod link;
pub mod memory;
mod notify;
pub mod observation;
mod observe;
mod pacing;
pub mod presence;
mod priority;
mod ranked_set;
pub(crate) mod recent;
#[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
mod relayed;
mod renew;
mod roster;
pub mod snapshot;
pub(crate) mod sorted_map;
pub mod subscription;
pub mod time;
pub mod typing;
mod view;
mod watch;

use std::collections::VecDeque;

pub use chat::PersonKey;
pub use config::{Config, LeaseTerms};
pub use counters::Counters;
pub use deadline::Reason;
pub use knowledge::Knowledge;
pub use memory::{ChatMemory, Memory, Observed};
pub use observation::{Envelope, Observation, Report, SessionState, Source, Word};
#[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
pub use relayed::{Followed, Word as RelayedWord};
pub use renew::Budget;
pub use roster::ChatKey;
pub use snapshot::{Cause, Snapshot};
pub use subscription::{Lease, Priority};
pub use watch::WatchId;
use watch::Watches;

use deadline::Deadlines;
use gateway_clock::GatewayClock;
use happening::Happening;
use id::Id;
use jitter::Jitter;
use knowledge::Link;
use link::Feed;
use pacing::Pacing;
use recent::Recent;
use roster::Roster;
use sorted_map::SortedMap;
use subscription::Queue;
use time::{Instant, UnixMs};

/// A chat whose snapshot changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The chat.
    pub chat: ChatKey,
    /// Why; the latest reason where several changes became one.
    pub cause: Cause,
}

/// A call the machine wants made.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Intent {
    /// Subscribe to a chat. Answer with [`Machine::handle_subscribed`] or [`Machine::handle_subscribe_failed`].
    Subscribe {
        /// The chat's number, to be given back.
        chat: ChatKey,
        /// The id to send.
        id: Id,
    },
    /// Look up a person's other id. Answer with [`Machine::handle_looked_up`].
    LookUp {
        /// A `@c.us` or `@lid` id.
        id: Id,
    },
    /// Set our account offline again. Nothing is to be answered.
    GoOffline,
    /// Events were lost: read whatever list the gateway offers without side effects.
    CatchUp,
}

/// Everything known of one account's chats. See the [module documentation](self) for how to drive it.
#[derive(Debug)]
pub struct Machine {
    config: Config,
    roster: Roster,
    deadlines: Deadlines,
    clock: GatewayClock,
    recent: Recent,
    jitter: Jitter,
    link: Link,
    feed: Feed,
    feed_since: Instant,
    session_state: SessionState,
    session_news: bool,
    /// Whether our own privacy settings hide others from us, as far as the gateway said.
    hides_own: bool,
    /// Whether we said that we are offline, and mean it.
    own_offline: bool,
    /// Somebody turned out to hide, since [`Machine::take_denial`] was last called.
    denied: bool,
    working_since: Option<Instant>,
    /// How often the session came or went: what was said before is forgotten there.
    connections: u32,
    halted: bool,
    catch_up: bool,
    /// When something was taken over that is known from another feed, before ours was open.
    recalled_at: Option<Instant>,
    queue: Queue,
    pacing: Pacing,
    /// When the first and the last call left that marked us online, since we were last set offline.
    marked_online: Option<(Instant, Instant)>,
    /// How often in a row the session was lost soon after it worked.
    flaps: u32,
    look_ups: VecDeque<ChatKey>,
    look_up_at: Instant,
    watches: Watches,
    watched: usize,
    /// For whoever follows chats on our behalf.
    list_changed: bool,
    /// Watched chats that wait for a place, in the order they were heard of.
    turned_away: SortedMap<ChatKey, ()>,
    notices: VecDeque<Notice>,
    happenings: VecDeque<Happening>,
    /// Chats to publish once everything due has happened; only while it happens.
    overdue: Option<Vec<ChatKey>>,
    counters: Counters,
}

impl Machine {
    /// A machine that knows nothing yet.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self {
            recent: Recent::new(config.seed),
            jitter: Jitter::new(config.seed),
            roster: Roster::new(config.seed),
            pacing: Pacing::new(&config),
            config,
            deadlines: Deadlines::default(),
            clock: GatewayClock::default(),
            link: Link { session_ready: true, feed_lapsed: false, own_hidden: false },
            feed: Feed::NotNeeded,
            feed_since: Instant::ZERO,
            session_state: SessionState::Unknown,
            session_news: false,
            hides_own: false,
            own_offline: false,
            denied: false,
            working_since: None,
            connections: 0,
            halted: false,
            catch_up: false,
            recalled_at: None,
            queue: Queue::default(),
            marked_online: None,
            flaps: 0,
            look_ups: VecDeque::new(),
            look_up_at: Instant::ZERO,
            watches: Watches::default(),
            watched: 0,
            list_changed: false,
            turned_away: SortedMap::default(),
            notices: VecDeque::new(),
            happenings: VecDeque::new(),
            overdue: None,
            counters: Counters::default(),
        }
    }

    /// Time passed. Everything that was due happens, each at the time it was due; only then do listeners hear, so that
    /// whoever slept for long never sees what has ended meanwhile.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.overdue = Some(Vec::new());
        while let Some((due, reason)) = self.deadlines.pop_due(now) {
            match reason {
                // What settles now was told by a push a moment ago.
                Reason::ActivitySettled(chat, person) => self.expire(chat, person, Cause::Push, due, now),
                Reason::ActivityExpiry(chat, person) | Reason::InferredFade(chat, person) => {
                    self.expire(chat, person, Cause::Expiry, due, now);
                }
                Reason::Knowledge(chat) => {
                    self.review(chat, Cause::Lease, due, now);
                    // Whose lease ended goes before those that still have one.
                    self.reorder(chat, now);
                }
                Reason::Renewal(chat) => self.enqueue(chat, now),
                Reason::Linger(chat) => self.end_linger(chat, due, now),
                Reason::Notify(chat) => self.publish_if_changed(chat, now),
                Reason::FeedLapse => self.lapse_feed(due, now),
                // Computed from the queues when polled, never stored.
                Reason::LookUp | Reason::Pace | Reason::Offline => {}
            }
        }
        for chat in self.overdue.take().unwrap_or_default() {
            self.publish_if_changed(chat, now);
        }
    }

    /// The next chat whose snapshot changed.
    pub fn poll_notice(&mut self) -> Option<Notice> {
        self.notices.pop_front()
    }

    /// Whether there is a next one.
    #[must_use]
    #[inline]
    pub fn has_notices(&self) -> bool {
        !self.notices.is_empty()
    }

    /// When the machine wants to be woken, and why. `None`: not before the next input.
    #[must_use]
    pub fn poll_timeout(&self, now: Instant) -> Option<(Instant, Reason)> {
        let stored = self.deadlines.first();
        let call = self.next_call_at(now);
        match (stored, call) {
            (Some(stored), Some(call)) => Some(if call.0 < stored.0 { call } else { stored }),
            (stored, call) => stored.or(call),
        }
    }

    /// What listeners last heard of a chat; `None` for one never heard of.
    #[must_use]
    pub fn snapshot(&self, chat: ChatKey) -> Option<Snapshot> {
        self.roster.get(chat).map(Snapshot::of)
    }

    /// The chat with this id, under any of its ids.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<ChatKey> {
        self.roster.find(id).or_else(|| self.roster.find(self.roster.canonical(id)))
    }

    /// The canonical id of a chat.
    #[must_use]
    pub fn id_of(&self, chat: ChatKey) -> Option<&Id> {
        self.roster.get(chat).map(|chat| &chat.id)
    }

    /// Every chat that somebody watches, or did a moment ago.
    pub fn watched_chats(&self) -> impl Iterator<Item = ChatKey> + '_ {
        self.roster.chats().filter(|(_, chat)| chat.subscription.is_watched()).map(|(key, _)| key)
    }

    /// What happened so far.
    #[must_use]
    pub const fn counters(&self) -> &Counters {
        &self.counters
    }

    /// Chats and people remembered: (chats, people).
    #[must_use]
    pub fn size(&self) -> (usize, usize) {
        (self.roster.len(), self.roster.people())
    }

    /// When the latest message from somebody else in a chat was sent, by WhatsApp's clock.
    #[must_use]
    pub fn last_inbound(&self, chat: ChatKey) -> Option<UnixMs> {
        self.roster.get(chat)?.last_inbound
    }

    /// Whether this is an id of our own account, as far as the gateway told.
    #[must_use]
    pub fn is_own(&self, id: &str) -> bool {
        self.roster.is_own(id)
    }

    /// The lease of a chat, if it has one.
    #[must_use]
    pub fn lease(&self, chat: ChatKey) -> Option<Lease> {
        self.roster.get(chat)?.subscription.lease
    }

    /// What somebody is doing right now, settling aside: what patterns read. `participant` is ignored outside groups.
    #[must_use]
    pub fn raw_activity(&self, chat: ChatKey, participant: &str) -> Option<typing::Activity> {
        let chat = self.roster.get(chat)?;
        let key = chat.find(self.roster.canonical(participant))?;
        chat.person(key)?.typing().raw()
    }
}
