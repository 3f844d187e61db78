//! What happened to whom, as it happened: the raw state that the conversation patterns read.
//!
//! Not what listeners hear: nothing is settled, delayed or held back here, and no snapshot is made. Told only where
//! [`Config::tells`](super::Config) asks for it, and then to be taken after every input with [`Machine::poll_happening`].

use super::Machine;
use super::chat::{Chat, PersonKey};
use super::id::Id;
use super::knowledge::Knowledge;
use super::presence::{Availability, Basis, Person};
use super::roster::ChatKey;
use super::time::Instant;
use super::typing::{ActivityKind, EndedBy, Typing};

/// Most that is kept for whoever is slow to take it: more than all people and chats of a full machine can do in one moment. The
/// driver takes everything after each input.
const MOST_KEPT: usize = 98_304;

/// How far apart the end and the beginning of one repetition can be, in happenings.
const ONE_BREATH: usize = 4;

/// One thing that happened in a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Happening {
    /// The chat.
    pub chat: ChatKey,
    /// To whom; nobody where it is the chat itself.
    pub person: Option<PersonKey>,
    /// What.
    pub what: What,
    /// When, by our clock.
    pub at: Instant,
    /// By how much it was told later than the fastest recent news, in ms.
    pub lag_ms: u64,
}

/// What can happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// They began to type or record, or went on after a pause.
    Began(ActivityKind),
    /// They stopped.
    Ended(ActivityKind, EndedBy),
    /// They came, went, or nothing believable is known any more.
    Availability(Availability, Basis),
    /// They wrote a message.
    Message,
    /// A message of ours was read.
    Read,
    /// What may be claimed of the chat changed.
    Knowledge(Knowledge),
    /// Another chat turned out to be this one.
    Joined(ChatKey),
}

/// One person's state without settling: what was told last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Raw {
    pub(crate) activity: Option<ActivityKind>,
    pub(crate) availability: Availability,
    pub(crate) basis: Basis,
}

/// What changed of a person since it was last told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct News {
    pub(crate) before: Raw,
    pub(crate) raw: Raw,
    pub(crate) typing: Typing,
    /// When their availability became what it is.
    pub(crate) evidence_at: Instant,
    pub(crate) lag_ms: u64,
}

/// What is going on in a chat, settling aside.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Commotion {
    /// Whether anybody types or records.
    pub active: bool,
    /// When the last of them stopped.
    pub ended_at: Option<Instant>,
}

/// What the availability of a chat rests on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Whether they, or anybody in the group, are there.
    pub availability: Availability,
    /// How that is known.
    pub basis: Basis,
    /// False where "offline" may be hiding.
    pub certain: bool,
    /// When it was last observed.
    pub at: Instant,
}

impl Machine {
    /// The next thing that happened.
    pub fn poll_happening(&mut self) -> Option<Happening> {
        self.happenings.pop_front()
    }

    pub(super) fn happened(&mut self, chat: ChatKey, person: Option<PersonKey>, what: What, at: Instant) {
        self.happened_late(Happening { chat, person, what, at, lag_ms: 0 });
    }

    fn happened_late(&mut self, happening: Happening) {
        if !self.config.tells || self.happenings.len() >= MOST_KEPT {
            return;
        }
        if let What::Began(kind) = happening.what {
            // A gateway that says "online" with every repetition of typing ends and begins it in one breath: nothing happened.
            let ended = Happening { what: What::Ended(kind, EndedBy::Paused), ..happening };
            let theirs = |before: &Happening| {
                let turned = matches!(before.what, What::Began(_) | What::Ended(..));
                turned && (before.chat, before.person) == (happening.chat, happening.person)
            };
            // In one breath: it is among the last few, or it is not what is meant.
            let recent = self.happenings.len().saturating_sub(ONE_BREATH);
            let last = self.happenings.range(recent..).rposition(theirs).map(|place| recent + place);
            if let Some(last) = last.filter(|last| self.happenings.get(*last) == Some(&ended)) {
                self.happenings.remove(last);
                return;
            }
        }
        self.happenings.push_back(happening);
    }

    /// Tells what changed of a person since it was last told.
    pub(super) fn tell_person(&mut self, key: ChatKey, person_key: PersonKey) {
        let person = self.roster.get_mut(key).and_then(|chat| chat.person_mut(person_key));
        if let Some(news) = person.and_then(Person::take_news) {
            self.tell(key, person_key, &news);
        }
    }

