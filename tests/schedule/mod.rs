//! A machine at a gateway of moods, in virtual time; every call is judged as it leaves.

pub(crate) mod op;

use std::collections::{BTreeMap, BTreeSet};

use op::{Answer, CHATS, Op};
use wa_presence::machine::error::{Error, ErrorCode};
use wa_presence::machine::id::Id;
use wa_presence::machine::knowledge::{Knowledge, Lapse, Wait};
use wa_presence::machine::time::Instant;
use wa_presence::machine::{ChatKey, Config, Intent, LeaseTerms, Machine, Priority, SessionState, WatchId};

const START_MS: u64 = 10_000_000;
/// A client gives up on an answer after this, in ms.
const TIMEOUT_MS: u64 = 20_000;
/// The longest the machine may wait of its own accord before it tries one chat again, and what it adds to a pause, in ms.
const PATIENCE_MS: u64 = 60_000 + 5_000 + 30_000;
/// A budget that was hurt as much as can be is whole again after this, in ms.
const HEALED_MS: u64 = 1_100_000;

/// A call on its way.
#[derive(Clone, Copy, Debug)]
struct Call {
    due: Instant,
    sent_at: Instant,
    chat: ChatKey,
    answer: Answer,
}

pub(crate) struct Stage {
    pub(crate) machine: Machine,
    now: Instant,
    answer: Answer,
    delay_ms: u64,
    on_the_way: Vec<Call>,
    watches: BTreeMap<usize, Vec<(WatchId, Priority)>>,
    /// Every call, with when it left and for whom.
    /// After so many that nobody works in are owed a call.
    focused_in_a_row: u32,
    pub(crate) calls: Vec<(Instant, ChatKey)>,
    focused_at: Option<Instant>,
    /// No call before this: the gateway said so.
    silent_until: Instant,
    /// Whether the budget was ever hurt.
    refused: bool,
    /// Chats whose last call got lost: they wait for a while before they come back into the queue.
    lost: BTreeSet<ChatKey>,
    granted_at: BTreeMap<ChatKey, Instant>,
}

impl Stage {
    pub(crate) fn new(seed: u64) -> Self {
        let lease = LeaseTerms { sure_ms: 20_000, max_ms: 60_000 };
        // What is known is compared at every step, so nothing of it may be held back.
        let config = Config { lease, notify_interval_ms: 0, looks_up_aliases: false, seed, ..Config::default() };
        let now = Instant::from_ms(START_MS);
        Self {
            machine: Machine::new(config),
            now,
            answer: Answer::Granted,
            delay_ms: 0,
            on_the_way: Vec::new(),
            watches: BTreeMap::new(),
            focused_in_a_row: 0,
            calls: Vec::new(),
            focused_at: None,
            silent_until: now,
            refused: false,
            lost: BTreeSet::new(),
            granted_at: BTreeMap::new(),
        }
    }

    pub(crate) fn tell(&mut self, story: &[Op]) {
        for op in story {
            match *op {
                Op::Watch { from, chats, priority } => {
                    (from..from + chats).for_each(|chat| self.watch(chat % CHATS, priority));
                }
                Op::Unwatch(chat) => self.unwatch(chat),
                Op::SetPriority(chat, priority) => self.set_priority(chat, priority),
                Op::Answer(answer) => self.answer = answer,
                Op::Delay(ms) => self.delay_ms = ms,
                Op::Session(works) => self.session(works),
                Op::Pass { ms, awake } => self.pass(ms, awake),
            }
            self.settle();
            self.what_is_known_is_one_thing();
        }
    }

    fn watch(&mut self, chat: usize, priority: Priority) {
        let id = Id::parse(&id_of(chat)).expect("an id");
        let watch = self.machine.watch(&id, priority, self.now);
        self.watches.entry(chat).or_default().push((watch, priority));
    }

    fn unwatch(&mut self, chat: usize) {
        let Some(watches) = self.watches.get_mut(&chat).filter(|watches| !watches.is_empty()) else { return };
        let (watch, _) = watches.remove(0);
        self.machine.unwatch(watch, self.now);
    }

    fn set_priority(&mut self, chat: usize, priority: Priority) {
        let Some((watch, known)) = self.watches.get_mut(&chat).and_then(|watches| watches.first_mut()) else { return };
        *known = priority;
        self.machine.set_priority(*watch, priority, self.now);
    }

