//! What a page does on a stage, and what came of it.
#![allow(dead_code, reason = "each test file uses its own part")]

use super::gateway::{Sent, Vendor, sent};
use super::stage::Stage;
use wa_presence::machine::id::Id;
use wa_presence::machine::knowledge::Knowledge;
use wa_presence::machine::{Priority, WatchId};
use wa_presence::patterns::Told;
use wa_presence::patterns::composer::ComposerId;
use wa_presence::patterns::momentum::Momentum;
use wa_presence::patterns::own::{Others, Own};
use wa_presence::patterns::question::{Answered, Question, QuestionId, Reason};

impl Stage {
    // ---- The page -------------------------------------------------------------------------------------------------------

    pub(crate) fn own(&mut self) -> &mut Own {
        &mut self.session.patterns_mut().own
    }

    pub(crate) fn watch(&mut self, chat: &str, priority: Priority) -> WatchId {
        let watch = self.session.watch(&id(chat), priority, self.now);
        self.drain();
        watch
    }

    /// Somebody watches `chat`, and the gateway told of it: typing would be told too.
    pub(crate) fn following(vendor: Vendor, chat: &str) -> Self {
        let mut stage = Self::at(vendor);
        stage.watch(chat, Priority::Visible);
        stage.pass(500);
        stage.says(chat, chat, "online");
        stage.pass(500);
        stage.begin();
        stage
    }

    pub(crate) fn unwatch(&mut self, watch: WatchId) {
        self.session.unwatch(watch, self.now);
        self.drain();
    }

    pub(crate) fn alias(&mut self, lid: &str, contact: &str) {
        let wall = self.wall();
        self.session.add_alias(&id(lid), &id(contact), wall, self.now);
        self.drain();
    }

    pub(crate) fn composer(&mut self, chat: &str) -> ComposerId {
        self.session.open_composer(&id(chat)).expect("a composer")
    }

    pub(crate) fn keystroke(&mut self, composer: ComposerId) {
        self.session.patterns_mut().composers.keystroke(composer, self.now);
        self.drain();
    }

    /// A key every 500 ms, the first at once and the last at `ms`.
    pub(crate) fn types_until(&mut self, composer: ComposerId, ms: u64) {
        self.keystroke(composer);
        while self.ms() < ms {
            self.pass(500);
            self.keystroke(composer);
        }
    }

    pub(crate) fn record(&mut self, composer: ComposerId) {
        self.session.patterns_mut().composers.record(composer, self.now);
        self.drain();
    }

    pub(crate) fn work(&mut self, composer: ComposerId) {
        self.session.patterns_mut().composers.work(composer, self.now);
        self.drain();
    }

    /// They sent it, or gave it up.
    pub(crate) fn stop(&mut self, composer: ComposerId) {
        self.session.patterns_mut().composers.stop(composer);
        self.drain();
    }

    pub(crate) fn close(&mut self, composer: ComposerId) {
        self.session.patterns_mut().composers.close(composer);
        self.drain();
    }

    pub(crate) fn claim(&mut self, online: bool) {
        let now = self.now;
        self.own().claim(online, now);
        self.drain();
    }

    pub(crate) fn haunt(&mut self, begins: bool) {
        self.session.haunt(begins, self.now);
        self.drain();
    }

    /// The page goes: what it says without waiting for an answer.
    pub(crate) fn leave(&mut self) -> Vec<Sent> {
        let others = self.others;
        self.own().learn_others(Others { claim_until: others, ..Others::default() });
        let requests = self.session.leave(self.now);
        requests.iter().map(|request| sent(request, self.ms())).collect()
    }

    pub(crate) fn come_back(&mut self) {
        self.session.handle_return(self.now);
        self.drain();
    }

    pub(crate) fn ask(&mut self, chat: &str, question: Question, max_wait_ms: u64) -> QuestionId {
        let asked = self.session.ask(&id(chat), question, max_wait_ms, self.now);
        self.drain();
        asked
    }

    pub(crate) fn withdraw(&mut self, question: QuestionId) {
        self.session.withdraw(question, self.now);
        self.drain();
    }

    // ---- What came of it ------------------------------------------------------------------------------------------------

    /// What a chat was told of us, with when.
    pub(crate) fn said_in(&self, chat: &str) -> Vec<(u64, &'static str)> {
        let composing = |sent: &&Sent| ["typing", "recording", "stop"].contains(&sent.deed) && sent.chat == chat;
        self.sent.iter().filter(composing).map(|sent| (sent.at, sent.deed)).collect()
    }

    /// What everybody was told of us, with when.
    pub(crate) fn said_to_all(&self) -> Vec<(u64, &'static str)> {
        let own = |sent: &&Sent| ["online", "offline"].contains(&sent.deed);
        self.sent.iter().filter(own).map(|sent| (sent.at, sent.deed)).collect()
    }

    pub(crate) fn count(&self, deed: &str) -> usize {
        self.sent.iter().filter(|sent| sent.deed == deed).count()
    }

    /// The answer to a question and when it came, if it did.
    pub(crate) fn answer(&self, question: QuestionId) -> Option<(u64, Answered)> {
        let answers = self.told.iter().filter_map(|(at, told)| match told {
            Told::Answered(id, answer) if *id == question => Some((*at, *answer)),
            Told::Answered(..) | Told::Available(..) | Told::Struggling(..) => None,
        });
        let answers: Vec<_> = answers.collect();
        assert!(answers.len() <= 1, "a question has one answer");
        assert!(answers.is_empty() || !self.session.patterns().is_open(question), "an answer ends it");
        answers.first().copied()
    }

    /// When a question was answered, and why so; nothing where it was not yet.
    pub(crate) fn reason(&self, question: QuestionId) -> Option<(u64, Reason)> {
        self.answer(question).map(|(at, answer)| (at, answer.reason))
    }

    pub(crate) fn knowledge(&self, chat: &str) -> Knowledge {
        let machine = self.session.machine();
        machine.find(chat).map(|key| machine.knowledge(key)).unwrap_or_default()
    }

    pub(crate) fn momentum(&self, chat: &str, participant: Option<&str>) -> Option<Momentum> {
        let participant = participant.map(id);
        self.session.patterns().momentum(&id(chat), participant.as_ref(), self.session.machine(), self.now)
    }
}

pub(crate) fn id(text: &str) -> Id {
    Id::parse(text).expect("stories use real ids")
}
