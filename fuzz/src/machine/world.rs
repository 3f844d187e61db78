//! Gateway, application and clock around one machine, as far as a story needs them.
//!
//! It obeys the drain contract, gives every call at most one outcome, and notes what invariants are checked against.

use std::collections::{BTreeMap, VecDeque};

use wa_presence::machine::error::Error;
use wa_presence::machine::few::Few;
use wa_presence::machine::happening::{Happening, What};
use wa_presence::machine::id::{Address, Id};
use wa_presence::machine::observation::{Envelope, Observation, Report, Word};
use wa_presence::machine::time::{Instant, UnixMs};
use wa_presence::machine::typing::ActivityKind;
use wa_presence::machine::{ChatKey, Config, Intent, LeaseTerms, Machine, PersonKey, Priority, WatchId};

use super::invariants;
use super::ops::{Op, Setting, Stamp};

/// Everybody and every chat a story can speak of: contacts, hidden ids, groups, a newsletter, and contacts to fill caps with.
pub(crate) const IDS: [&str; 20] = [
    "15550001111@c.us",
    "15550002222@c.us",
    "15550003333@c.us",
    "15550004444@c.us",
    "900000001@lid",
    "900000002@lid",
    "900000003@lid",
    "120363000000000001@g.us",
    "120363000000000002@g.us",
    "120363000000000003@newsletter",
    "15550010000@c.us",
    "15550010001@c.us",
    "15550010002@c.us",
    "15550010003@c.us",
    "15550010004@c.us",
    "15550010005@c.us",
    "15550010006@c.us",
    "15550010007@c.us",
    "15550010008@c.us",
    "15550010009@c.us",
];

/// Virtual time starts well after the origin, so that the past can be named.
const START: Instant = Instant::from_ms(1_000_000_000);
/// Wall time at virtual zero.
const EPOCH_MS: u64 = 1_785_000_000_000;
/// Longer than every TTL, grace and lease, in ms.
const LONG_MS: u64 = 3_600_000;
/// Nothing keeps a driver busy for longer than this many rounds without a new input or a new moment.
const ROUNDS: usize = 1_000;

pub(crate) struct World {
    pub(crate) machine: Machine,
    pub(crate) now: Instant,
    /// Since when the places among the served chats are not shared out as they should be, if only time passed since.
    pub(crate) uneven_since: Option<Instant>,
    pub(crate) watches: Vec<(WatchId, Priority)>,
    /// When somebody was last said to be typing or recording, by chat and person, as delivered.
    pub(crate) typed: BTreeMap<(usize, usize), Instant>,
    /// What somebody began, as it was told, and did not end.
    pub(crate) going_on: BTreeMap<(ChatKey, PersonKey), ActivityKind>,
    /// How many changes listeners heard.
    pub(crate) heard: u64,
    heard_at: BTreeMap<ChatKey, Instant>,
    /// Ids that were ever said to be one person lead to one of them.
    same: [usize; IDS.len()],
    in_flight: Vec<(ChatKey, Instant)>,
    /// When subscribe calls left, within the window of the budget.
    called: VecDeque<Instant>,
    looked_up_at: Option<Instant>,
    halted: bool,
    skew_ms: i64,
    next_id: u64,
}

impl World {
    pub(crate) fn new(setting: &Setting) -> Self {
        let config = Config {
            subscribes: setting.subscribes,
            looks_up_aliases: setting.looks_up,
            max_watched: setting.max_watched,
            max_unwatched: setting.max_unwatched,
            max_members: setting.max_members,
            max_people: setting.max_people,
            lease: LeaseTerms { sure_ms: 60_000, max_ms: 300_000 },
            tells: true,
            ..Config::default()
        };
        let mut machine = Machine::new(config);
        if setting.feed {
            machine.handle_feed_down(START);
        }
        Self {
            machine,
            now: START,
            uneven_since: None,
            watches: Vec::new(),
            typed: BTreeMap::new(),
            going_on: BTreeMap::new(),
            heard: 0,
            heard_at: BTreeMap::new(),
            same: std::array::from_fn(|id| id),
            in_flight: Vec::new(),
            called: VecDeque::new(),
            looked_up_at: None,
            halted: false,
            skew_ms: 0,
            next_id: 0,
        }
    }

