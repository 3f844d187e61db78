//! What people do with presence: compose, take turns, wait for somebody, route, keep up appearances, look back.
//!
//! Pure like the machine below, which it reads and never changes. It hears what happens ([`Patterns::handle`]), is told when time
//! passes, and says what is to be sent and answered; the session carries that out. Missing data means passive mode: nothing is
//! inferred, nothing is asked of the gateway, and nothing waits for ever.

pub mod cohort;
pub mod composer;
pub mod log;
pub mod momentum;
mod others;
pub mod own;
pub mod policy;
pub mod question;

use std::collections::VecDeque;

use crate::machine::happening::{Happening, What};
use crate::machine::id::Id;
use crate::machine::sorted_map::SortedMap;
use crate::machine::time::Instant;
use crate::machine::{ChatKey, Machine, PersonKey};
use cohort::{Cohort, CohortId};
use composer::Composers;
use log::Log;
use momentum::{Momenta, Momentum};
use own::Own;
use question::{Answered, Asked, Question, QuestionId};

/// Most questions that may wait at once; more are answered at once, by what is known.
const MOST_QUESTIONS: usize = 4_096;
/// Most cohorts at once.
const MOST_COHORTS: usize = 64;

/// Something a pattern has to tell its caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// A question is answered.
    Answered(QuestionId, Answered),
    /// Somebody of a cohort came online.
    Available(CohortId, Id),
    /// Somebody has composed for minutes without writing.
    Struggling(ChatKey, PersonKey),
}

/// All patterns of one session.
#[derive(Debug)]
pub struct Patterns {
    /// What others see of our typing.
    pub composers: Composers,
    /// What everybody sees of our account.
    pub own: Own,
    /// What happened lately.
    pub log: Log,
    momenta: Momenta,
    questions: SortedMap<QuestionId, Asked>,
    cohorts: SortedMap<CohortId, Cohort>,
    /// Not later than the next time at which a question may have an answer.
    question_due: Option<Instant>,
    told: VecDeque<Told>,
    next: u32,
}

impl Patterns {
    pub(crate) fn new(log_entries: usize, seed: u64) -> Self {
        Self {
            composers: Composers::default(),
            own: Own::seeded(seed),
            log: Log::new(log_entries),
            momenta: Momenta::default(),
            questions: SortedMap::default(),
            cohorts: SortedMap::default(),
            question_due: None,
            told: VecDeque::new(),
            next: 0,
        }
    }

    /// Something happened.
    pub fn handle(&mut self, happening: &Happening, machine: &Machine, now: Instant) {
        self.log.handle(happening, machine);
        self.momenta.handle(happening, now);
        if self.cohorts.len() > 0 && matches!(happening.what, What::Availability(..) | What::Joined(_)) {
            let chat = machine.id_of(happening.chat);
            for (id, cohort) in self.cohorts.iter_mut() {
                self.told.extend(cohort.look(chat, machine, now).into_iter().map(|who| Told::Available(*id, who)));
            }
        }
        if self.questions.len() == 0 {
            return;
        }
        let fresh = now.since(happening.at) < machine.config().fresh_message_ms;
        for (_, asked) in self.questions.iter_mut() {
            if machine.find(asked.chat.as_str()) == Some(happening.chat) {
                asked.handle(happening, fresh, machine);
                self.question_due = Some(now);
            }
        }
    }

    /// Time passed, and everything that happened was handled.
    pub fn handle_timeout(&mut self, machine: &Machine, now: Instant) {
        if !self.shows_nothing() {
            self.composers.handle_timeout(now);
            self.own.handle_timeout(now);
        }
        while let Some((chat, person)) = self.momenta.poll_struggling(now) {
            // Whoever turned out to be somebody else in the group goes on under that name.
            let id = machine.participant_id(chat, person);
            if id.is_some_and(|id| machine.find_participant(chat, id.as_str()) == Some(person)) {
                self.told.push_back(Told::Struggling(chat, person));
            }
        }
        if self.question_due.is_some_and(|due| due <= now) {
            self.answer(machine, now);
        }
    }

    /// Asks something of a chat, to be answered after `max_wait_ms` at the latest.
    pub fn ask(
        &mut self,
        chat: &Id,
        question: Question,
        max_wait_ms: u64,
        machine: &Machine,
        now: Instant,
    ) -> QuestionId {
        let max_wait_ms = if self.questions.len() < MOST_QUESTIONS { max_wait_ms } else { 0 };
        let id = QuestionId(u64::from(self.number()));
        self.questions.insert(id, Asked::new(chat.clone(), question, max_wait_ms, now));
        self.answer(machine, now);
        id
    }

    /// What is known may have changed although nothing happened: questions are looked at again.
    pub(crate) fn look_again(&mut self, now: Instant) {
        self.question_due = Some(now);
    }

    /// Whether a question waits for its answer.
    #[must_use]
    pub fn is_open(&self, question: QuestionId) -> bool {
        self.questions.get(&question).is_some()
    }

    /// Whoever asked does not want to know any more.
    pub fn withdraw(&mut self, question: QuestionId) {
        self.questions.remove(&question);
    }

    /// Tells from here on when one of these people comes online, those who are there already at once; nothing where there are too
    /// many cohorts.
    pub fn await_people(
        &mut self,
        people: &[Id],
        cool_down_ms: u64,
        machine: &Machine,
        now: Instant,
    ) -> Option<CohortId> {
        if self.cohorts.len() >= MOST_COHORTS {
            return None;
        }
        let id = CohortId(self.number());
        let mut cohort = Cohort::new(people, cool_down_ms);
        self.told.extend(cohort.look(None, machine, now).into_iter().map(|who| Told::Available(id, who)));
        self.cohorts.insert(id, cohort);
        Some(id)
    }

    /// Tells no more of them.
    pub fn forget_people(&mut self, cohort: CohortId) {
        self.cohorts.remove(&cohort);
    }

    /// How somebody's side of a conversation moves: that of the contact, or of a participant.
    #[must_use]
    pub fn momentum(&self, chat: &Id, participant: Option<&Id>, machine: &Machine, now: Instant) -> Option<Momentum> {
        let key = machine.find(chat.as_str())?;
        let person = machine.find_participant(key, participant.unwrap_or(chat).as_str());
        self.momenta.of(key, person, now)
    }

    /// Whether nobody here ever showed others anything of us: then there is nothing to see to.
    #[must_use]
    #[inline]
    pub fn shows_nothing(&self) -> bool {
        !self.own.is_used() && self.composers.is_empty()
    }

    /// The next thing to tell a caller.
    pub fn poll_told(&mut self) -> Option<Told> {
        self.told.pop_front()
    }

    /// Whether there is one.
    #[must_use]
    pub fn has_told(&self) -> bool {
        !self.told.is_empty()
    }

    /// When to call [`Patterns::handle_timeout`], calls to the gateway aside.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        [self.question_due, self.momenta.poll_timeout()].into_iter().flatten().min()
    }

    fn answer(&mut self, machine: &Machine, now: Instant) {
        let mut due: Option<Instant> = None;
        let mut answered = Vec::new();
        for (id, asked) in self.questions.iter() {
            match asked.answer(machine, now) {
                Ok(answer) => answered.push((*id, answer)),
                Err(again) => due = Some(due.map_or(again, |due| due.min(again))),
            }
        }
        self.question_due = due;
        for (id, answer) in answered {
            self.questions.remove(&id);
            self.told.push_back(Told::Answered(id, answer));
        }
    }

    fn number(&mut self) -> u32 {
        self.next += 1;
        self.next
    }
}
