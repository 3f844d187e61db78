//! How a conversation moves: how long they composed before they wrote, how often they stopped, whether they struggle, whether
//! they read what we wrote.
//!
//! Kept for each person in each chat, from what happens and nothing else: without presence there is none. An activity that
//! nobody ended counts up to its TTL, since nobody knows when it ended.

use crate::machine::happening::{Happening, What};
use crate::machine::sorted_map::{Key, SortedMap};
use crate::machine::time::Instant;
use crate::machine::{ChatKey, PersonKey};

/// Whoever composed for so long without writing is likely to struggle, in ms.
pub const STRUGGLE_MS: u64 = 180_000;
/// After a gap of more than this the composing begins anew, in ms.
pub const GAP_MS: u64 = 60_000;
/// Most people remembered; who was heard of longest ago goes first.
const MOST: usize = 4_096;

/// One person in one chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place(ChatKey, PersonKey);

impl Key for Place {}

/// How one person's side of a conversation moves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Momentum {
    /// When they first composed since their last message.
    pub first_composing_at: Option<Instant>,
    /// How often they began since then.
    pub bursts: u32,
    /// How long they composed since then, in ms.
    pub composing_ms: u64,
    /// Whether they composed for three minutes, gaps of a minute aside, without writing.
    pub struggling: bool,
    /// Their last message.
    pub reply: Option<Reply>,
    /// When they last read a message of ours.
    pub last_read_at: Option<Instant>,
}

/// One message of theirs, and how it came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply {
    /// When it came.
    pub at: Instant,
    /// How long before they had first composed, in ms; nothing where they were not seen to.
    pub after_ms: Option<u64>,
    /// How long they composed, in ms.
    pub composing_ms: u64,
    /// How often they began.
    pub bursts: u32,
}

#[derive(Clone, Copy, Debug, Default)]
struct Record {
    first_at: Option<Instant>,
    bursts: u32,
    composed_ms: u64,
    /// Since when they compose.
    active_since: Option<Instant>,
    stopped_at: Option<Instant>,
    /// What they composed without a long gap, before what goes on.
    stretch_ms: u64,
    alarmed: bool,
    reply: Option<Reply>,
    touched_at: Instant,
}

/// The momentum of everybody.
#[derive(Debug, Default)]
pub struct Momenta {
    records: SortedMap<Place, Record>,
    reads: SortedMap<ChatKey, Instant>,
    /// Not later than the next time at which somebody may turn out to struggle.
    due: Option<Instant>,
}

impl Momenta {
    /// Something happened.
    pub fn handle(&mut self, happening: &Happening, now: Instant) {
        let Happening { chat, person, what, at, .. } = *happening;
        match (what, person) {
            (What::Read, _) => {
                if self.reads.len() >= MOST {
                    make_room(&mut self.reads, |at| *at);
                }
                self.reads.insert(chat, at);
            }
            (What::Joined(from), _) => self.join(from, chat),
            (What::Began(_), Some(person)) => {
                let due = self.record(Place(chat, person), now).begin(at);
                self.due = Some(self.due.map_or(due, |known| known.min(due)));
            }
            (What::Ended(..), Some(person)) => self.record(Place(chat, person), now).end(at),
            (What::Message, Some(person)) => self.record(Place(chat, person), now).write(at),
            (What::Began(_) | What::Ended(..) | What::Message | What::Availability(..) | What::Knowledge(_), _) => {}
        }
    }

    /// Whoever turned out to struggle by now, each once until they write.
    pub fn poll_struggling(&mut self, now: Instant) -> Option<(ChatKey, PersonKey)> {
        if self.due.is_none_or(|due| due > now) {
            return None;
        }
        let struggles = |record: &Record| !record.alarmed && record.stretch(now) >= STRUGGLE_MS;
        if let Some((place, record)) = self.records.iter_mut().find(|(_, record)| struggles(record)) {
            record.alarmed = true;
            return Some((place.0, place.1));
        }
        self.due = self.records.iter().filter_map(|(_, record)| record.due()).min();
        None
    }

    /// When to poll again.
    #[must_use]
    pub const fn poll_timeout(&self) -> Option<Instant> {
        self.due
    }

