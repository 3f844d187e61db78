//! Questions about a chat that are answered once: is it quiet, are they online, where to route, did they write.
//!
//! Each reads the raw state, is looked at again when something happens in its chat or its time comes, and always ends: there is
//! no question without a longest wait. Where nothing is known the answer says so at once; nothing is asked of the gateway that
//! watching would not ask.

use crate::machine::happening::{Commotion, Evidence, Happening, What};
use crate::machine::id::Id;
use crate::machine::knowledge::{Knowledge, Wait};
use crate::machine::presence::{Availability, Basis};
use crate::machine::sorted_map::Key;
use crate::machine::time::Instant;
use crate::machine::{ChatKey, Machine};

/// A question's number within one session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct QuestionId(pub(super) u64);

impl QuestionId {
    /// The one of this number.
    #[must_use]
    pub const fn numbered(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }
}

impl Key for QuestionId {}

/// What can be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// Has everybody, or one participant, stopped typing and recording?
    Quiet {
        /// Nobody else counts.
        participant: Option<Id>,
        /// How long nobody may have typed, in ms.
        quiet_ms: u64,
    },
    /// Did they, or one participant, write?
    Message {
        /// Nobody else counts.
        participant: Option<Id>,
    },
    /// Are they there?
    Online,
    /// Will they notice an answer now?
    Routing {
        /// How old what is known may be, in ms.
        max_age_ms: u64,
    },
}

/// Why a question was answered as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Nobody has typed for long enough.
    Quiet,
    /// They wrote.
    Message,
    /// They are there.
    Online,
    /// They are not.
    Offline,
    /// It took too long.
    MaxWait,
    /// Nothing is known, or nothing certain.
    NoData,
    /// The gateway tells nothing of this chat: hidden or refused.
    Withheld,
}

/// An answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answered {
    /// Why.
    pub reason: Reason,
    /// How long it took, in ms.
    pub waited_ms: u64,
    /// How old what it rests on is, in ms, where it rests on something.
    pub age_ms: Option<u64>,
}

/// A question that waits for its answer.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) chat: Id,
    question: Question,
    asked_at: Instant,
    until: Instant,
    /// They wrote since.
    written: bool,
    /// Somebody was seen typing since: then silence means something.
    seen_active: bool,
}

impl Asked {
    pub(super) fn new(chat: Id, question: Question, max_wait_ms: u64, now: Instant) -> Self {
        Self { chat, question, asked_at: now, until: now + max_wait_ms, written: false, seen_active: false }
    }

    /// Something happened in its chat, by now or long ago.
    pub(super) fn handle(&mut self, happening: &Happening, fresh: bool, machine: &Machine) {
        let participant = match &self.question {
            Question::Quiet { participant, .. } | Question::Message { participant } => participant.as_ref(),
            Question::Online | Question::Routing { .. } => None,
        };
        // Asked each time: whom they meant may have got another id since.
        let is_meant = |wanted: &Id| {
            let known = machine.find_participant(happening.chat, wanted.as_str());
            known.is_some() && known == happening.person
        };
        if !participant.is_none_or(is_meant) {
            return;
        }
        match happening.what {
            // Old ones come in too, after a reconnect. One that was written just before is as new to whoever asked.
            What::Message => self.written |= fresh,
            What::Began(_) => self.seen_active = true,
            What::Ended(..) | What::Availability(..) | What::Read | What::Knowledge(_) | What::Joined(_) => {}
        }
    }

