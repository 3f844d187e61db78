//! A story told to the machine and to the model at once, compared after every step.

use std::collections::BTreeMap;

use wa_presence::machine::error::{Error, ErrorCode};
use wa_presence::machine::id::{Address, Id};
use wa_presence::machine::observation::{Envelope, Observation, Report, SessionState, Word};
use wa_presence::machine::time::{Instant, UnixMs};
use wa_presence::machine::{Cause, ChatKey, Config, Intent, LeaseTerms, Machine, Priority, Snapshot, WatchId};

use super::check::visible;
use super::clock::{Clock, FRESH_MS};
use super::op::{Deed, Fate, Op, Place};
use super::{ANA, ANA_LID, BEN, Model, Name, TEAM, What, chat};

const EPOCH_MS: u64 = 1_785_000_000_000;
const START_MS: u64 = 10_000_000;
/// Two changes of one chat are at least this far apart, in ms.
pub(super) const NOTIFY_MS: u64 = 100;
/// Ids are known again this long after they were first seen, in ms.
const KEEP_MS: u64 = 900_000;

/// A delivery on its way.
#[derive(Clone, Debug)]
struct Letter {
    due: Instant,
    number: u64,
    stamp: Option<UnixMs>,
    sent_at: UnixMs,
    place: Place,
    deed: Deed,
}

pub(crate) struct Run {
    pub(crate) machine: Machine,
    pub(super) model: Model,
    clock: Clock,
    pub(crate) now: Instant,
    /// Since when timers have been honoured.
    pub(super) awake_since: Instant,
    /// When two ids became one: names change at once, listeners hear of it as the rate allows.
    pub(super) aliased_at: Option<Instant>,
    skew_ms: i64,
    /// Whether the model is asked after every step.
    compared: bool,
    grants: bool,
    post: Vec<Letter>,
    letters: u64,
    /// Letters that arrived, with when.
    arrived: Vec<(u64, Instant)>,
    /// The open watches of each name, the latest last.
    watches: BTreeMap<Name, Vec<WatchId>>,
    /// What listeners of each watched chat saw last.
    pub(super) seen: BTreeMap<ChatKey, Snapshot>,
    /// When the latest "typing" or "recording" happened that we were told of, by chat; Ana's two are one here.
    pub(super) last_deed: BTreeMap<Name, Instant>,
    /// Every change and call, in order, with when.
    pub(crate) heard: Vec<(Instant, Cause, Snapshot)>,
    pub(crate) calls: Vec<(Instant, Intent)>,
}

/// A gateway whose leases are long enough to be renewed and short enough to run out.
pub(crate) fn config() -> Config {
    let lease = LeaseTerms { sure_ms: 20_000, max_ms: chat::LEASE_MS };
    Config { lease, looks_up_aliases: false, ..Config::default() }
}

impl Run {
    pub(crate) fn new(config: Config, skew_ms: i64) -> Self {
        Self {
            machine: Machine::new(config),
            model: Model::default(),
            clock: Clock::default(),
            now: Instant::from_ms(START_MS),
            awake_since: Instant::from_ms(START_MS),
            aliased_at: None,
            skew_ms,
            compared: false,
            grants: true,
            post: Vec::new(),
            letters: 0,
            arrived: Vec::new(),
            watches: BTreeMap::new(),
            seen: BTreeMap::new(),
            last_deed: BTreeMap::new(),
            heard: Vec::new(),
            calls: Vec::new(),
        }
    }

    /// Tells a story and compares with the model after every step.
    pub(crate) fn tell_and_compare(&mut self, story: &[Op]) {
        self.compared = true;
        for op in story {
            self.step(op);
            self.check();
        }
    }

    pub(crate) fn tell(&mut self, story: &[Op]) {
        story.iter().for_each(|op| self.step(op));
    }

