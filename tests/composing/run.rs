//! Somebody who types at a gateway of moods, in virtual time: every call is judged as it leaves, and what people are shown is known.

use std::collections::{BTreeMap, BTreeSet};

use crate::gateway::{Answer, Sent, Vendor, sent};
use crate::op::{CHATS, Lands, Mood, Op};
use crate::support::{EPOCH_MS, START_MS};
use wa_presence::gateway::http::Secret;
use wa_presence::machine::Config;
use wa_presence::machine::id::Id;
use wa_presence::machine::time::{Instant, UnixMs};
use wa_presence::patterns::composer::ComposerId;
use wa_presence::session::{ConnectionState, RequestId, Session, Setup};

/// Least distance between two starts that say the same, with nothing between them, and between any two, in ms.
const REFRESH_MS: u64 = 8_000;
const RESTART_MS: u64 = 1_000;
/// Calls beside subscriptions, and the window for so many, in ms.
const BUDGET: (usize, u64) = (60, 62_000);
/// So many stops that fail in a row say that the gateway is out of reach.
const TRIES: u32 = 4;
/// The longest that anything is shown that nobody ends, five minutes, and what the last calls may take, in ms.
const TAIL_MS: u64 = 300_000 + 120_000 + 200_000;
/// So many wake-ups at one instant are a session that never sleeps.
const SLEEPLESS: usize = 200;
const CALM: Mood = Mood { answer: Answer::Done, delay_ms: 100, lands: Lands::Early };

/// A call on its way.
#[derive(Debug)]
struct Call {
    due: Instant,
    id: RequestId,
    sent: Sent,
    answer: Answer,
    lands: Lands,
    /// The page went since: whatever becomes of it is nothing to the one that came back.
    stale: bool,
}

/// What is known of one chat from outside.
#[derive(Debug, Default)]
struct Chat {
    /// Whether people see us there.
    shown: bool,
    started: Option<(Instant, &'static str)>,
    /// Since the last start: a stop left, or it was refused, or everything was lost.
    freed: bool,
    failed_stops: u32,
    /// The gateway refused the stop, or is out of reach: nothing more can be done.
    excused: bool,
    /// The last stop was taken, and nothing begun since.
    stopped: bool,
}

pub(crate) struct Run {
    session: Session,
    vendor: Vendor,
    now: Instant,
    moods: std::vec::IntoIter<Mood>,
    works: bool,
    on_the_way: Vec<Call>,
    composers: Vec<ComposerId>,
    chats: BTreeMap<String, Chat>,
    /// Every call that shows something or ends it: when, what, of whom.
    pub(crate) calls: Vec<(Instant, &'static str, String)>,
    /// No start before: the gateway said so.
    silent_until: Instant,
    keys: u32,
    events: u32,
}

impl Run {
    pub(crate) fn new(vendor: Vendor, moods: Vec<Mood>) -> Self {
        let now = Instant::from_ms(START_MS);
        let (gateway, machine) = (vendor.gateway(), Config::default());
        let setup = Setup { gateway, machine, feed: false, credential: true, log_entries: 0, max_body_bytes: 1 << 20 };
        let mut run = Self {
            session: Session::new(setup, now),
            vendor,
            now,
            moods: moods.into_iter(),
            works: true,
            on_the_way: Vec::new(),
            composers: Vec::new(),
            chats: (0..CHATS).map(|chat| (id_of(chat), Chat::default())).collect(),
            calls: Vec::new(),
            silent_until: now,
            keys: 0,
            events: 0,
        };
        run.pass(1_000, true);
        run
    }

    pub(crate) fn tell(&mut self, story: &[Op]) {
        for op in story {
            self.step(op);
            self.settle();
        }
    }

    fn step(&mut self, op: &Op) {
        let now = self.now;
        let composer = |who: usize| self.composers.get(who.checked_rem(self.composers.len())?).copied();
        match *op {
            Op::Open(chat) => {
                let id = Id::parse(&id_of(chat)).expect("an id");
                self.composers.push(self.session.open_composer(&id).expect("there is room"));
            }
            Op::Keystroke(who) => {
                let Some(composer) = composer(who) else { return };
                self.session.patterns_mut().composers.keystroke(composer, now);
            }
            Op::Record(who) => {
                let Some(composer) = composer(who) else { return };
                self.session.patterns_mut().composers.record(composer, now);
            }
            Op::Work(who) => {
                let Some(composer) = composer(who) else { return };
                self.session.patterns_mut().composers.work(composer, now);
            }
            Op::Stop(who) => {
                let Some(composer) = composer(who) else { return };
                self.session.patterns_mut().composers.stop(composer);
            }
            Op::Close(who) => {
                let Some(composer) = composer(who) else { return };
                self.composers.retain(|other| *other != composer);
                self.session.patterns_mut().composers.close(composer);
            }
            Op::Flurry { times, every_ms } => self.flurry(times, every_ms),
            Op::Session { works, told } => self.session_works(works, told),
            Op::Leave => self.leave(),
            Op::Pass { ms, awake } => self.pass(ms, awake),
        }
    }

