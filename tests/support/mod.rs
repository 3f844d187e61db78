//! A machine in virtual time with a gateway that says yes: what stories and properties are told in.
#![allow(dead_code, reason = "each test file uses its own part")]

use wa_presence::machine::few::Few;
use wa_presence::machine::id::{Address, Id};
use wa_presence::machine::knowledge::{Hiding, Knowledge};
use wa_presence::machine::observation::{Envelope, Observation, Report, Word};
use wa_presence::machine::presence::Availability;
use wa_presence::machine::time::{Instant, UnixMs};
use wa_presence::machine::typing::ActivityKind;
use wa_presence::machine::{Cause, ChatKey, Config, Intent, Machine, Priority, SessionState, Snapshot, WatchId};

/// The person most stories are about.
pub(crate) const ANA: &str = "15550001111@c.us";
/// Her hidden id.
pub(crate) const ANA_LID: &str = "900000001@lid";
/// Another person.
pub(crate) const BEN: &str = "15550002222@c.us";
/// A group both are in.
pub(crate) const TEAM: &str = "120363000000000001@g.us";

/// Virtual time starts well after the origin, so that the past can be named.
pub(crate) const START_MS: u64 = 10_000_000;
/// Wall time at virtual zero.
pub(crate) const EPOCH_MS: u64 = 1_785_000_000_000;