    pub(crate) fn step(&mut self, op: &Op) {
        match *op {
            Op::Happens { place, deed, fate } => self.send(place, deed, fate),
            Op::Read { place, word, asked_ago_ms } => {
                let asked = self.now - asked_ago_ms;
                let report = Report { participant: address(place.who), word, last_seen: None, began: None };
                self.machine.handle_read(&address(place.chat), &[report], false, asked, self.wall(), self.now);
                self.note(What::Read { chat: place.chat, who: place.who, word, asked });
                self.note_deed(place.chat, word, asked);
                self.drain();
            }
            Op::Pass { ms, awake } => self.pass(ms, awake),
            Op::Watch(name) => self.watch(name),
            Op::Unwatch(name) => {
                if let Some(watch) = self.watches.get_mut(name).and_then(Vec::pop) {
                    self.machine.unwatch(watch, self.now);
                    self.note(What::Unwatched(name));
                    self.drain();
                }
            }
            Op::Grants(grants) => self.grants = grants,
            Op::Session(works) => {
                let state = if works { SessionState::Working } else { SessionState::Stopped };
                self.machine.handle_session(state, true, self.now);
                self.note(What::Session(works));
                self.drain();
            }
            Op::Feed(open) => {
                if open {
                    self.machine.handle_feed_open(self.now, self.now);
                } else {
                    self.machine.handle_feed_down(self.now);
                }
                self.note(What::Feed(open));
                self.drain();
            }
            Op::Alias => self.alias(),
        }
        self.wake();
    }

    fn watch(&mut self, name: Name) {
        let watched = self.machine.find(name).is_some_and(|key| self.machine.watched_chats().any(|other| other == key));
        let id = Id::parse(name).expect("stories use real ids");
        let watch = self.machine.watch(&id, Priority::Visible, self.now);
        self.watches.entry(name).or_default().push(watch);
        self.note(What::Watched(name));
        if !watched {
            self.see_first(name);
        }
        self.drain();
    }

    fn alias(&mut self) {
        let before: Vec<_> = self.machine.watched_chats().collect();
        self.machine.add_alias(&address(ANA_LID), &address(ANA), self.wall(), self.now);
        self.note(What::Alias);
        self.aliased_at = Some(self.now);
        if self.machine.find(ANA).is_some_and(|key| !before.contains(&key)) {
            self.see_first(ANA);
        }
        self.drain();
    }

    /// Whoever begins to watch reads what there is to see.
    fn see_first(&mut self, name: Name) {
        let key = self.machine.find(name).expect("it is watched");
        self.seen.insert(key, self.machine.snapshot(key).expect("it is watched"));
    }

    fn send(&mut self, place: Place, deed: Deed, fate: Fate) {
        let (delay, again) = match fate {
            Fate::Late(ms) => (ms, None),
            Fate::Twice(ms) => (0, Some(ms)),
            Fate::Undated => (0, None),
            Fate::Lost => return,
        };
        self.letters += 1;
        let age_ms = if let Deed::Writes { age_ms } = deed { age_ms } else { 0 };
        let stamp = UnixMs::from_ms(self.wall().as_ms().saturating_add_signed(self.skew_ms));
        let letter = Letter {
            due: self.now + delay,
            number: self.letters,
            stamp: Some(stamp).filter(|_| !matches!(fate, Fate::Undated)),
            sent_at: UnixMs::from_ms((self.wall().as_ms() - age_ms) / 1_000 * 1_000),
            place,
            deed,
        };
        if let Some(ms) = again {
            self.post.push(Letter { due: self.now + ms, ..letter.clone() });
        }
        self.post.push(letter);
        self.pass(0, true);
    }

    /// Lets time pass: letters arrive when they are due, timers fire only in a tab that is awake.
    fn pass(&mut self, ms: u64, awake: bool) {
        let end = self.now + ms;
        loop {
            let letter = self.post.iter().map(|letter| letter.due).min();
            let timer = self.machine.poll_timeout(self.now).map(|(at, _)| at).filter(|_| awake);
            let Some(next) = letter.into_iter().chain(timer).min().filter(|next| *next <= end) else { break };
            self.now = next.max(self.now);
            if !awake {
                self.awake_since = self.now;
            }
            match self.post.iter().position(|letter| letter.due <= next) {
                Some(first) => {
                    let letter = self.post.remove(first);
                    self.deliver(&letter);
                }
                None => self.wake(),
            }
            if self.compared {
                self.check();
            }
        }
        self.now = end;
        if !awake {
            self.awake_since = end;
        }
        self.wake();
    }

    fn wake(&mut self) {
        self.machine.handle_timeout(self.now);
        self.drain();
    }