    /// The answer, if there is one by now; and else when to look again.
    pub(super) fn answer(&self, machine: &Machine, now: Instant) -> Result<Answered, Instant> {
        let chat = machine.find(self.chat.as_str());
        let (reason, age_ms) = match &self.question {
            Question::Quiet { participant, quiet_ms } => {
                let participant = participant.as_ref().map(Id::as_str);
                let commotion = chat.map(|chat| machine.commotion(chat, participant)).unwrap_or_default();
                match self.quiet(commotion, *quiet_ms, telling(machine, chat), now) {
                    Ok(reason) => (reason, commotion.ended_at.map(|at| now.since(at))),
                    Err(_) if self.until <= now => (Reason::MaxWait, None),
                    Err(again) => return Err(again.min(self.until)),
                }
            }
            Question::Message { .. } if self.written => (Reason::Message, None),
            Question::Online => match self.online(machine, chat, now) {
                Some(answer) => answer,
                None => return Err(self.until),
            },
            Question::Routing { max_age_ms } => match self.routing(machine, chat, *max_age_ms, now) {
                Some(answer) => answer,
                None => return Err(self.until),
            },
            Question::Message { .. } if self.until <= now => (Reason::MaxWait, None),
            Question::Message { .. } => return Err(self.until),
        };
        Ok(Answered { reason, waited_ms: now.since(self.asked_at), age_ms })
    }

    fn quiet(&self, commotion: Commotion, quiet_ms: u64, telling: bool, now: Instant) -> Result<Reason, Instant> {
        if self.written {
            return Ok(Reason::Message);
        }
        if commotion.active {
            return Err(Instant::MAX);
        }
        let quiet_at = commotion.ended_at.map(|at| at + quiet_ms);
        match quiet_at {
            Some(quiet_at) if quiet_at > now => Err(quiet_at),
            // Whoever is told of typing, or was a moment ago, knows that there is none.
            Some(quiet_at) if quiet_at > self.asked_at => Ok(Reason::Quiet),
            Some(_) | None if telling || self.seen_active => Ok(Reason::Quiet),
            Some(_) | None => Ok(Reason::NoData),
        }
    }

    fn online(&self, machine: &Machine, chat: Option<ChatKey>, now: Instant) -> Option<(Reason, Option<u64>)> {
        let evidence = chat.map(|chat| machine.evidence(chat)).unwrap_or_default();
        if evidence.availability == Availability::Online {
            return Some((Reason::Online, Some(now.since(evidence.at))));
        }
        match chat.map(|chat| machine.knowledge(chat)).unwrap_or_default() {
            // Nothing will be told.
            Knowledge::Hidden(_) | Knowledge::Refused(_) => return Some((Reason::Withheld, None)),
            Knowledge::Waiting(Wait::Silent) => return Some((Reason::NoData, None)),
            Knowledge::Unwatched
            | Knowledge::Waiting(Wait::Queued | Wait::Asked)
            | Knowledge::Live { .. }
            | Knowledge::Lapsed(_) => {}
        }
        (self.until <= now).then_some((Reason::MaxWait, None))
    }

    /// What is known counts while it is vouched for, or young enough. An offline that may be hiding counts for nothing.
    fn routing(
        &self,
        machine: &Machine,
        chat: Option<ChatKey>,
        max_age_ms: u64,
        now: Instant,
    ) -> Option<(Reason, Option<u64>)> {
        let Evidence { availability, basis, certain, at } = chat.map(|chat| machine.evidence(chat)).unwrap_or_default();
        let knowledge = chat.map(|chat| machine.knowledge(chat)).unwrap_or_default();
        let age_ms = now.since(at);
        let vouched = knowledge == (Knowledge::Live { vouched: true }) && basis == Basis::Reported;
        let counts = vouched || age_ms <= max_age_ms;
        match (availability, knowledge) {
            (Availability::Online, _) if counts => return Some((Reason::Online, Some(age_ms))),
            (Availability::Offline, _) if counts && certain => return Some((Reason::Offline, Some(age_ms))),
            // It was told, and it is not certain: more will not come.
            (Availability::Offline, _) if counts => return Some((Reason::NoData, Some(age_ms))),
            (_, Knowledge::Hidden(_) | Knowledge::Refused(_)) => return Some((Reason::Withheld, None)),
            (Availability::Online | Availability::Offline | Availability::Unknown, _) => {}
        }
        (self.until <= now).then(|| (Reason::NoData, (availability != Availability::Unknown).then_some(age_ms)))
    }
}

/// Whether typing in the chat would be told.
fn telling(machine: &Machine, chat: Option<ChatKey>) -> bool {
    matches!(chat.map(|chat| machine.knowledge(chat)), Some(Knowledge::Live { .. }))
}