    fn session(&mut self, works: bool) {
        if works != self.machine.session_ready() {
            // Whoever waited for another try is in the queue now.
            self.lost.clear();
        }
        let state = if works { SessionState::Working } else { SessionState::Starting };
        self.machine.handle_session(state, true, self.now);
        if works {
            self.lost.clear();
        }
    }

    pub(crate) fn gateway_allows(&mut self) {
        (self.answer, self.delay_ms) = (Answer::Granted, 100);
        if !self.machine.session_ready() {
            self.session(true);
        }
        self.settle();
    }

    pub(crate) fn nobody_watches(&mut self) {
        for chat in 0..CHATS {
            while self.watches.get(&chat).is_some_and(|watches| !watches.is_empty()) {
                self.unwatch(chat);
            }
        }
        self.pass(TIMEOUT_MS, true);
    }

    /// Answers arrive when they are due; timers fire only in a tab that is awake.
    pub(crate) fn pass(&mut self, ms: u64, awake: bool) {
        let end = self.now + ms;
        while let Some(next) = self.next_event().filter(|next| awake && *next <= end) {
            self.now = next.max(self.now);
            self.settle();
        }
        self.now = end;
        self.settle();
    }

    fn next_event(&self) -> Option<Instant> {
        let answer = self.on_the_way.iter().map(|call| call.due).min();
        let timer = self.machine.poll_timeout(self.now).map(|(at, _)| at);
        answer.into_iter().chain(timer).min()
    }

    /// Everything due happens, and every call that may leave does.
    fn settle(&mut self) {
        loop {
            self.machine.handle_timeout(self.now);
            while self.machine.poll_notice().is_some() {}
            while let Some(intent) = self.machine.poll_intent(self.now) {
                if let Intent::Subscribe { chat, .. } = intent {
                    self.leave(chat);
                }
            }
            let Some(first) = self.on_the_way.iter().position(|call| call.due <= self.now) else { break };
            let call = self.on_the_way.remove(first);
            self.hear(call);
        }
    }

    fn leave(&mut self, chat: ChatKey) {
        let (now, config) = (self.now, self.machine.config());
        let priority = self.machine.priority(chat).expect("no call for whom nobody watches");
        assert!(
            now >= self.silent_until,
            "a call at {now:?} though the gateway wants none before {:?}",
            self.silent_until
        );
        assert!(self.machine.session_ready(), "a call for a session that does not work");
        let nth_last = usize::try_from(config.budget).ok().and_then(|budget| self.calls.len().checked_sub(budget));
        if let Some((before, _)) = nth_last.map(|at| self.calls[at]) {
            assert!(now.since(before) >= config.window_ms, "above the budget at {now:?}");
        }
        let owed = self.focused_in_a_row + 1 >= config.floor;
        self.focused_in_a_row = if priority == Priority::Focused { self.focused_in_a_row + 1 } else { 0 };
        if priority == Priority::Focused {
            self.focused_at = Some(now);
        } else if !owed && self.focused_at.is_none_or(|at| now.since(at) > 50) {
            // Those are told apart by a moment; apart from it nobody goes before them.
            assert_eq!(self.first_focused(), None, "waits behind {priority:?} at {now:?}");
        }
        assert!(self.on_the_way.iter().all(|call| call.chat != chat), "asked for twice at once");
        self.lost.remove(&chat);
        self.calls.push((now, chat));
        let wait = if matches!(self.answer, Answer::Lost) { TIMEOUT_MS } else { self.delay_ms };
        self.on_the_way.push(Call { due: now + wait, sent_at: now, chat, answer: self.answer });
        let in_flight = self.machine.calls().1;
        assert!(in_flight == self.on_the_way.len() && in_flight <= config.max_in_flight, "{in_flight} in flight");
    }

    /// A focused chat that waits for its first call, or for one after another was refused.
    fn first_focused(&self) -> Option<ChatKey> {
        let waits = |key: &ChatKey| {
            self.machine.priority(*key) == Some(Priority::Focused)
                && self.machine.lease(*key).is_none_or(|lease| lease.max_until <= self.now)
                && !self.lost.contains(key)
                && self.on_the_way.iter().all(|call| call.chat != *key)
        };
        self.machine.followed_chats().find(waits)
    }

