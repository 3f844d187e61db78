//! The conversation patterns' side of a session: what they want sent becomes calls, what happens is told to them.

use super::Session;
use super::calls::{Purpose, Queued};
use crate::gateway::http::Request;
use crate::gateway::{Call, Capability, OwnPresence};
use crate::machine::error::{Error, ErrorCode};
use crate::machine::id::Id;
use crate::machine::time::Instant;
use crate::machine::typing::ActivityKind;
use crate::machine::{ChatKey, Priority, WatchId};
use crate::patterns::cohort::CohortId;
use crate::patterns::composer::{ComposerId, Step};
use crate::patterns::own::{Others, OwnState};
use crate::patterns::policy::Check;
use crate::patterns::question::{Question, QuestionId};
use crate::patterns::{Patterns, Told};

/// The watch that a question needs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asking {
    watch: WatchId,
    /// One call may be made for it, and no more.
    once: bool,
}

impl Session {
    /// The patterns, to read from.
    #[must_use]
    pub const fn patterns(&self) -> &Patterns {
        &self.patterns
    }

    /// The patterns' own commands: composing, our own presence, cohorts.
    pub const fn patterns_mut(&mut self) -> &mut Patterns {
        &mut self.patterns
    }

    /// Somebody here may compose in a chat from now on.
    ///
    /// # Errors
    /// `unsupported` where nothing can be called, `invalid-option` where there are too many composers already.
    pub fn open_composer(&mut self, chat: &Id) -> Result<ComposerId, Error> {
        self.can_be_seen()?;
        let chat = self.machine.canonical_id(chat);
        let machine = &self.machine;
        let opened = self.patterns.composers.open(&chat, |known| machine.canonical_id(known) == chat);
        opened.ok_or_else(|| Error::new(ErrorCode::InvalidOption, "composers: expected at most 1024 at once"))
    }

    /// Refuses where others can be shown nothing of us.
    ///
    /// # Errors
    /// `unsupported` where nothing can be called.
    pub fn can_be_seen(&self) -> Result<(), Error> {
        if self.machine.config().subscribes || self.machine.config().is_relayed() {
            return Ok(());
        }
        let message = "gateway.kind \"ingest\" calls nothing: nobody can be shown that we type or are online";
        Err(Error::new(ErrorCode::Unsupported, message))
    }

    /// Asks something of a chat. Where that takes knowing whether they are there, the chat is watched meanwhile.
    pub fn ask(&mut self, chat: &Id, question: Question, max_wait_ms: u64, now: Instant) -> QuestionId {
        self.machine.handle_timeout(now);
        self.advance_patterns(now);
        let watched = match question {
            Question::Quiet { .. } | Question::Message { .. } => None,
            Question::Online => Some((Priority::Visible, false)),
            Question::Routing { .. } => Some((Priority::Focused, true)),
        };
        let id = self.patterns.ask(chat, question, max_wait_ms, &self.machine, now);
        let Some((priority, once)) = watched.filter(|_| self.patterns.is_open(id)) else { return id };
        let watch = self.machine.watch(chat, priority, now);
        self.asking.insert(id, Asking { watch, once });
        // That it is hidden or refused may be known since before.
        self.patterns.look_again(now);
        id
    }

    /// Whoever asked does not want to know any more.
    pub fn withdraw(&mut self, question: QuestionId, now: Instant) {
        self.patterns.withdraw(question);
        self.end_question(question, now);
    }

    /// See [`Patterns::await_people`].
    pub fn await_people(&mut self, people: &[Id], cool_down_ms: u64, now: Instant) -> Option<CohortId> {
        self.advance_patterns(now);
        self.patterns.await_people(people, cool_down_ms, &self.machine, now)
    }

    /// The next thing that a pattern has to tell its caller.
    pub fn poll_told(&mut self, now: Instant) -> Option<Told> {
        let told = self.patterns.poll_told()?;
        if let Told::Answered(question, _) = &told {
            self.end_question(*question, now);
        }
        Some(told)
    }

