//! What is known, as a text that the same page reads when it is loaded again.
//!
//! A line for each chat and, behind it, one for each of its people; numbers are Unix milliseconds or places in our own lists of words,
//! a hyphen stands for nothing. The first line has the version and the time. A text of another version, from another day or that
//! cannot be read is worth nothing: everything is asked for again, as if it were not there.

use super::Session;
use crate::machine::id::{Address, Id};
use crate::machine::knowledge::{Hiding, Refusal};
use crate::machine::presence::{Availability, Basis, LastKnown, LastSeen, LastSeenBasis};
use crate::machine::time::{Instant, UnixMs};
use crate::machine::typing::{ActivityKind, EndedBy, LastActivity};
use crate::machine::{ChatKey, ChatMemory, Lease, Memory, Priority};
use crate::text::{push_u64, whole_number};

/// Of the text. Another one is not read.
const VERSION: u64 = 1;
/// A record this old is of a page that was closed, not loaded again, in ms.
const OLDEST_MS: u64 = 600_000;
/// Longest record, in bytes: browsers keep some five million for a page, and it is read before anything is shown.
const MOST_BYTES: usize = 262_144;

/// Chats of one record among many: those of a group are many people.
const CHATS_OF_A_RECORD: usize = 250;

// Each in the order in which it is declared.
const AVAILABILITIES: [Availability; 3] = [Availability::Online, Availability::Offline, Availability::Unknown];
const BASES: [Basis; 2] = [Basis::Reported, Basis::Inferred];
const SEEN: [LastSeenBasis; 2] = [LastSeenBasis::Reported, LastSeenBasis::Observed];
const KINDS: [ActivityKind; 2] = [ActivityKind::Typing, ActivityKind::Recording];
const ENDINGS: [EndedBy; 4] = [EndedBy::Paused, EndedBy::Ttl, EndedBy::Message, EndedBy::Offline];
const HIDINGS: [Hiding; 2] = [Hiding::Deny, Hiding::Reciprocity];
const REFUSALS: [Refusal; 7] = [
    Refusal::TooMany,
    Refusal::OutsideWindow,
    Refusal::NotFound,
    Refusal::Forbidden,
    Refusal::BadRequest,
    Refusal::Unsupported,
    Refusal::Engine,
];

impl Session {
    /// All that is known of the chats that are followed, the most important ones first, up to a length.
    #[must_use]
    pub fn record(&self, wall: UnixMs, now: Instant) -> String {
        self.record_of(&self.machine.followed_chats().collect::<Vec<_>>(), wall, now)
    }

    /// The same of these chats.
    pub(super) fn record_of(&self, keys: &[ChatKey], wall: UnixMs, now: Instant) -> String {
        let mut record = Writer { text: String::new(), wall, now };
        record.number(Some(VERSION));
        record.number(Some(wall.as_ms()));
        // The most important ones first; sorting them costs more bytes than three looks.
        for priority in [Priority::Focused, Priority::Visible, Priority::Background] {
            let of_it = keys.iter().filter(|key| self.machine.priority(**key) == Some(priority));
            for memory in of_it.filter_map(|key| self.machine.memory(*key)) {
                let before = record.text.len();
                record.chat(&memory);
                if record.text.len() > MOST_BYTES {
                    record.text.truncate(before);
                    return record.text;
                }
            }
        }
        record.text
    }

    /// The same of all of them, however many records that takes.
    #[must_use]
    pub fn records(&self, wall: UnixMs, now: Instant) -> Vec<String> {
        let mut records = Vec::new();
        let mut keys: Vec<_> = self.machine.followed_chats().collect();
        while !keys.is_empty() {
            let later = keys.split_off(keys.len().min(CHATS_OF_A_RECORD));
            records.push(self.record_of(&std::mem::replace(&mut keys, later), wall, now));
        }
        records
    }

    /// Takes over what a record holds. True where that is anything.
    pub fn recall(&mut self, record: &str, wall: UnixMs, now: Instant) -> bool {
        let Some(memories) = read(record, wall, now) else { return false };
        for memory in &memories {
            self.machine.recall(memory, wall, now);
        }
        !memories.is_empty()
    }
}

struct Writer {
    text: String,
    wall: UnixMs,
    now: Instant,
}

impl Writer {
    #[inline(never)]
    fn chat(&mut self, memory: &ChatMemory) {
        self.word("\nc", memory.chat.as_str());
        self.number(Some(u64::from(memory.heard)));
        self.number(Some(u64::from(memory.believed)));
        self.number(Some(u64::from(memory.looked_up)));
        self.place(memory.hidden.map(|hiding| hiding as u8));
        self.place(memory.refused.map(|refusal| refusal as u8));
        self.number(memory.last_inbound.map(UnixMs::as_ms));
        let lease = memory.lease;
        self.instant(lease.map(|lease| lease.sent_at));
        self.instant(lease.map(|lease| lease.sure_until));
        self.instant(lease.map(|lease| lease.max_until));
        for also in &memory.also {
            self.word("\na", also.as_str());
        }
        for person in &memory.people {
            self.person(person);
        }
    }