    pub(crate) fn perform(&mut self, op: &Op) {
        if let Op::Pass { ms } = op {
            return self.pass(*ms);
        }
        if let Op::Next = op {
            return self.pass_to_next();
        }
        if let Op::Freeze { ms } = op {
            self.freeze(*ms);
        } else {
            self.tell(op);
            self.drain();
        }
        self.uneven_since = None;
    }

    /// The story is over: everything that can expire does.
    pub(crate) fn end(&mut self) {
        self.freeze(LONG_MS);
        self.pass(self.machine.config().notify_interval_ms);
    }

    /// Whether two ids were ever said to be one person.
    pub(crate) fn are_one(&self, a: usize, b: usize) -> bool {
        self.root(a) == self.root(b)
    }

    fn tell(&mut self, op: &Op) {
        let (now, wall) = (self.now, self.wall());
        match op {
            Op::Push { chat, who, word, stamp, last_seen, id } => {
                let report = self.report(*chat, *who, *word, *last_seen, Stamp::Absent);
                let observation =
                    Observation::Presence { chat: address(*chat), reports: Few::One(report), complete: false };
                self.deliver(*stamp, *id, observation);
            }
            Op::List { chat, reports, complete } => {
                let reports = reports
                    .iter()
                    .map(|(who, word)| self.report(*chat, *who, *word, Stamp::Absent, Stamp::Absent))
                    .collect::<Vec<_>>()
                    .into();
                let observation = Observation::Presence { chat: address(*chat), reports, complete: *complete };
                self.deliver(Stamp::Aged(0), 0, observation);
            }
            Op::Read { chat, who, word, age_ms, began } => {
                let report = self.report(*chat, *who, *word, Stamp::Absent, *began);
                self.machine.handle_read(&address(*chat), &[report], false, now - *age_ms, wall, now);
            }
            Op::Message { chat, who, sent, from_me, id } => {
                let name = if *id == 0 { self.fresh_id() } else { format!("msg_{}", id % 4) };
                let observation = Observation::Message {
                    chat: address(*chat),
                    sender: address(*who),
                    from_me: *from_me,
                    id: &name,
                    sent_at: self.stamp(*sent, 0),
                };
                self.deliver(Stamp::Aged(0), 0, observation);
            }
            Op::Noise { kind } => self.make_noise(*kind),
            Op::Watch { chat, priority } => {
                let id = Id::parse(IDS[chat % IDS.len()]).expect("the ids here are real");
                self.watches.push((self.machine.watch(&id, *priority, now), *priority));
            }
            Op::Unwatch { which } if !self.watches.is_empty() => {
                let (watch, _) = self.watches.remove(which % self.watches.len());
                self.machine.unwatch(watch, now);
            }
            Op::SetPriority { which, priority } if !self.watches.is_empty() => {
                let at = which % self.watches.len();
                self.watches[at].1 = *priority;
                self.machine.set_priority(self.watches[at].0, *priority, now);
            }
            Op::Alias { lid, contact } => {
                // The last three of seven are the hidden ids.
                let (lid, contact) = (4 + lid % 3, contact % 4);
                let (root, other) = (self.root(lid), self.root(contact));
                self.same.iter_mut().filter(|of| **of == other).for_each(|of| *of = root);
                self.machine.add_alias(&address(lid), &address(contact), wall, now);
            }
            Op::Own { who } => self.machine.note_own(&[address(*who)]),
            Op::Session { state, pushed } => self.machine.handle_session(*state, *pushed, now),
            Op::FeedDown => self.machine.handle_feed_down(now),
            Op::FeedOpen => self.machine.handle_feed_open(now, now),
            Op::NoFeed => self.machine.handle_no_feed(now),
            Op::SideSubscription { chat } => {
                if let Some(key) = self.machine.find(IDS[chat % IDS.len()]) {
                    self.machine.handle_side_subscription(key, now, now);
                }
            }
            Op::Granted { which } => self.answer(*which, |machine, chat, sent_at| {
                machine.handle_subscribed(chat, sent_at, now);
            }),
            Op::Failed { which, code } => {
                let error = Error { status: Some(500), ..Error::new(*code, "the gateway's words") };
                self.answer(*which, |machine, chat, _| machine.handle_subscribe_failed(chat, &error, now));
            }
            Op::Redirected { which } => {
                self.answer(*which, |machine, chat, _| machine.handle_subscribe_redirected(chat, now));
            }
            Op::Halt(true) => {
                self.halted = true;
                self.machine.halt_calls();
            }
            Op::Halt(false) => {
                self.halted = false;
                self.machine.resume_calls();
            }
            Op::Skew(ms) => self.skew_ms = *ms,
            Op::Unwatch { .. } | Op::SetPriority { .. } | Op::Pass { .. } | Op::Freeze { .. } | Op::Next => {}
        }
    }