    fn flurry(&mut self, times: usize, every_ms: u64) {
        for _ in 0..times {
            for composer in self.composers.clone() {
                self.session.patterns_mut().composers.keystroke(composer, self.now);
            }
            self.settle();
            self.pass(every_ms, true);
            for composer in self.composers.clone() {
                self.session.patterns_mut().composers.stop(composer);
            }
            self.settle();
        }
    }

    // ---- The gateway ----------------------------------------------------------------------------------------------------

    fn session_works(&mut self, works: bool, told: bool) {
        if !works {
            self.nobody_is_shown_anything();
        }
        self.works = works;
        if told {
            self.events += 1;
            let wall = self.wall();
            let body = self.vendor.status(&format!("evt_{}", self.events), wall, works);
            self.session.ingest(body.as_bytes(), wall, self.now).expect("a body");
        }
    }

    /// WhatsApp is lost: what was shown is not any more.
    fn nobody_is_shown_anything(&mut self) {
        for chat in self.chats.values_mut() {
            chat.shown = false;
            chat.freed = true;
            chat.stopped = false;
        }
    }

    fn land(&mut self, sent: &Sent) {
        if let Some(chat) = self.chats.get_mut(&sent.chat) {
            chat.shown = sent.deed != "stop";
        }
    }

    /// A call is answered.
    fn answer(&mut self, call: &Call) {
        let lands = call.answer.may_have_landed() && call.lands == Lands::Late;
        let answer = if lands && !self.works { Answer::NotWorking } else { call.answer };
        if lands && self.works && !call.stale {
            self.land(&call.sent);
        }
        if answer == Answer::NotWorking {
            self.nobody_is_shown_anything();
        }
        if let Answer::TooMany(wait) = answer
            && !call.stale
        {
            self.silent_until = self.silent_until.max(self.now + wait.unwrap_or(60_000));
        }
        if let Some(chat) = self.chats.get_mut(&call.sent.chat).filter(|_| !call.stale) {
            let stop = call.sent.deed == "stop";
            match answer {
                Answer::Done => chat.stopped = stop,
                Answer::Network | Answer::Timeout | Answer::Broken => chat.failed_stops += u32::from(stop),
                Answer::TooMany(_) => {
                    chat.failed_stops += u32::from(stop);
                    chat.freed = true;
                }
                Answer::Forbidden | Answer::NotFound | Answer::Unsupported => {
                    chat.excused |= stop;
                    chat.freed = true;
                }
                Answer::Unauthorized => chat.freed = true,
                Answer::NotWorking => {}
            }
            chat.excused |= chat.failed_stops >= TRIES;
        }
        let outcome = self.vendor.outcome(&call.sent, answer, self.works);
        let wall = self.wall();
        self.session.handle_outcome(call.id, &outcome, wall, self.now);
    }

    // ---- The client -----------------------------------------------------------------------------------------------------

    /// The page goes, with its last words, and comes back in the same moment.
    fn leave(&mut self) {
        let requests = self.session.leave(self.now);
        let mut told = BTreeSet::new();
        for request in &requests {
            let last_words = sent(request, 0);
            assert_eq!(last_words.deed, "stop");
            assert!(told.insert(last_words.chat.clone()), "twice for one chat");
            self.land(&last_words);
        }
        for call in &mut self.on_the_way {
            call.stale = true;
        }
        let usable = !self.is_refused();
        for (id, chat) in &mut self.chats {
            assert!(!chat.shown || chat.excused || !usable, "{id} is left typing");
            (chat.freed, chat.stopped) = (true, true);
        }
        self.session.handle_return(self.now);
    }

    fn leaves(&mut self, id: RequestId, sent: Sent) {
        let Mood { answer, delay_ms, lands } = match sent.deed {
            "typing" | "recording" | "stop" => {
                self.judge(&sent);
                self.moods.next().unwrap_or(CALM)
            }
            _ => CALM,
        };
        let delay_ms = if answer == Answer::Timeout { 20_000 } else { delay_ms };
        let lands = if answer == Answer::Done && lands == Lands::Never { Lands::Early } else { lands };
        let takes = answer.may_have_landed();
        let answer = if takes && lands == Lands::Early && !self.works { Answer::NotWorking } else { answer };
        if takes && lands == Lands::Early && self.works {
            self.land(&sent);
        }
        if let Some(chat) = self.chats.get_mut(&sent.chat).filter(|_| takes && sent.deed != "stop") {
            (chat.excused, chat.failed_stops) = (false, 0);
        }
        self.on_the_way.push(Call { due: self.now + delay_ms, id, sent, answer, lands, stale: false });
    }

