//! The definition of presence, executable and naive.
//!
//! Every fact ever heard stays in one vector, and each question is answered by reading all of them again from the
//! first. Nothing is indexed, scheduled or remembered between two questions, and the durations are spelled out here a
//! second time on purpose. Where the machine and this disagree, one of them is wrong.
//!
//! [`person`] says what one person's words mean, [`chat`] when what was said of a chat is still believed, [`clock`]
//! when something happened. [`op`] draws random stories, [`run`] tells them to both sides, [`check`] compares.

mod chat;
mod check;
mod clock;
pub(crate) mod op;
pub(crate) mod person;
pub(crate) mod run;

use std::collections::BTreeMap;

use wa_presence::machine::observation::Word;
use wa_presence::machine::time::Instant;

use chat::{Chat, Link};
use person::Person;

/// Ids as the wire spells them; `@lid` and `@c.us` of one person are two names until their alias is learned.
pub(crate) type Name = &'static str;

/// Ana, whose two ids turn out to be one.
pub(crate) const ANA: Name = "15550001111@c.us";
pub(crate) const ANA_LID: Name = "900000001@lid";
/// Ben, whom nobody ever watches.
pub(crate) const BEN: Name = "15550002222@c.us";
/// A group of both.
pub(crate) const TEAM: Name = "120363000000000001@g.us";

/// One thing that happened, as our side of the wire saw it.
#[derive(Clone, Debug)]
pub(crate) struct Fact {
    pub(crate) heard: Instant,
    pub(crate) what: What,
}

#[derive(Clone, Debug)]
pub(crate) enum What {
    /// The gateway said that `who` did `word` at `at`.
    Said { chat: Name, who: Name, word: Word, at: Instant },
    /// `who` wrote a message; `fresh` ones happened at `at` by the gateway, old ones were written then.
    Wrote { chat: Name, who: Name, fresh: bool, at: Instant },
    /// A question asked at `asked` was answered with a word that may come from a cache.
    Read { chat: Name, who: Name, word: Word, asked: Instant },
    /// Somebody began to watch.
    Watched(Name),
    /// One of them stopped.
    Unwatched(Name),
    /// The gateway took a subscribe call, at once.
    Granted(Name),
    /// The gateway's session began or ceased to work.
    Session(bool),
    /// Events began or ceased to reach us.
    Feed(bool),
    /// Ana's two ids are one person.
    Alias,
}

/// All that is known at one moment.
#[derive(Debug, Default)]
pub(crate) struct Picture {
    pub(crate) link: Link,
    pub(crate) chats: BTreeMap<Name, Chat>,
    pub(crate) people: BTreeMap<(Name, Name), Person>,
    alias: bool,
}

/// The facts.
#[derive(Debug, Default)]
pub(crate) struct Model {
    facts: Vec<Fact>,
}

impl Model {
    pub(crate) fn note(&mut self, heard: Instant, what: What) {
        self.facts.push(Fact { heard, what });
    }

    pub(crate) fn last_heard(&self) -> Option<Instant> {
        self.facts.last().map(|fact| fact.heard)
    }

    /// Reads all facts again.
    pub(crate) fn picture(&self, now: Instant) -> Picture {
        let mut picture = Picture::default();
        for fact in &self.facts {
            picture.pass(fact.heard);
            picture.take(&fact.what, fact.heard);
            picture.doubt(fact.heard);
        }
        picture.pass(now);
        picture
    }
}

impl Picture {
    /// The name under which a person or a person's chat is kept.
    pub(crate) fn name(&self, name: Name) -> Name {
        if self.alias && name == ANA_LID { ANA } else { name }
    }

    pub(crate) fn chat(&self, name: Name) -> Option<&Chat> {
        self.chats.get(self.name(name))
    }

    pub(crate) fn person(&self, chat: Name, who: Name) -> Option<&Person> {
        self.people.get(&(self.name(chat), self.name(who)))
    }

    /// Time passed and nothing happened.
    fn pass(&mut self, now: Instant) {
        let lapsing = self.link.lapses(now);
        for chat in self.chats.values_mut() {
            if lapsing.is_some_and(|at| chat.is_watched_at(at)) {
                chat.lapse();
            }
            chat.pass(now);
        }
        self.link.lapsed |= lapsing.is_some();
        self.doubt(now);
        for person in self.people.values_mut() {
            person.pass(now);
        }
    }

    /// What was said of somebody's availability is void as soon as nothing vouches for their chat any more.
    fn doubt(&mut self, now: Instant) {
        for (name, chat) in &mut self.chats {
            let believed = chat.is_believed(self.link, now);
            if std::mem::replace(&mut chat.believed, believed) && !believed {
                self.people.iter_mut().filter(|((chat, _), _)| chat == name).for_each(|(_, person)| person.void());
            }
        }
    }

    fn take(&mut self, what: &What, now: Instant) {
        match *what {
            What::Said { chat, who, word, at } => self.tell(chat, who, now, |person| person.said(word, at, now)),
            What::Read { chat, who, word, asked } => self.tell(chat, who, now, |person| person.read(word, asked, now)),
            What::Wrote { chat, who, fresh, at } => {
                if let Some(person) = self.member(chat, who) {
                    person.wrote(fresh, at, now);
                }
            }
            What::Watched(chat) => self.open(chat).watch(),
            What::Unwatched(chat) => self.open(chat).unwatch(now),
            What::Granted(chat) => self.open(chat).grant(now),
            What::Session(works) => {
                if self.link.session(works, now) {
                    self.lapse_watched();
                }
            }
            What::Feed(open) => {
                if self.link.feed(open, now) {
                    self.lapse_watched();
                }
            }
            What::Alias => self.join(),
        }
    }

    /// Finds or makes a chat.
    fn open(&mut self, name: Name) -> &mut Chat {
        self.chats.entry(self.name(name)).or_default()
    }

    /// Finds or makes a member; in a contact's chat there is nobody but the contact.
    fn member(&mut self, chat: Name, who: Name) -> Option<&mut Person> {
        self.open(chat);
        let (chat, who) = (self.name(chat), self.name(who));
        (chat == TEAM || chat == who).then(|| self.people.entry((chat, who)).or_default())
    }

    /// Somebody's word arrived. One that is not out of date shows that the gateway still tells us of the chat.
    fn tell(&mut self, chat: Name, who: Name, now: Instant, apply: impl FnOnce(&mut Person) -> Option<Word>) {
        let Some(word) = self.member(chat, who).and_then(apply) else { return };
        let link = self.link;
        let of_availability = matches!(word, Word::Online | Word::Offline) || chat == TEAM;
        self.open(chat).tell(of_availability, link, now);
    }

    fn lapse_watched(&mut self) {
        self.chats.values_mut().filter(|chat| chat.is_watched()).for_each(Chat::lapse);
    }

    /// Ana's records become one wherever she has two.
    fn join(&mut self) {
        self.alias = true;
        if let Some(theirs) = self.chats.remove(ANA_LID) {
            self.open(ANA).join(&theirs);
        }
        for (from, into) in [((ANA_LID, ANA_LID), (ANA, ANA)), ((TEAM, ANA_LID), (TEAM, ANA))] {
            if let Some(theirs) = self.people.remove(&from) {
                self.people.entry(into).or_default().join(&theirs);
            }
        }
    }
}
