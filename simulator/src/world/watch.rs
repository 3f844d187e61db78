//! Which chats an account has subscribed to, and for how long WhatsApp honours it.

use std::collections::BTreeMap;

use crate::chance::{Chance, Span};
use crate::time::Instant;
use crate::world::id::Jid;

/// How long a subscription lives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lease {
    /// Until the connection to WhatsApp ends.
    #[default]
    Connection,
    /// For a random time within this span, after which it ends without a word.
    Within(Span),
}

/// The subscriptions of one connection.
#[derive(Debug, Default)]
pub struct Watches {
    lease: Lease,
    until: BTreeMap<Jid, Option<Instant>>,
}

impl Watches {
    /// No subscriptions yet, and this lease for those to come.
    #[must_use]
    pub const fn new(lease: Lease) -> Self {
        Self { lease, until: BTreeMap::new() }
    }

    /// Subscribes to a chat, or renews its lease: for `unless_set` where there is none for all.
    pub fn subscribe(&mut self, chat: Jid, unless_set: Lease, chance: &mut Chance, now: Instant) {
        self.until.retain(|_, until| lives(*until, now));
        if self.until.len() >= MOST_WATCHED && !self.until.contains_key(&chat) {
            return;
        }
        let lease = if self.lease == Lease::Connection { unless_set } else { self.lease };
        let until = match lease {
            Lease::Connection => None,
            Lease::Within(span) => Some(now + chance.within(span)),
        };
        self.until.insert(chat, until);
    }

    /// Whether WhatsApp still tells about this chat.
    #[must_use]
    pub fn covers(&self, chat: &Jid, now: Instant) -> bool {
        self.until.get(chat).is_some_and(|until| lives(*until, now))
    }

    /// When WhatsApp will stop telling about this chat, where that is decided already.
    #[must_use]
    pub fn until(&self, chat: &Jid) -> Option<Instant> {
        self.until.get(chat).copied().flatten()
    }

    /// The chats that WhatsApp still tells about.
    pub fn chats(&self, now: Instant) -> impl Iterator<Item = &Jid> {
        self.until.iter().filter(move |(_, until)| lives(**until, now)).map(|(chat, _)| chat)
    }

    /// The connection ended and took every subscription with it.
    pub fn handle_disconnected(&mut self) {
        self.until.clear();
    }
}

fn lives(until: Option<Instant>, now: Instant) -> bool {
    until.is_none_or(|until| now < until)
}

/// WhatsApp itself stops telling well below this; the number only keeps memory bounded.
const MOST_WATCHED: usize = 4_096;