    /// The outcome of a call, if one is on its way.
    fn answer(&mut self, which: usize, outcome: impl FnOnce(&mut Machine, ChatKey, Instant)) {
        if !self.in_flight.is_empty() {
            let (chat, sent_at) = self.in_flight.remove(which % self.in_flight.len());
            outcome(&mut self.machine, chat, sent_at);
        }
    }

    fn make_noise(&mut self, kind: u8) {
        let observation = match kind % 4 {
            0 => Observation::Unknown,
            1 => Observation::Receipt { chat: address(0), id: "msg_1", read: kind & 4 == 4 },
            2 => Observation::Presence { chat: address(usize::from(kind)), reports: Few::None, complete: true },
            _ => return self.machine.note_invalid_ids(u64::from(kind)),
        };
        self.deliver(Stamp::Aged(0), 0, observation);
    }

    /// Delivers an observation under a fresh id, none (1), or one of a few that come again.
    fn deliver(&mut self, stamp: Stamp, id: u8, observation: Observation<'_>) {
        let name = if id > 1 { format!("evt_{}", id % 4) } else { self.fresh_id() };
        let envelope = Envelope {
            id: (id != 1).then_some(name.as_str()),
            stamp: self.stamp(stamp, self.skew_ms),
            own: [None, None],
            aliases: Vec::new(),
            observation,
        };
        self.machine.handle_envelope(&envelope, self.wall(), self.now);
    }

