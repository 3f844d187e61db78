//! The exchange of whoever drives: followers and claims come out of NATS, events and what is to be kept go into it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use tokio::sync::mpsc;
use wa_presence::machine::Priority;
use wa_presence::machine::id::Id;
use wa_presence::machine::time::{Instant, UnixMs};

use super::follow::{Row, Union};
use super::gate::Gate;
use super::lock;
use super::publisher::Out;
use crate::clock::Clock;
use crate::exchange::{Event, Exchange, FeedId, Full, MOST_CLAIMS, Opened, Position, Told};

/// See the [module documentation](self).
#[derive(Debug)]
pub(super) struct Driven {
    pub(super) out: mpsc::UnboundedSender<Out>,
    pub(super) union: Arc<Mutex<Union>>,
    pub(super) gate: Gate,
    pub(super) clock: Clock,
    /// What was spent before.
    pub(super) spent: Vec<String>,
    pub(super) claims: BTreeMap<String, Instant>,
    /// The chats that are followed, as the stream says.
    pub(super) marked: BTreeSet<Id>,
    /// Those of whoever drove before that are followed without a gap.
    pub(super) continued: BTreeSet<Id>,
    pub(super) followed: BTreeMap<Id, Row>,
    pub(super) begun: Vec<(Id, bool)>,
    pub(super) inbound: Vec<(Id, UnixMs)>,
}

impl Driven {
    fn say(&self, out: Out) {
        // Where nobody publishes any more, the drive is about to end.
        let _ = self.out.send(out);
    }
}

impl Exchange for Driven {
    fn open(&mut self, _: FeedId, _: &[(Id, Priority)], _: Option<Position>, _: Instant) -> Result<Opened, Full> {
        // Feeds are opened at fronts.
        Err(Full)
    }

    fn follow(&mut self, _: FeedId, _: &[(Id, Priority)]) -> Option<Vec<Id>> {
        None
    }

    fn leave(&mut self, _: FeedId, _: Instant) {}

    fn take_changes(&mut self) -> Vec<(Id, Option<Priority>)> {
        let followed = {
            let mut union = lock(&self.union);
            if !std::mem::take(&mut union.changed) {
                return Vec::new();
            }
            union.merged()
        };
        let before = std::mem::replace(&mut self.followed, followed);
        let mut changes = Vec::new();
        let mut begin = Vec::new();
        for (id, row) in &self.followed {
            let known = before.get(id);
            if known.is_none_or(|known| known.priority != row.priority) {
                changes.push((id.clone(), Some(row.priority)));
            }
            if let Some(at) = row.last_inbound.filter(|at| known.is_none_or(|known| known.last_inbound != Some(*at))) {
                self.inbound.push((id.clone(), at));
            }
            if known.is_none() {
                self.begun.push((id.clone(), row.lost));
                if !self.continued.contains(id) {
                    begin.push(id.clone());
                }
            }
        }
        let ended = before.keys().filter(|id| !self.followed.contains_key(*id)).cloned();
        changes.extend(ended.map(|id| (id, None)));
        self.continued.retain(|id| self.followed.contains_key(id));
        let marked: BTreeSet<Id> = self.followed.keys().cloned().collect();
        let end: Vec<_> = self.marked.difference(&marked).cloned().collect();
        self.marked = marked;
        if !begin.is_empty() || !end.is_empty() {
            self.say(Out::Mark { begin, end });
        }
        changes
    }

    fn publish(&mut self, chats: &[Id], event: &Event<'_>, _: Instant) {
        let once = event.once.map(str::to_owned);
        self.say(Out::Event { chats: chats.to_vec(), name: event.name, data: event.data.to_owned(), once });
    }

    fn tell(&mut self, feed: FeedId, events: &[Told], _: Instant) {
        self.say(Out::Tell { feed, events: events.to_vec() });
    }

    fn position(&self) -> Position {
        // Places are given by the stream.
        Position { stream: 0, number: 0 }
    }

    fn claim(&mut self, holder: &str, until: Option<Instant>) {
        if until.is_some() && self.claims.len() >= MOST_CLAIMS && !self.claims.contains_key(holder) {
            return;
        }
        match until {
            Some(until) => {
                self.claims.insert(holder.to_owned(), until);
            }
            None => {
                self.claims.remove(holder);
            }
        }
        let (wall, now) = (self.clock.wall(), self.clock.now());
        self.say(Out::Claim { holder: holder.to_owned(), until: until.map(|until| wall.at(until, now).as_ms()) });
    }

    fn is_claimed(&self) -> bool {
        !self.claims.is_empty()
    }

    fn spend(&mut self, line: &str) {
        self.say(Out::Ledger(line.to_owned()));
    }

    fn spent(&self) -> Vec<String> {
        self.spent.clone()
    }

    fn handle_timeout(&mut self, now: Instant) {
        self.claims.retain(|_, until| *until > now);
    }

    fn poll_timeout(&self) -> Option<Instant> {
        self.claims.values().copied().min()
    }

    fn audience(&self) -> Option<(usize, u64)> {
        None
    }

    fn take_inbound(&mut self) -> Vec<(Id, UnixMs)> {
        std::mem::take(&mut self.inbound)
    }

    fn take_begun(&mut self) -> Vec<(Id, bool)> {
        std::mem::take(&mut self.begun)
    }

    fn gate(&self) -> Option<Gate> {
        Some(self.gate.clone())
    }

    fn keeps(&self) -> bool {
        true
    }

    fn keep(&mut self, records: Vec<String>, taken: Option<u64>) {
        self.say(Out::Keep { records, taken });
    }
}