    fn deliver(&mut self, letter: &Letter) {
        let Letter { number, stamp, sent_at, place: Place { chat, who }, deed, .. } = *letter;
        let (envelope_id, message_id) = (format!("evt_{number}"), format!("msg_{number}"));
        let observation = match deed {
            Deed::Says(word) => Observation::Presence {
                chat: address(chat),
                reports: vec![Report { participant: address(who), word, last_seen: None, began: None }].into(),
                complete: false,
            },
            Deed::Writes { .. } => Observation::Message {
                chat: address(chat),
                sender: address(who),
                from_me: false,
                id: &message_id,
                sent_at: Some(sent_at),
            },
        };
        let envelope = Envelope { id: Some(&envelope_id), stamp, own: [None, None], aliases: vec![], observation };
        self.machine.handle_envelope(&envelope, self.wall(), self.now);
        self.learn(letter);
        self.drain();
        self.wake();
    }

    /// What the model makes of a letter: a fact, unless it came before.
    fn learn(&mut self, letter: &Letter) {
        let Letter { number, stamp, sent_at, place: Place { chat, who }, deed, .. } = *letter;
        let again = |(other, at): &(u64, Instant)| *other == number && self.now.since(*at) <= KEEP_MS;
        if self.arrived.iter().any(again) {
            return;
        }
        self.arrived.push((number, self.now));
        let at = self.clock.date(stamp, self.now);
        match deed {
            Deed::Says(word) => {
                self.note_deed(chat, word, at);
                self.note(What::Said { chat, who, word, at });
            }
            Deed::Writes { .. } => {
                let age = self.clock.age(sent_at, self.wall(), self.now);
                let fresh = age < FRESH_MS;
                let at = if fresh { at } else { self.now - age.unsigned_abs() };
                self.note(What::Wrote { chat, who, fresh, at });
            }
        }
    }

    fn note_deed(&mut self, chat: Name, word: Word, at: Instant) {
        if matches!(word, Word::Typing | Word::Recording) {
            let chat = if chat == ANA_LID { ANA } else { chat };
            self.last_deed.entry(chat).and_modify(|last| *last = at.max(*last)).or_insert(at);
        }
    }

    fn note(&mut self, what: What) {
        self.model.note(self.now, what);
    }

    fn drain(&mut self) {
        loop {
            while let Some(notice) = self.machine.poll_notice() {
                let snapshot = self.machine.snapshot(notice.chat).expect("a notice names a chat we know");
                self.is_worth_hearing(notice.chat, &snapshot);
                self.seen.insert(notice.chat, snapshot.clone());
                self.heard.push((self.now, notice.cause, snapshot));
            }
            let Some(intent) = self.machine.poll_intent(self.now) else { return };
            self.calls.push((self.now, intent.clone()));
            let Intent::Subscribe { chat, id } = intent else { continue };
            if self.grants {
                self.machine.handle_subscribed(chat, self.now, self.now);
                let name = [ANA, ANA_LID, BEN, TEAM].into_iter().find(|name| *name == id.as_str());
                self.note(What::Granted(name.expect("stories watch people they know")));
            } else {
                let error = Error::new(ErrorCode::Network, "the gateway is away");
                self.machine.handle_subscribe_failed(chat, &error, self.now);
            }
        }
    }

    /// A change is one, and at least the interval after the one before.
    fn is_worth_hearing(&self, key: ChatKey, snapshot: &Snapshot) {
        let same = |(_, _, other): &&(Instant, Cause, Snapshot)| other.chat == snapshot.chat;
        if let Some((before, _, _)) = self.heard.iter().rev().find(same) {
            assert!(self.now.since(*before) >= NOTIFY_MS, "heard at {before:?} and at {:?}", self.now);
        }
        let joined = self.aliased_at.is_some_and(|at| at.max(self.awake_since) + NOTIFY_MS >= self.now);
        if let Some(seen) = self.seen.get(&key).filter(|_| !joined) {
            assert_ne!(visible(seen), visible(snapshot), "no change at {:?}", self.now);
        }
    }

    fn wall(&self) -> UnixMs {
        UnixMs::from_ms(EPOCH_MS + self.now.as_ms())
    }
}

fn address(id: &str) -> Address<'_> {
    Address::parse(id).expect("stories use real ids")
}