    /// What the policy of our own presence wants to know of the platform.
    pub fn poll_check(&mut self, now: Instant) -> Option<Check> {
        if self.closed { None } else { self.patterns.own.policy()?.poll_check(now) }
    }

    /// Whether our own presence is about to be told: then what other clients claim must be known.
    #[must_use]
    pub fn is_about_to_speak(&self, now: Instant) -> bool {
        self.patterns.own.is_used() && self.patterns.own.is_about_to_speak(self.marks_online(), now)
    }

    /// Whether this client's claim is to be written down anew.
    #[must_use]
    pub fn has_claim_due(&self, now: Instant) -> bool {
        self.patterns.own.has_claim_due(now)
    }

    /// What our account says of itself, if that changed since the last poll.
    pub fn poll_own(&mut self, now: Instant) -> Option<OwnState> {
        if !self.patterns.own.is_used() {
            return None;
        }
        let own = self.patterns.own.state(now);
        (self.reported_own.replace(own) != Some(own)).then_some(own)
    }

    /// Whether the patterns have anything to say or to ask.
    #[inline]
    pub(super) fn patterns_have_news(&self, now: Instant) -> bool {
        let own = &self.patterns.own;
        self.patterns.has_told() || own.is_used() && (own.wants_check(now) || self.reported_own != Some(own.state(now)))
    }

    /// See [`Own::poll_claim`](crate::patterns::own::Own::poll_claim).
    pub fn poll_claim(&mut self, now: Instant) -> Option<Option<Others>> {
        self.patterns.own.poll_claim(now)
    }

    /// Somebody wants our account unseen, or does not any more. Unseen, it is set offline after every call that showed it.
    pub fn haunt(&mut self, begins: bool, now: Instant) {
        self.patterns.own.haunt(begins, now);
        let ghost = self.patterns.own.is_ghost();
        self.machine.set_offline_after(ghost || self.offline_after);
        // Afterwards nothing is kept from anybody, unless somebody said offline besides.
        self.machine.handle_own(!ghost && !self.patterns.own.is_withdrawn(), now);
    }

    /// The page goes, or the client ends: what is to be said at once, without waiting for an answer.
    pub fn leave(&mut self, now: Instant) -> Vec<Request> {
        let stops = self.patterns.composers.leave().into_iter().map(Call::StopTyping);
        let offline = self.patterns.own.leave(now).then_some(Call::Set(OwnPresence::Offline));
        let calls: Vec<_> = stops.chain(offline).collect();
        // What they are answered says nothing of what is said after them.
        self.pending.retain(|pending| !matches!(pending.purpose, Purpose::Compose(_) | Purpose::Own(_)));
        if !self.credential.is_usable() {
            return Vec::new();
        }
        calls.iter().filter_map(|call| self.gateway.request(call, self.credential.secret()).ok()).collect()
    }

    /// The page came back.
    pub fn handle_return(&mut self, now: Instant) {
        self.patterns.own.handle_return(now);
    }

    /// Tells the patterns what happened, and that time passed.
    pub(super) fn advance_patterns(&mut self, now: Instant) {
        let connections = self.machine.connections();
        let changed = std::mem::replace(&mut self.connections, connections) != connections;
        let refused = self.credential.is_refused();
        if changed || refused {
            // Also where it comes back and nobody saw it go: what was said to all is said again.
            self.patterns.own.handle_session_lost();
        }
        // Where nothing will be called any more, nothing is known of what is shown, whatever the last answers say. One that came
        // back unseen may be showing it still.
        if changed && !self.machine.session_ready() || refused {
            self.patterns.composers.handle_session_lost();
        }
        while let Some(happening) = self.machine.poll_happening() {
            self.patterns.handle(&happening, &self.machine, now);
        }
        self.patterns.handle_timeout(&self.machine, now);
    }

