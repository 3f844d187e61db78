//! What happened lately in every chat, for whoever draws or analyses it: bounded, in memory, and without phone numbers unless
//! they are asked for.
//!
//! Nearly every event of a gateway makes an entry, and hardly any entry is read: it is kept as it came, and put into words when it
//! is read.

use std::collections::VecDeque;

use crate::machine::happening::{Happening, What};
use crate::machine::id::{Id, IdKind};
use crate::machine::knowledge::Knowledge;
use crate::machine::presence::Availability;
use crate::machine::sorted_map::SortedMap;
use crate::machine::time::{Instant, UnixMs};
use crate::machine::typing::ActivityKind;
use crate::machine::{ChatKey, Machine, PersonKey};
use crate::text::{push_json, push_u64};

/// Most entries of all chats together; the chats that were quiet longest go first.
const MOST_ENTRIES: usize = 20_000;
/// So much room is made at once: looking all chats over for each entry would cost more than what is logged.
const ROOM: usize = MOST_ENTRIES / 16;
/// Most names given in place of ids.
const MOST_NAMES: usize = 65_536;

/// One thing that happened, in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'l> {
    /// In which chat.
    pub chat: &'l Id,
    /// Who; nobody where it is the chat itself.
    pub participant: Option<&'l Id>,
    /// What, in one word.
    pub event: &'static str,
    /// Why, or how that is known, in one word.
    pub reason: Option<&'static str>,
    /// When.
    pub at: Instant,
    /// By how much it was told later than the fastest recent news, in ms.
    pub lag_ms: u64,
}

/// The same as it is kept.
#[derive(Clone, Copy, Debug)]
struct Kept {
    person: Option<PersonKey>,
    what: What,
    at: Instant,
    lag_ms: u32,
}

#[derive(Debug)]
struct Chat {
    id: Id,
    group: bool,
    entries: VecDeque<Kept>,
    /// In groups, whoever has an entry; elsewhere it is the contact.
    people: SortedMap<PersonKey, Id>,
}

/// The log.
#[derive(Debug)]
pub struct Log {
    chats: SortedMap<ChatKey, Chat>,
    entries: usize,
    most_of_chat: usize,
    names: SortedMap<Id, u32>,
    dropped: u64,
}

impl Log {
    /// A log that keeps so many entries of each chat; zero for none.
    #[must_use]
    pub fn new(most_of_chat: usize) -> Self {
        Self { chats: SortedMap::default(), entries: 0, most_of_chat, names: SortedMap::default(), dropped: 0 }
    }

    /// Something happened.
    pub fn handle(&mut self, happening: &Happening, machine: &Machine) {
        let Happening { chat: key, person, what, at, lag_ms } = *happening;
        if self.most_of_chat == 0 {
            return;
        }
        if let What::Joined(from) = what {
            return self.join(from, key, machine);
        }
        let most = self.most_of_chat;
        if self.chats.get(&key).is_none() {
            // A chat may be forgotten in the same moment in which something happens in it.
            let Some(id) = machine.id_of(key) else { return };
            number(&mut self.names, id);
            self.chats.insert(key, Chat::of(id));
        }
        let Some(chat) = self.chats.get_mut(&key) else { return };
        let member = person.filter(|_| chat.group);
        if let Some((person, id)) = member.and_then(|person| Some((person, machine.participant_id(key, person)?)))
            && chat.people.get(&person) != Some(id)
        {
            // New to us, or known by another id since.
            chat.people.insert(person, id.clone());
            number(&mut self.names, id);
        }
        chat.entries.push_back(Kept { person, what, at, lag_ms: u32::try_from(lag_ms).unwrap_or(u32::MAX) });
        if chat.entries.len() > most {
            chat.entries.pop_front();
            self.dropped += 1;
            return;
        }
        self.entries += 1;
        while self.entries > MOST_ENTRIES {
            self.make_room(at);
        }
    }

    /// The entries of one chat, or of all, chat by chat, each from the oldest to the newest.
    pub fn entries<'l>(&'l self, chat: Option<&'l str>) -> impl Iterator<Item = Entry<'l>> {
        let chats = self.chats.iter().map(|(_, chat)| chat);
        let chats = chats.filter(move |kept| chat.is_none_or(|chat| kept.id.as_str() == chat));
        chats.flat_map(|chat| chat.entries.iter().map(|entry| chat.in_words(*entry)))
    }

    /// How many entries had to make room for later ones.
    #[must_use]
    pub const fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Forgets everything that happened; whoever was numbered keeps their number.
    pub fn clear(&mut self) {
        self.chats.take().for_each(drop);
        self.entries = 0;
    }

    /// The entries as NDJSON, one object a line. Without `ids`, chats and people are numbered in the order in which they were first
    /// heard of, the same in every export of one client.
    #[must_use]
    pub fn to_ndjson(&self, chat: Option<&str>, ids: bool, wall: UnixMs, now: Instant) -> String {
        let mut text = String::new();
        for entry in self.entries(chat) {
            text.push_str("{\"atMs\":");
            push_u64(wall.at(entry.at, now).as_ms(), &mut text);
            text.push_str(",\"chat\":");
            self.push_id(Some(entry.chat), "chat-", ids, &mut text);
            text.push_str(",\"participant\":");
            self.push_id(entry.participant, "person-", ids, &mut text);
            text.push_str(",\"event\":");
            push_json(entry.event, &mut text);
            text.push_str(",\"reason\":");
            match entry.reason {
                Some(reason) => push_json(reason, &mut text),
                None => text.push_str("null"),
            }
            text.push_str(",\"lagMs\":");
            push_u64(entry.lag_ms, &mut text);
            text.push_str("}\n");
        }
        text
    }