    #[inline(never)]
    fn person(&mut self, person: &Memory<'_>) {
        self.word("\np", person.participant.as_str());
        self.place(Some(person.availability as u8));
        self.place(Some(person.basis as u8));
        self.number(Some(u64::from(person.certain)));
        self.instant(Some(person.evidence_at));
        self.instant(person.observed_at);
        self.place(person.activity.map(|(kind, ..)| kind as u8));
        self.instant(person.activity.map(|(_, since, _)| since));
        self.instant(person.activity.map(|(.., until)| until));
        self.place(person.last_activity.map(|last| last.kind as u8));
        self.instant(person.last_activity.map(|last| last.ended_at));
        self.place(person.last_activity.map(|last| last.ended_by as u8));
        self.number(person.last_seen.map(|seen| seen.at.as_ms()));
        self.place(person.last_seen.map(|seen| seen.basis as u8));
        self.place(person.last_known.map(|known| known.availability as u8));
        self.instant(person.last_known.map(|known| known.at));
    }

    /// An id never holds a space.
    #[inline(never)]
    fn word(&mut self, begins: &str, word: &str) {
        self.text.push_str(begins);
        self.text.push(' ');
        self.text.push_str(word);
    }

    #[inline(never)]
    fn number(&mut self, number: Option<u64>) {
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        match number {
            Some(number) => push_u64(number, &mut self.text),
            None => self.text.push('-'),
        }
    }

    #[inline(never)]
    fn instant(&mut self, at: Option<Instant>) {
        self.number(at.map(|at| self.wall.at(at, self.now).as_ms()));
    }

    /// A word by its place in its own list.
    fn place(&mut self, place: Option<u8>) {
        self.number(place.map(u64::from));
    }
}

fn read(record: &str, wall: UnixMs, now: Instant) -> Option<Vec<ChatMemory>> {
    let mut lines = record.lines();
    let mut first = Reader { words: lines.next()?.split(' '), wall, now };
    let made = (first.number()? == VERSION).then(|| first.number())??;
    if wall.as_ms().checked_sub(made)? > OLDEST_MS {
        return None;
    }
    let mut memories: Vec<ChatMemory> = Vec::new();
    for line in lines {
        let mut reader = Reader { words: line.split(' '), wall, now };
        match reader.words.next()? {
            "c" => memories.push(reader.chat()?),
            "a" => memories.last_mut()?.also.push(reader.id()?),
            "p" => memories.last_mut()?.people.push(reader.person()?),
            _ => return None,
        }
    }
    Some(memories)
}

struct Reader<'r> {
    words: std::str::Split<'r, char>,
    wall: UnixMs,
    now: Instant,
}

impl Reader<'_> {
    fn chat(&mut self) -> Option<ChatMemory> {
        let chat = self.id()?;
        let [heard, believed, looked_up] = [self.number()?, self.number()?, self.number()?].map(|flag| flag == 1);
        let hidden = self.word_of(&HIDINGS);
        let refused = self.word_of(&REFUSALS);
        let last_inbound = self.number().map(UnixMs::from_ms);
        let lease = match (self.instant(), self.instant(), self.instant()) {
            (Some(sent_at), Some(sure_until), Some(max_until)) => Some(Lease { sent_at, sure_until, max_until }),
            _ => None,
        };
        Some(ChatMemory {
            chat,
            also: Vec::new(),
            lease,
            heard,
            believed,
            looked_up,
            refused,
            hidden,
            last_inbound,
            people: Vec::new(),
        })
    }

    fn person(&mut self) -> Option<Memory<'static>> {
        let participant = Address::from(&self.id()?).into_owned();
        let (availability, basis) = (self.word_of(&AVAILABILITIES)?, self.word_of(&BASES)?);
        let (certain, evidence_at, observed_at) = (self.number()? == 1, self.instant()?, self.instant());
        let activity = (self.word_of(&KINDS), self.instant(), self.instant());
        let last = (self.word_of(&KINDS), self.instant(), self.word_of(&ENDINGS));
        let seen = (self.number().map(UnixMs::from_ms), self.word_of(&SEEN));
        let known = (self.word_of(&AVAILABILITIES), self.instant());
        let activity = activity.0.zip(activity.1).zip(activity.2).map(|((kind, since), until)| (kind, since, until));
        let last_activity = last.0.zip(last.1).zip(last.2);
        Some(Memory {
            participant,
            availability,
            basis,
            certain,
            evidence_at,
            observed_at,
            activity,
            last_activity: last_activity.map(|((kind, ended_at), ended_by)| LastActivity { kind, ended_at, ended_by }),
            last_seen: seen.0.zip(seen.1).map(|(at, basis)| LastSeen { at, basis }),
            last_known: known.0.zip(known.1).map(|(availability, at)| LastKnown { availability, at }),
            lag_ms: 0,
        })
    }

    #[inline(never)]
    fn id(&mut self) -> Option<Id> {
        Id::parse(self.words.next()?).ok()
    }

    /// Nothing where a hyphen stands, or the line ends.
    #[inline(never)]
    fn number(&mut self) -> Option<u64> {
        whole_number(self.words.next()?).and_then(|number| u64::try_from(number).ok())
    }

    #[inline(never)]
    fn instant(&mut self) -> Option<Instant> {
        let at = self.number()?;
        let wall = self.wall.as_ms();
        Some(if at <= wall { self.now - (wall - at) } else { self.now + (at - wall) })
    }

    fn word_of<T: Copy>(&mut self, of: &[T]) -> Option<T> {
        of.get(usize::try_from(self.number()?).ok()?).copied()
    }
}