    /// What must hold of a call as it leaves.
    fn judge(&mut self, sent: &Sent) {
        let now = self.now;
        let same = |call: &Call| call.sent.chat == sent.chat && !call.stale;
        assert!(!self.on_the_way.iter().any(same), "two calls of one chat on their way at {now:?}");
        self.calls.push((now, sent.deed, sent.chat.clone()));
        let chat = self.chats.get_mut(&sent.chat).expect("one of ours");
        if sent.deed == "stop" {
            assert!(!chat.stopped, "a second stop for one start at {now:?}");
            chat.freed = true;
            return;
        }
        assert!(self.session.machine().session_ready(), "a start for a session that does not work");
        assert!(
            now >= self.silent_until,
            "a start at {now:?}, though the gateway wants none before {:?}",
            self.silent_until
        );
        if let Some((at, deed)) = chat.started.replace((now, sent.deed)) {
            let rest_ms = if chat.freed || deed != sent.deed { RESTART_MS } else { REFRESH_MS };
            assert!(now.since(at) >= rest_ms, "{deed} at {at:?} and {} at {now:?}", sent.deed);
        }
        (chat.freed, chat.stopped) = (false, false);
        let recent = self.calls.iter().rev().take_while(|(at, ..)| now.since(*at) < BUDGET.1).count();
        assert!(recent <= BUDGET.0, "{recent} calls within 62 s at {now:?}");
    }

    /// Answers arrive when they are due; timers fire only in a tab that is awake.
    fn pass(&mut self, ms: u64, awake: bool) {
        let end = self.now + ms;
        let mut turns = 0;
        self.settle();
        while let Some(next) = self.next_event().filter(|next| awake && *next <= end) {
            turns = if next > self.now { 0 } else { turns + 1 };
            assert!(turns < SLEEPLESS, "woken for nothing at {:?}", self.now);
            self.now = next.max(self.now);
            self.settle();
        }
        self.now = end;
        self.settle();
    }

    fn next_event(&self) -> Option<Instant> {
        self.on_the_way.iter().map(|call| call.due).chain(self.session.poll_timeout(self.now)).min()
    }

    /// Everything due happens, and every call that may leave does.
    fn settle(&mut self) {
        loop {
            self.session.handle_timeout(self.now);
            if self.session.poll_credential() {
                self.keys += 1;
                self.session.handle_credential(Some(Secret::new(format!("key number {}", self.keys))), self.now);
            }
            while let Some((id, request)) = self.session.poll_request(self.now) {
                self.leaves(id, sent(&request, 0));
            }
            while self.session.poll_claim(self.now).is_some() {}
            while self.session.poll_error().is_some() {}
            while self.session.poll_connection().is_some() {}
            let due = self.on_the_way.iter().enumerate().filter(|(_, call)| call.due <= self.now);
            let Some((first, _)) = due.min_by_key(|(_, call)| call.due) else { return };
            let call = self.on_the_way.remove(first);
            self.answer(&call);
        }
    }

    // ---- The end --------------------------------------------------------------------------------------------------------

    /// The gateway is calm from here on, and nobody touches a key.
    pub(crate) fn all_is_ended(&mut self) {
        self.moods = Vec::new().into_iter();
        self.session_works(true, true);
        self.pass(TAIL_MS, true);
        assert!(self.on_the_way.is_empty());
        for (id, chat) in &self.chats {
            assert!(!chat.shown || chat.excused || self.is_refused(), "{id} is shown typing for ever");
        }
        let composers = &self.session.patterns().composers;
        let shows = self.composers.iter().filter_map(|composer| composers.shows(*composer));
        assert_eq!(shows.count(), 0, "we believe that we are shown typing");
        assert_eq!(composers.poll_timeout(Some(self.now)), None, "the composers want to be woken");
        assert_eq!(self.session.poll_timeout(self.now), None, "the session wants to be woken");
    }

    /// Whether the credential was refused for good: then nothing is called any more.
    fn is_refused(&self) -> bool {
        self.session.connection().state == ConnectionState::Unauthorized
    }

    fn wall(&self) -> UnixMs {
        UnixMs::from_ms(EPOCH_MS + self.now.as_ms())
    }
}

fn id_of(chat: usize) -> String {
    format!("1555000{chat:04}@c.us")
}