    /// How somebody's side of a conversation moves; nothing where nothing was seen.
    #[must_use]
    pub fn of(&self, chat: ChatKey, person: Option<PersonKey>, now: Instant) -> Option<Momentum> {
        let record = person.and_then(|person| self.records.get(&Place(chat, person)));
        let last_read_at = self.reads.get(&chat).copied();
        if record.is_none() && last_read_at.is_none() {
            return None;
        }
        let record = record.copied().unwrap_or_default();
        Some(Momentum {
            first_composing_at: record.first_at,
            bursts: record.bursts,
            composing_ms: record.composed_ms + record.active_since.map_or(0, |since| now.since(since)),
            struggling: record.stretch(now) >= STRUGGLE_MS,
            reply: record.reply,
            last_read_at,
        })
    }

    fn record(&mut self, place: Place, now: Instant) -> &mut Record {
        if self.records.len() >= MOST && self.records.get(&place).is_none() {
            make_room(&mut self.records, |record| record.touched_at);
        }
        let record = self.records.get_or_insert(place, Record::default);
        record.touched_at = now;
        record
    }

    /// The records of a chat's people go on in another: outside groups there is one in each.
    fn join(&mut self, from: ChatKey, into: ChatKey) {
        let theirs: Vec<_> = self.records.iter().map(|(place, _)| *place).filter(|place| place.0 == from).collect();
        for place in theirs {
            let Some(record) = self.records.remove(&place) else { continue };
            let into = Place(into, place.1);
            if self.records.get(&into).is_none_or(|mine| mine.touched_at < record.touched_at) {
                self.records.insert(into, record);
            }
        }
        if let Some(read_at) = self.reads.remove(&from) {
            let mine = self.reads.get(&into).copied();
            self.reads.insert(into, mine.map_or(read_at, |mine| mine.max(read_at)));
        }
    }
}

impl Record {
    /// When they will turn out to struggle, should they go on.
    fn begin(&mut self, at: Instant) -> Instant {
        self.first_at.get_or_insert(at);
        if self.active_since.is_none() {
            self.bursts = self.bursts.saturating_add(1);
            if self.stopped_at.is_some_and(|stopped| at.since(stopped) > GAP_MS) {
                self.stretch_ms = 0;
                self.alarmed = false;
            }
            self.active_since = Some(at);
        }
        self.due().unwrap_or(Instant::MAX)
    }

    fn end(&mut self, at: Instant) {
        if let Some(since) = self.active_since.take() {
            let ms = at.since(since);
            self.composed_ms = self.composed_ms.saturating_add(ms);
            self.stretch_ms = self.stretch_ms.saturating_add(ms);
            self.stopped_at = Some(at);
        }
    }

    fn write(&mut self, at: Instant) {
        // Old ones come in too, after a reconnect: they say nothing of what goes on.
        if self.first_at.is_some_and(|first| at < first) || self.reply.is_some_and(|known| at < known.at) {
            return;
        }
        // A message may come late, after they began the next.
        let begun_since = self.active_since.filter(|since| *since > at);
        self.end(at);
        let after_ms = self.first_at.map(|first| at.since(first));
        let bursts = self.bursts.saturating_sub(u32::from(begun_since.is_some()));
        let reply = Reply { at, after_ms, composing_ms: self.composed_ms, bursts };
        *self = Self { reply: Some(reply), touched_at: self.touched_at, ..Self::default() };
        if let Some(since) = begun_since {
            self.begin(since);
        }
    }

    /// How long they composed without a long gap, up to now.
    fn stretch(&self, now: Instant) -> u64 {
        let over = self.active_since.is_none() && self.stopped_at.is_none_or(|stopped| now.since(stopped) > GAP_MS);
        if over { 0 } else { self.stretch_ms + self.active_since.map_or(0, |since| now.since(since)) }
    }

    fn due(&self) -> Option<Instant> {
        let since = self.active_since.filter(|_| !self.alarmed)?;
        Some(since + STRUGGLE_MS.saturating_sub(self.stretch_ms))
    }
}

/// Forgets whatever was touched longest ago.
fn make_room<K: Key + Copy, V>(map: &mut SortedMap<K, V>, touched_at: impl Fn(&V) -> Instant) {
    let oldest = map.iter().min_by_key(|(_, value)| touched_at(value)).map(|(key, _)| *key);
    if let Some(oldest) = oldest {
        map.remove(&oldest);
    }
}