    /// What is said of somebody; noted here if it is that they type or record.
    fn report(&mut self, chat: usize, who: usize, word: Word, last_seen: Stamp, began: Stamp) -> Report<'static> {
        if matches!(word, Word::Typing | Word::Recording) {
            self.typed.insert((chat % IDS.len(), who % IDS.len()), self.now);
        }
        Report {
            participant: address(who),
            word,
            last_seen: self.stamp(last_seen, 0),
            began: self.stamp(began, self.skew_ms),
        }
    }

    /// Lets time pass, waking the machine whenever it asked for it.
    fn pass(&mut self, ms: u64) {
        let end = self.now + ms;
        while let Some((at, _)) = self.machine.poll_timeout(self.now)
            && at <= end
        {
            self.now = at.max(self.now);
            self.machine.handle_timeout(self.now);
            self.drain();
            invariants::check(self);
        }
        self.now = end;
    }

    /// Lets time pass without waking the machine: a throttled or sleeping page.
    fn freeze(&mut self, ms: u64) {
        self.now = self.now + ms;
        self.machine.handle_timeout(self.now);
        self.drain();
    }

    fn pass_to_next(&mut self) {
        if let Some((at, _)) = self.machine.poll_timeout(self.now) {
            self.pass(at.since(self.now));
        }
    }

    /// Nobody begins twice, and nobody ends what they did not begin.
    fn happen(&mut self, happening: &Happening) {
        assert!(happening.at <= self.now, "it has not happened yet");
        let Some(person) = happening.person else { return };
        match happening.what {
            What::Began(kind) => {
                assert_eq!(self.going_on.insert((happening.chat, person), kind), None, "begun twice");
            }
            What::Ended(kind, _) => {
                assert_eq!(self.going_on.remove(&(happening.chat, person)), Some(kind), "ended without a beginning");
            }
            What::Availability(..) | What::Message | What::Read | What::Knowledge(_) | What::Joined(_) => {}
        }
    }

    /// Carries out what the machine wants until it wants nothing more at this moment.
    fn drain(&mut self) {
        for _ in 0..ROUNDS {
            while let Some(notice) = self.machine.poll_notice() {
                self.hear(notice.chat);
            }
            while let Some(happening) = self.machine.poll_happening() {
                self.happen(&happening);
            }
            if let Some(intent) = self.machine.poll_intent(self.now) {
                self.call(intent);
                continue;
            }
            match self.machine.poll_timeout(self.now) {
                Some((at, _)) if at <= self.now => self.machine.handle_timeout(self.now),
                Some(_) | None => return,
            }
        }
        panic!("the machine is never done with one moment");
    }

    fn hear(&mut self, chat: ChatKey) {
        assert!(self.machine.snapshot(chat).is_some(), "a notice names a chat we know");
        self.heard += 1;
        let last = self.heard_at.insert(chat, self.now);
        let interval = self.machine.config().notify_interval_ms;
        assert!(last.is_none_or(|at| self.now.since(at) >= interval), "listeners hear more often than they should");
    }

    fn call(&mut self, intent: Intent) {
        let config = self.machine.config();
        assert!(config.subscribes && self.machine.session_ready() && !self.halted, "a call that must not be made");
        if let Intent::Subscribe { chat, id } = &intent {
            assert!(self.machine.is_watched(*chat), "a call for a chat that nobody watches");
            assert_eq!(self.machine.id_of(*chat), Some(id));
            assert!(self.in_flight.len() < config.max_in_flight, "too many calls at once");
            while self.called.front().is_some_and(|at| self.now.since(*at) >= config.window_ms) {
                self.called.pop_front();
            }
            self.called.push_back(self.now);
            assert!(self.called.len() as u64 <= config.budget, "more calls than any window has room for");
            self.in_flight.push((*chat, self.now));
        }
        if let Intent::LookUp { .. } = &intent {
            let early = self.looked_up_at.is_some_and(|at| self.now.since(at) < config.look_up_interval_ms);
            assert!(!early, "look-ups follow each other too closely");
            self.looked_up_at = Some(self.now);
        }
    }

    fn wall(&self) -> UnixMs {
        UnixMs::from_ms(EPOCH_MS + self.now.as_ms())
    }

    fn stamp(&self, stamp: Stamp, skew_ms: i64) -> Option<UnixMs> {
        let gateway_ms = self.wall().as_ms().saturating_add_signed(skew_ms);
        match stamp {
            Stamp::Absent => None,
            Stamp::Aged(ms) => Some(UnixMs::from_ms(gateway_ms.saturating_sub(ms))),
            Stamp::Ahead(ms) => Some(UnixMs::from_ms(gateway_ms.saturating_add(ms))),
            Stamp::Raw(stamp) => UnixMs::from_stamp(stamp),
        }
    }

    fn fresh_id(&mut self) -> String {
        self.next_id += 1;
        format!("evt_fresh_{}", self.next_id)
    }

    fn root(&self, id: usize) -> usize {
        self.same[id % IDS.len()]
    }
}

fn address(id: usize) -> Address<'static> {
    Address::parse(IDS[id % IDS.len()]).expect("the ids here are real")
}