pub(crate) struct World {
    pub(crate) machine: Machine,
    pub(crate) now: Instant,
    /// How far the gateway's clock is ahead of ours, in ms.
    pub(crate) skew_ms: i64,
    /// Whether subscribe calls are granted as soon as they are asked for.
    pub(crate) grants: bool,
    /// Every change listeners heard, with when and why.
    pub(crate) heard: Vec<(u64, Cause, Snapshot)>,
    /// Every call the machine wanted, with when.
    pub(crate) calls: Vec<(u64, Intent)>,
    /// When the story's time begins.
    zero: Instant,
    next_id: u64,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(Config { looks_up_aliases: false, ..Config::default() })
    }

    /// A world in which calls leave one by one from the first, so that whoever comes second waits.
    pub(crate) fn unhurried() -> Self {
        Self::with(Config { looks_up_aliases: false, burst: 0, ..Config::default() })
    }

    pub(crate) fn with(config: Config) -> Self {
        let now = Instant::from_ms(START_MS);
        Self {
            machine: Machine::new(config),
            now,
            skew_ms: 0,
            grants: true,
            heard: Vec::new(),
            calls: Vec::new(),
            zero: now,
            next_id: 0,
        }
    }

    /// A world in which somebody has been watching `chat` for a second and the gateway granted it.
    pub(crate) fn watching(chat: &str) -> Self {
        let mut world = Self::new();
        world.watch(chat);
        world.until(1_000);
        world.begin();
        world
    }

    /// Story time begins here.
    pub(crate) fn begin(&mut self) {
        self.zero = self.now;
        self.heard.clear();
    }

    /// The instant at `ms` of story time.
    pub(crate) fn at(&self, ms: u64) -> Instant {
        self.zero + ms
    }

    pub(crate) fn watch(&mut self, chat: &str) -> WatchId {
        self.watch_as(chat, Priority::Visible)
    }

    pub(crate) fn watch_as(&mut self, chat: &str, priority: Priority) -> WatchId {
        let id = Id::parse(chat).expect("stories use real ids");
        let watch = self.machine.watch(&id, priority, self.now);
        self.drain();
        watch
    }

    pub(crate) fn unwatch(&mut self, watch: WatchId) {
        self.machine.unwatch(watch, self.now);
        self.drain();
    }

    pub(crate) fn ms(&self) -> u64 {
        self.now.since(self.zero)
    }

    pub(crate) fn wall(&self) -> UnixMs {
        UnixMs::from_ms(EPOCH_MS + self.now.as_ms())
    }

    /// The gateway's stamp for something that happens at `ms` of story time.
    pub(crate) fn stamp(&self, ms: u64) -> UnixMs {
        UnixMs::from_ms((EPOCH_MS + self.at(ms).as_ms()).saturating_add_signed(self.skew_ms))
    }

    /// Lets time pass, waking the machine whenever it asked for it.
    pub(crate) fn until(&mut self, ms: u64) {
        let end = self.at(ms);
        while let Some((at, _)) = self.machine.poll_timeout(self.now)
            && at <= end
        {
            self.now = at.max(self.now);
            self.machine.handle_timeout(self.now);
            self.drain();
        }
        self.now = end;
    }

    /// Lets time pass without waking the machine: a throttled or sleeping tab.
    pub(crate) fn sleep_until(&mut self, ms: u64) {
        self.now = self.at(ms);
        self.machine.handle_timeout(self.now);
        self.drain();
    }

    pub(crate) fn drain(&mut self) {
        loop {
            while let Some(notice) = self.machine.poll_notice() {
                let snapshot = self.machine.snapshot(notice.chat).expect("a notice names a chat we know");
                self.heard.push((self.ms(), notice.cause, snapshot));
            }
            let Some(intent) = self.machine.poll_intent(self.now) else { return };
            self.calls.push((self.ms(), intent.clone()));
            if let Intent::Subscribe { chat, .. } = intent
                && self.grants
            {
                self.machine.handle_subscribed(chat, self.now, self.now);
            }
        }
    }

    pub(crate) fn send(&mut self, envelope: &Envelope<'_>) {
        let wall = self.wall();
        self.machine.handle_envelope(envelope, wall, self.now);
        self.drain();
    }

    pub(crate) fn fresh_id(&mut self) -> String {
        self.next_id += 1;
        format!("evt_{}", self.next_id)
    }

    /// `who` does `word` in `chat`, delivered at once.
    pub(crate) fn says(&mut self, chat: &str, who: &str, word: Word) {
        self.says_at(chat, who, word, self.ms());
    }

    /// `who` did `word` in `chat` at `ms`, delivered now.
    pub(crate) fn says_at(&mut self, chat: &str, who: &str, word: Word, ms: u64) {
        let id = self.fresh_id();
        self.deliver(&id, Some(self.stamp(ms)), chat, who, word, None);
    }

    pub(crate) fn deliver(
        &mut self,
        id: &str,
        stamp: Option<UnixMs>,
        chat: &str,
        who: &str,
        word: Word,
        last_seen: Option<UnixMs>,
    ) {
        let report = Report { participant: address(who), word, last_seen, began: None };
        let observation = Observation::Presence { chat: address(chat), reports: Few::One(report), complete: false };
        self.send(&Envelope { id: Some(id), stamp, own: [None, None], aliases: vec![], observation });
    }

    /// `who` wrote a message in `chat`, `age_ms` ago by WhatsApp's clock.
    pub(crate) fn writes(&mut self, chat: &str, who: &str, age_ms: u64) {
        let id = self.fresh_id();
        let sent_at = UnixMs::from_ms((self.wall().as_ms() - age_ms) / 1_000 * 1_000);
        let observation = Observation::Message {
            chat: address(chat),
            sender: address(who),
            from_me: false,
            id: &id,
            sent_at: Some(sent_at),
        };
        let stamp = Some(self.stamp(self.ms()));
        self.send(&Envelope { id: Some(&id), stamp, own: [None, None], aliases: vec![], observation });
    }

    pub(crate) fn session(&mut self, state: SessionState) {
        let id = self.fresh_id();
        let stamp = Some(self.stamp(self.ms()));
        let observation = Observation::Session(state);
        self.send(&Envelope { id: Some(&id), stamp, own: [None, None], aliases: vec![], observation });
    }

    /// An answer to a read sent at `asked_ms`.
    pub(crate) fn read(&mut self, chat: &str, who: &str, word: Word, asked_ms: u64) {
        let report = Report { participant: address(who), word, last_seen: None, began: None };
        let asked = self.at(asked_ms);
        let wall = self.wall();
        self.machine.handle_read(&address(chat), &[report], false, asked, wall, self.now);
        self.drain();
    }

    /// An answer asked for now says that the chat hides from us.
    pub(crate) fn denies(&mut self, chat: &str) {
        self.machine.handle_hidden(&address(chat), Hiding::Deny, self.now);
        self.drain();
    }

    pub(crate) fn alias(&mut self, lid: &str, contact: &str) {
        let wall = self.wall();
        self.machine.add_alias(&address(lid), &address(contact), wall, self.now);
        self.drain();
    }

    pub(crate) fn key(&self, chat: &str) -> ChatKey {
        self.machine.find(chat).expect("the chat was heard of")
    }

    pub(crate) fn snapshot(&self, chat: &str) -> Snapshot {
        self.machine.snapshot(self.key(chat)).expect("the chat was heard of")
    }

    pub(crate) fn availability(&self, chat: &str) -> Availability {
        self.snapshot(chat).availability
    }

    pub(crate) fn knowledge(&self, chat: &str) -> Knowledge {
        self.snapshot(chat).knowledge
    }

    pub(crate) fn activity(&self, chat: &str) -> Option<ActivityKind> {
        self.snapshot(chat).activity
    }

    /// Who is typing or recording, oldest first, by id.
    pub(crate) fn active(&self, chat: &str) -> Vec<String> {
        self.snapshot(chat).active.iter().map(|active| active.id.as_str().to_owned()).collect()
    }

    pub(crate) fn subscribe_calls(&self) -> usize {
        self.calls.iter().filter(|(_, intent)| matches!(intent, Intent::Subscribe { .. })).count()
    }
}

pub(crate) fn address(id: &str) -> Address<'_> {
    Address::parse(id).expect("stories use real ids")
}