    fn push_id(&self, id: Option<&Id>, prefix: &str, ids: bool, text: &mut String) {
        match id {
            None => text.push_str("null"),
            Some(id) if ids => push_json(id.as_str(), text),
            Some(id) => {
                text.push('"');
                text.push_str(prefix);
                push_u64(u64::from(self.names.get(id.as_str()).copied().unwrap_or(0)), text);
                text.push('"');
            }
        }
    }

    /// Two ids turned out to be one, or one got another name: what was kept goes on under the one that is left.
    fn join(&mut self, from: ChatKey, into: ChatKey, machine: &Machine) {
        let Some(id) = machine.id_of(into) else { return };
        let theirs = if from == into { None } else { self.chats.remove(&from) };
        if theirs.is_none() && self.chats.get(&into).is_none() {
            return;
        }
        let most = self.most_of_chat;
        let chat = self.chats.get_or_insert(into, || Chat::of(id));
        chat.id = id.clone();
        number(&mut self.names, id);
        let mut mine = std::mem::take(&mut chat.entries);
        let mut theirs = theirs.map(|chat| chat.entries).unwrap_or_default();
        // Each is in order by itself; the standard library's sorting would be part of the module.
        while let Some(first) = mine.front().or(theirs.front()).map(|entry| entry.at) {
            let earlier = theirs.front().is_some_and(|entry| mine.is_empty() || entry.at < first);
            chat.entries.extend(if earlier { theirs.pop_front() } else { mine.pop_front() });
        }
        while chat.entries.len() > most {
            chat.entries.pop_front();
            self.entries -= 1;
            self.dropped += 1;
        }
    }

    /// Empties the chats that were quiet longest. They stay where they are, most will be heard of again.
    fn make_room(&mut self, now: Instant) {
        let latest = |chat: &Chat| chat.entries.back().map_or(now, |entry| entry.at);
        let quietest = self.chats.iter().fold(now, |least, (_, chat)| least.min(latest(chat)));
        let until = quietest + now.since(quietest) / 16;
        let enough = self.entries - ROOM;
        for (_, chat) in self.chats.iter_mut() {
            if self.entries > enough && latest(chat) <= until {
                self.entries -= chat.entries.len();
                self.dropped += chat.entries.len() as u64;
                chat.entries = VecDeque::new();
                chat.people = SortedMap::default();
            }
        }
        // No more than `MOST_ENTRIES` have something in them: of twice as many, half go at once.
        if self.chats.len() > 2 * MOST_ENTRIES {
            self.chats.retain(|chat| !chat.entries.is_empty());
        }
    }
}

impl Chat {
    fn of(id: &Id) -> Self {
        Self {
            id: id.clone(),
            group: id.kind() == IdKind::Group,
            // Room for the two that nearly every chat has; by itself it would be made for four.
            entries: VecDeque::with_capacity(2),
            people: SortedMap::default(),
        }
    }

    fn in_words(&self, kept: Kept) -> Entry<'_> {
        let (event, reason) = words(kept.what);
        let participant =
            kept.person.and_then(|person| if self.group { self.people.get(&person) } else { Some(&self.id) });
        Entry { chat: &self.id, participant, event, reason, at: kept.at, lag_ms: kept.lag_ms.into() }
    }
}

/// Numbers whoever has none.
fn number(names: &mut SortedMap<Id, u32>, id: &Id) {
    if names.get(id.as_str()).is_none() && names.len() < MOST_NAMES {
        let number = u32::try_from(names.len() + 1).unwrap_or(0);
        names.insert(id.clone(), number);
    }
}

/// What a log says of it.
fn words(what: What) -> (&'static str, Option<&'static str>) {
    match what {
        What::Began(ActivityKind::Typing) => ("typing-began", None),
        What::Began(ActivityKind::Recording) => ("recording-began", None),
        What::Ended(ActivityKind::Typing, by) => ("typing-ended", Some(by.as_str())),
        What::Ended(ActivityKind::Recording, by) => ("recording-ended", Some(by.as_str())),
        What::Availability(Availability::Online, basis) => ("online", Some(basis.as_str())),
        What::Availability(Availability::Offline, basis) => ("offline", Some(basis.as_str())),
        // Nobody is kept who joined.
        What::Availability(Availability::Unknown, _) | What::Joined(_) => ("unknown", None),
        What::Message => ("message", None),
        What::Read => ("read", None),
        What::Knowledge(knowledge) => known(knowledge),
    }
}

const fn known(knowledge: Knowledge) -> (&'static str, Option<&'static str>) {
    match knowledge {
        Knowledge::Unwatched => ("unwatched", None),
        Knowledge::Waiting(wait) => ("waiting", Some(wait.as_str())),
        Knowledge::Live { vouched: true } => ("live", Some("vouched")),
        Knowledge::Live { vouched: false } => ("live", Some("stretched")),
        Knowledge::Lapsed(lapse) => ("lapsed", Some(lapse.as_str())),
        Knowledge::Hidden(hiding) => ("hidden", Some(hiding.as_str())),
        Knowledge::Refused(refusal) => ("refused", Some(refusal.as_str())),
    }
}
