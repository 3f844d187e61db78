//! What happened lately in every chat, for whoever draws or analyses it: bounded, in memory, and without phone numbers unless
//! they are asked for.

use std::collections::VecDeque;

use crate::machine::happening::{Happening, What};
use crate::machine::id::Id;
use crate::machine::knowledge::Knowledge;
use crate::machine::presence::Availability;
use crate::machine::sorted_map::SortedMap;
use crate::machine::time::{Instant, UnixMs};
use crate::machine::typing::ActivityKind;
use crate::machine::{ChatKey, Machine};
use crate::text::{push_json, push_u64};

/// Most entries of all chats together; the chat that was quiet longest goes first.
const MOST_ENTRIES: usize = 20_000;
/// Most names given in place of ids.
const MOST_NAMES: usize = 65_536;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// In which chat.
    pub chat: Id,
    /// Who; nobody where it is the chat itself.
    pub participant: Option<Id>,
    /// What, in one word.
    pub event: &'static str,
    /// Why, or how that is known, in one word.
    pub reason: Option<&'static str>,
    /// When.
    pub at: Instant,
    /// By how much it was told later than the fastest recent news, in ms.
    pub lag_ms: u64,
}

/// The log.
#[derive(Debug)]
pub struct Log {
    chats: SortedMap<Id, VecDeque<Entry>>,
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
        if let What::Joined(_) = happening.what {
            return self.join(happening.chat, machine);
        }
        let Some(chat) = machine.id_of(happening.chat).filter(|_| self.most_of_chat > 0) else { return };
        let Some((event, reason)) = words(happening.what) else { return };
        let participant = happening.person.and_then(|person| machine.participant_id(happening.chat, person));
        let lag_ms = happening.person.map_or(0, |person| machine.lag_ms(happening.chat, person));
        for id in [Some(chat), participant].into_iter().flatten() {
            self.name(id);
        }
        let entry =
            Entry { chat: chat.clone(), participant: participant.cloned(), event, reason, at: happening.at, lag_ms };
        if self.chats.get(chat.as_str()).is_none() {
            self.chats.insert(chat.clone(), VecDeque::new());
        }
        let Some(entries) = self.chats.get_mut(chat.as_str()) else { return };
        entries.push_back(entry);
        self.entries += 1;
        if entries.len() > self.most_of_chat {
            entries.pop_front();
            self.entries -= 1;
            self.dropped += 1;
        }
        while self.entries > MOST_ENTRIES {
            self.drop_quietest();
        }
    }

    /// The entries of one chat, or of all, chat by chat, each from the oldest to the newest.
    pub fn entries<'l>(&'l self, chat: Option<&'l str>) -> impl Iterator<Item = &'l Entry> {
        self.chats.iter().filter(move |(id, _)| chat.is_none_or(|chat| id.as_str() == chat)).flat_map(|(_, all)| all)
    }

    /// How many entries had to make room for later ones.
    #[must_use]
    pub const fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.chats.take().for_each(drop);
        self.names.take().for_each(drop);
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
            self.push_id(Some(&entry.chat), "chat-", ids, &mut text);
            text.push_str(",\"participant\":");
            self.push_id(entry.participant.as_ref(), "person-", ids, &mut text);
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

    fn name(&mut self, id: &Id) {
        if self.names.get(id.as_str()).is_none() && self.names.len() < MOST_NAMES {
            let number = u32::try_from(self.names.len() + 1).unwrap_or(0);
            self.names.insert(id.clone(), number);
        }
    }

    /// Two ids turned out to be one: what was kept under the other goes on under the one that is left.
    fn join(&mut self, chat: ChatKey, machine: &Machine) {
        let Some(canonical) = machine.id_of(chat) else { return };
        let leads_here = |id: &Id| id != canonical && machine.find(id.as_str()) == Some(chat);
        let other = self.chats.iter().map(|(id, _)| id).find(|id| leads_here(id)).cloned();
        let Some(mut theirs) = other.and_then(|other| self.chats.remove(other.as_str())) else { return };
        let mut mine = self.chats.remove(canonical.as_str()).unwrap_or_default();
        let mut entries = VecDeque::with_capacity(theirs.len() + mine.len());
        // Each is in order by itself; the standard library's sorting would be part of the module.
        while let Some(first) = mine.front().or(theirs.front()).map(|entry| entry.at) {
            let earlier = theirs.front().is_some_and(|entry| mine.is_empty() || entry.at < first);
            entries.extend(if earlier { theirs.pop_front() } else { mine.pop_front() });
        }
        while entries.len() > self.most_of_chat {
            entries.pop_front();
            self.entries -= 1;
            self.dropped += 1;
        }
        for entry in &mut entries {
            entry.chat = canonical.clone();
            if entry.participant.as_ref().is_some_and(leads_here) {
                entry.participant = Some(canonical.clone());
            }
        }
        self.name(canonical);
        self.chats.insert(canonical.clone(), entries);
    }

    fn drop_quietest(&mut self) {
        let latest = |(_, entries): &(&Id, &VecDeque<Entry>)| entries.back().map(|entry| entry.at);
        let Some(id) = self.chats.iter().min_by_key(latest).map(|(id, _)| id.clone()) else { return };
        let gone = self.chats.remove(id.as_str()).map_or(0, |entries| entries.len());
        self.entries -= gone;
        self.dropped += gone as u64;
    }
}

/// What a log says of it.
fn words(what: What) -> Option<(&'static str, Option<&'static str>)> {
    Some(match what {
        What::Began(ActivityKind::Typing) => ("typing-began", None),
        What::Began(ActivityKind::Recording) => ("recording-began", None),
        What::Ended(ActivityKind::Typing, by) => ("typing-ended", Some(by.as_str())),
        What::Ended(ActivityKind::Recording, by) => ("recording-ended", Some(by.as_str())),
        What::Availability(Availability::Online, basis) => ("online", Some(basis.as_str())),
        What::Availability(Availability::Offline, basis) => ("offline", Some(basis.as_str())),
        What::Availability(Availability::Unknown, _) => ("unknown", None),
        What::Message => ("message", None),
        What::Read => ("read", None),
        What::Knowledge(knowledge) => known(knowledge),
        What::Joined(_) => return None,
    })
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