    fn hear(&mut self, call: Call) {
        let Call { chat, sent_at, answer, .. } = call;
        let error = |code| Error::new(code, "the gateway is in a mood");
        match answer {
            Answer::Granted => {
                self.machine.handle_subscribed(chat, sent_at, self.now);
                self.granted_at.insert(chat, self.now);
            }
            Answer::TooMany(wait) => {
                let error = Error { retry_after_ms: wait, ..error(ErrorCode::RateLimited) };
                self.machine.handle_subscribe_failed(chat, &error, self.now);
                let wait = wait.unwrap_or(self.machine.config().rate_limit_pause_ms);
                self.silent_until = self.silent_until.max(self.now + wait);
                self.refused = true;
            }
            Answer::NotReady => {
                self.machine.handle_session(SessionState::Starting, false, self.now);
                self.machine.handle_subscribe_failed(chat, &error(ErrorCode::NotReady), self.now);
            }
            Answer::Lost => {
                self.machine.handle_subscribe_failed(chat, &error(ErrorCode::Timeout), self.now);
                self.lost.insert(chat);
            }
        }
    }

    /// Of every chat one thing is known, and it is what its lease and the session allow.
    fn what_is_known_is_one_thing(&self) {
        let (waiting, in_flight) = self.machine.calls();
        assert!(waiting <= self.machine.followed_chats().count(), "a chat waits twice, or in vain");
        assert!(in_flight <= self.machine.config().max_in_flight);
        for chat in 0..CHATS {
            let Some(key) = self.machine.find(&id_of(chat)) else { continue };
            let known = self.machine.snapshot(key).expect("it was found").knowledge;
            let lease = self.machine.lease(key).filter(|lease| lease.max_until > self.now);
            let followed = self.watches.get(&chat).is_some_and(|watches| !watches.is_empty());
            let highest = self.watches.get(&chat).and_then(|watches| watches.iter().map(|(_, of)| *of).min());
            assert_eq!(self.machine.priority(key), highest);
            assert!(!followed || known != Knowledge::Unwatched, "{chat} at {:?}", self.now);
            assert_eq!(known == Knowledge::Unwatched, !self.machine.is_watched(key), "{chat} at {:?}", self.now);
            let fits = match known {
                Knowledge::Unwatched => lease.is_none(),
                Knowledge::Waiting(Wait::Queued) | Knowledge::Lapsed(Lapse::Lease) => {
                    lease.is_none() && self.machine.session_ready()
                }
                Knowledge::Waiting(Wait::Asked | Wait::Silent) => self.machine.session_ready(),
                // A call that left in the millisecond of the loss may still be granted: it is asked again on the return.
                Knowledge::Lapsed(Lapse::Session) => !self.machine.session_ready(),
                // Nobody pushes anything here, nothing is hidden, and no chat is refused.
                Knowledge::Live { .. } | Knowledge::Lapsed(Lapse::Feed) => false,
                Knowledge::Hidden(_) | Knowledge::Refused(_) => false,
            };
            assert!(fits, "{known:?} with {lease:?} at {:?}", self.now);
        }
    }

    /// From now on the gateway grants everything. Each chat is granted within what is left of pauses, a few tries and one turn
    /// of everybody, at one turn in twelve.
    pub(crate) fn all_are_granted_in_time(&mut self) {
        self.gateway_allows();
        let from = self.now;
        let config = self.machine.config();
        let turns = CHATS as u64 * u64::from(config.floor) * config.window_ms / (config.budget - config.reserved);
        // A refusal may still be on its way.
        let refused = self.refused || self.on_the_way.iter().any(|call| matches!(call.answer, Answer::TooMany(_)));
        let hurt = if refused { HEALED_MS } else { 0 };
        let pause = self.silent_until.since(from);
        let until = from + pause + PATIENCE_MS + TIMEOUT_MS + config.window_ms + turns + hurt;
        let unserved = |stage: &Self| {
            let served = |key| stage.granted_at.get(&key).is_some_and(|at| *at >= from);
            stage.machine.followed_chats().find(|key| !served(*key))
        };
        while unserved(self).is_some() && self.now < until {
            // An answer of before may have said once more that the session does not work.
            self.gateway_allows();
            self.pass(5_000, true);
            self.what_is_known_is_one_thing();
        }
        assert_eq!(unserved(self), None, "not granted by {until:?}, since {from:?}");
    }
}

fn id_of(chat: usize) -> String {
    format!("1555000{chat:04}@c.us")
}