    /// The next call that shows us to others.
    pub(super) fn next_shown(&mut self, now: Instant) -> Option<Queued> {
        if self.patterns.shows_nothing() {
            return None;
        }
        let ready = self.machine.session_ready();
        let may_start = ready && self.beside_opens_at(now) <= now;
        let marks = self.marks_online();
        let (call, purpose) = if let Some((seat, chat, step)) = self.patterns.composers.poll(may_start, now) {
            let call = match step {
                Step::Start(ActivityKind::Typing) => Call::StartTyping(chat),
                Step::Start(ActivityKind::Recording) => Call::Set(OwnPresence::Recording(chat)),
                Step::Stop => Call::StopTyping(chat),
            };
            self.patterns.own.handle_marked(now);
            (call, Purpose::Compose(seat))
        } else {
            // What is polled counts as on its way.
            let online = if ready { self.patterns.own.poll(marks, now)? } else { return None };
            let presence = if online { OwnPresence::Online } else { OwnPresence::Offline };
            if !online {
                self.machine.handle_said_offline();
            }
            (Call::Set(presence), Purpose::Own(online))
        };
        self.count_beside(now);
        Some(Queued { id: self.next_id(), call, purpose })
    }

    /// What became of a call that shows us to others.
    pub(super) fn shown(&mut self, purpose: &Purpose, failure: Option<&Error>, now: Instant) {
        let news = match purpose {
            Purpose::Compose(seat) => self.patterns.composers.handle_outcome(*seat, failure, now),
            Purpose::Own(online) => {
                if failure.is_none() {
                    self.own_taken(*online, now);
                }
                self.patterns.own.handle_outcome(*online, failure, now)
            }
            Purpose::Subscribe(_)
            | Purpose::LookUp
            | Purpose::CatchUp
            | Purpose::Probe
            | Purpose::Beside
            | Purpose::Rest => return,
            #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
            Purpose::Privacy => return,
        };
        if let Some(error) = failure.filter(|_| news) {
            self.tell(error.clone());
        }
    }

    /// When the patterns want to be woken.
    pub(super) fn patterns_timeout(&self, now: Instant) -> Option<Instant> {
        if self.patterns.shows_nothing() {
            return self.patterns.poll_timeout();
        }
        let ready = self.machine.session_ready();
        let calls = self.credential.is_usable();
        let starts_at = ready.then(|| self.beside_opens_at(now));
        let composers = self.patterns.composers.poll_timeout(starts_at).filter(|_| calls);
        let own = self.patterns.own.poll_timeout(self.marks_online(), ready && calls, now);
        [self.patterns.poll_timeout(), composers, own].into_iter().flatten().min().map(|at| at.max(now))
    }

    /// Whether what was said of us wears off: by calls that mark us online or, at a relay, with a claim's time.
    pub(super) fn marks_online(&self) -> bool {
        self.capabilities.has(Capability::WatchMarksOnline) || self.machine.config().is_relayed()
    }

    /// The gateway took what we said of ourselves.
    fn own_taken(&mut self, online: bool, now: Instant) {
        if self.machine.config().is_relayed() {
            // What our account comes to is the relay's word: others may claim otherwise.
            self.patterns.own.handle_marked(now);
        } else {
            self.machine.handle_own(online, now);
        }
    }

    fn end_question(&mut self, question: QuestionId, now: Instant) {
        if let Some(asking) = self.asking.remove(&question) {
            self.machine.unwatch(asking.watch, now);
        }
    }

    /// A call for a chat failed: whoever asks only once lets it be, and what is known by then is the answer.
    pub(super) fn ask_no_more(&mut self, chat: ChatKey, now: Instant) {
        let of_chat = |asking: &Asking| asking.once && self.machine.watched_by(asking.watch) == Some(chat);
        let over: Vec<_> = self.asking.iter().filter(|(_, asking)| of_chat(asking)).map(|(id, _)| *id).collect();
        for question in over {
            self.end_question(question, now);
        }
    }
}