    pub(super) fn tell(&mut self, key: ChatKey, person_key: PersonKey, news: &News) {
        let News { before, raw, typing, evidence_at, lag_ms } = news;
        let mut tell = |what, at| {
            self.happened_late(Happening { chat: key, person: Some(person_key), what, at, lag_ms: *lag_ms });
        };
        if raw.activity != before.activity {
            if let Some(kind) = before.activity {
                let (at, by) = typing.stopped().unwrap_or((*evidence_at, EndedBy::Paused));
                tell(What::Ended(kind, by), at);
            }
            if let (Some(kind), Some(at)) = (raw.activity, typing.resumed_at()) {
                tell(What::Began(kind), at);
            }
        }
        if (raw.availability, raw.basis) != (before.availability, before.basis) {
            tell(What::Availability(raw.availability, raw.basis), *evidence_at);
        }
    }

    /// The same of everybody in a chat.
    pub(super) fn tell_everybody(&mut self, key: ChatKey) {
        let people = self.roster.get(key).filter(|_| self.config.tells).map(Chat::keys);
        for person in people.into_iter().flatten() {
            self.tell_person(key, person);
        }
    }

    /// What is going on in a chat, or with one person of a group.
    #[must_use]
    pub fn commotion(&self, chat: ChatKey, participant: Option<&str>) -> Commotion {
        let Some(chat) = self.roster.get(chat) else { return Commotion::default() };
        let only = participant.map(|id| chat.find(self.roster.canonical(id)));
        let mut all = Commotion::default();
        for key in chat.keys().filter(|key| only.is_none_or(|only| only == Some(*key))) {
            let Some(person) = chat.person(key) else { continue };
            all.active |= person.typing().raw().is_some();
            let stopped = person.typing().stopped().map(|(at, _)| at);
            all.ended_at = all.ended_at.max(stopped);
        }
        all
    }

    /// What the availability of a chat rests on: of its contact, or of whoever in the group is there.
    #[must_use]
    pub fn evidence(&self, chat: ChatKey) -> Evidence {
        let Some(chat) = self.roster.get(chat) else { return Evidence::default() };
        let mut best = Evidence::default();
        for person in chat.keys().filter_map(|key| chat.person(key)) {
            let evidence = person.evidence();
            let better = match (evidence.availability, best.availability) {
                (Availability::Unknown, _) => false,
                (_, Availability::Unknown) | (Availability::Online, Availability::Offline) => true,
                (Availability::Offline, Availability::Online) => false,
                (Availability::Online, Availability::Online) | (Availability::Offline, Availability::Offline) => {
                    evidence.at > best.at
                }
            };
            if better {
                best = evidence;
            }
        }
        // In a group that one member left says nothing of the others.
        if chat.group && best.availability == Availability::Offline {
            let own = chat.find(chat.id.as_str()).and_then(|key| chat.person(key));
            best = own.map(Person::evidence).unwrap_or_default();
        }
        best
    }

    /// What may be claimed of a chat, without the delay at which listeners hear of it.
    #[must_use]
    pub fn knowledge(&self, chat: ChatKey) -> Knowledge {
        self.roster.get(chat).map(|chat| chat.knowledge).unwrap_or_default()
    }

    /// The id of a participant.
    #[must_use]
    pub fn participant_id(&self, chat: ChatKey, person: PersonKey) -> Option<&Id> {
        let chat = self.roster.get(chat)?;
        chat.members.get(person.0 as usize).map(|member| &member.id)
    }

    /// A participant by any of their ids; outside groups the contact, whatever the id.
    #[must_use]
    pub fn find_participant(&self, chat: ChatKey, id: &str) -> Option<PersonKey> {
        self.roster.get(chat)?.find(self.roster.canonical(id))
    }

    /// The id by which a person or chat is known here.
    #[must_use]
    pub fn canonical_id(&self, id: &Id) -> Id {
        match self.find(id.as_str()).and_then(|key| self.id_of(key)) {
            Some(known) => known.clone(),
            None => Id::parse(self.roster.canonical(id.as_str())).unwrap_or_else(|_| id.clone()),
        }
    }

    /// A message of ours was read.
    pub(super) fn read_by_them(&mut self, chat: &super::id::Address<'_>, at: Instant) {
        if self.config.tells && !self.roster.is_own(chat.as_str()) {
            let key = self.open_chat(chat);
            self.happened(key, None, What::Read, at);
        }
    }
}
