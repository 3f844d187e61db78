//! One session at one gateway, in virtual time: driven as a page drives it, with everything that leaves and is told written down.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::collections::VecDeque;

use super::gateway::{Answer, Sent, Vendor, denial, sent};
use crate::support::{EPOCH_MS, START_MS};
use wa_presence::gateway::http::{Outcome, Secret};
use wa_presence::machine::Config;
use wa_presence::machine::error::ErrorCode;
use wa_presence::machine::time::{Instant, UnixMs};
use wa_presence::patterns::Told;
use wa_presence::patterns::own::Others;
use wa_presence::patterns::policy::Check;
use wa_presence::session::{FeedCommand, RequestId, Session, Setup};

/// So many wake-ups at one instant are a session that never sleeps.
const SLEEPLESS: usize = 200;

pub(crate) struct Stage {
    pub(crate) session: Session,
    pub(crate) vendor: Vendor,
    pub(crate) now: Instant,
    /// Every request that left.
    pub(crate) sent: Vec<Sent>,
    /// Everything patterns told, with when.
    pub(crate) told: Vec<(u64, Told)>,
    /// Errors that no reply carries.
    pub(crate) errors: Vec<(u64, ErrorCode)>,
    /// Until when our own claim stands, each time it was written down.
    pub(crate) claims: Vec<(u64, Option<u64>)>,
    /// How long an answer takes, in ms.
    pub(crate) delay_ms: u64,
    /// Whether the gateway's session works, as it answers who asks.
    pub(crate) works: bool,
    /// Until when another client claims that we are online.
    pub(crate) others: Option<Instant>,
    /// The minute of the week where support is.
    pub(crate) minute: Option<u32>,
    /// What the health check says; nothing for a check that is silent.
    pub(crate) healthy: Option<bool>,
    /// Every question of the policy, with when.
    pub(crate) checks: Vec<(u64, Check)>,
    /// Whether a socket can be opened.
    pub(crate) socket: bool,
    /// What becomes of the next calls for something, the first first.
    script: VecDeque<(&'static str, Answer)>,
    /// What becomes of all calls for something.
    rules: Vec<(&'static str, Answer)>,
    on_the_way: Vec<(Instant, RequestId, Outcome)>,
    zero: Instant,
    next_id: u64,
    keys: u64,
}

impl Stage {
    /// At WAHA, with bodies handed in.
    pub(crate) fn new() -> Self {
        Self::at(Vendor::Waha)
    }

    pub(crate) fn at(vendor: Vendor) -> Self {
        Self::with(vendor, false, Config::default())
    }

    /// At WAHA, with its feed open.
    pub(crate) fn with_feed() -> Self {
        Self::with(Vendor::Waha, true, Config::default())
    }

    /// A session that has known for a second that it works; story time begins there.
    pub(crate) fn with(vendor: Vendor, feed: bool, config: Config) -> Self {
        let now = Instant::from_ms(START_MS);
        let gateway = vendor.gateway();
        let machine = Config { lease: gateway.lease(), looks_up_aliases: false, ..config };
        let setup = Setup { gateway, machine, feed, credential: true, log_entries: 200, max_body_bytes: 1 << 20 };
        let mut stage = Self {
            session: Session::new(setup, now),
            vendor,
            now,
            sent: Vec::new(),
            told: Vec::new(),
            errors: Vec::new(),
            claims: Vec::new(),
            delay_ms: 100,
            works: true,
            others: None,
            minute: None,
            healthy: None,
            checks: Vec::new(),
            socket: true,
            script: VecDeque::new(),
            rules: Vec::new(),
            on_the_way: Vec::new(),
            zero: now,
            next_id: 0,
            keys: 0,
        };
        stage.drain();
        stage.until(2_000);
        stage.begin();
        stage
    }

    /// Story time begins here, and so does what is written down.
    pub(crate) fn begin(&mut self) {
        self.zero = self.now;
        self.sent.clear();
        self.told.clear();
        self.errors.clear();
        self.claims.clear();
        self.checks.clear();
    }

    // ---- Time -----------------------------------------------------------------------------------------------------------

    pub(crate) fn ms(&self) -> u64 {
        self.now.since(self.zero)
    }

    pub(crate) fn at_ms(&self, ms: u64) -> Instant {
        self.zero + ms
    }

    pub(crate) fn wall(&self) -> UnixMs {
        UnixMs::from_ms(EPOCH_MS + self.now.as_ms())
    }

    /// Lets time pass: answers come when they are due, and the session is woken whenever it asked for it.
    pub(crate) fn until(&mut self, ms: u64) {
        let end = self.at_ms(ms);
        assert!(end >= self.now, "a story does not go back");
        let mut turns = 0;
        while let Some(next) = self.next_event().filter(|next| *next <= end) {
            turns = if next > self.now { 0 } else { turns + 1 };
            assert!(turns < SLEEPLESS, "the session is woken for nothing at {} ms", self.ms());
            self.now = next.max(self.now);
            self.turn();
        }
        self.now = end;
    }

    pub(crate) fn pass(&mut self, ms: u64) {
        self.until(self.ms() + ms);
    }

    /// Lets time pass without any wake-up: a frozen tab.
    pub(crate) fn sleep_until(&mut self, ms: u64) {
        self.now = self.at_ms(ms);
        self.turn();
    }

    fn next_event(&self) -> Option<Instant> {
        let answers = self.on_the_way.iter().map(|(due, ..)| *due);
        answers.chain(self.session.poll_timeout(self.now)).min()
    }

    fn turn(&mut self) {
        self.session.handle_timeout(self.now);
        self.drain();
        while let Some(first) = self.on_the_way.iter().position(|(due, ..)| *due <= self.now) {
            let (_, id, outcome) = self.on_the_way.remove(first);
            let wall = self.wall();
            self.session.handle_outcome(id, &outcome, wall, self.now);
            self.drain();
        }
    }

    /// Everything the session has to say, until it has nothing more: as the driver of a page does it.
    pub(crate) fn drain(&mut self) {
        let mut busy = true;
        while busy {
            let now = self.now;
            busy = self.session.poll_credential();
            if busy {
                self.keys += 1;
                self.session.handle_credential(Some(Secret::new(format!("key number {}", self.keys))), now);
            }
            while let Some(command) = self.session.poll_feed(now) {
                busy = true;
                match command {
                    FeedCommand::Open(_) if self.socket => self.session.handle_socket_open(now),
                    FeedCommand::Open(_) => self.session.handle_socket_closed(1006, now),
                    FeedCommand::Beside(_) | FeedCommand::EndOlder | FeedCommand::Close | FeedCommand::Stream(_) => {}
                }
            }
            if self.session.is_about_to_speak(now) {
                let others = self.others.filter(|until| *until > now);
                self.own().learn_others(Others { claim_until: others, ..Others::default() });
            }
            while let Some((id, request)) = self.session.poll_request(now) {
                busy = true;
                let sent = sent(&request, self.ms());
                let answer = self.answer_to(&sent);
                let wait_ms = if answer == Answer::Timeout { u64::from(request.timeout_ms) } else { self.delay_ms };
                let outcome = self.vendor.outcome(&sent, answer, self.works);
                self.on_the_way.push((now + wait_ms, id, outcome));
                self.sent.push(sent);
            }
            while let Some(claim) = self.session.poll_claim(now) {
                busy = true;
                let until = claim.and_then(|says| says.claim_until);
                self.claims.push((self.ms(), until.map(|until| until.since(self.zero))));
            }
            while let Some(check) = self.session.poll_check(now) {
                busy = true;
                self.checks.push((self.ms(), check));
                let (minute, healthy) = (self.minute, self.healthy);
                let policy = self.own().policy().expect("it just asked");
                match (check, healthy) {
                    (Check::Minute, _) => policy.handle_minute(minute),
                    (Check::Health, Some(healthy)) => policy.handle_health(healthy),
                    (Check::Health, None) => {}
                }
            }
            while let Some(told) = self.session.poll_told(now) {
                busy = true;
                self.told.push((self.ms(), told));
            }
            while let Some(error) = self.session.poll_error() {
                self.errors.push((self.ms(), error.code));
            }
            while self.session.poll_reply().is_some() {}
            while self.session.poll_connection().is_some() {}
            while self.session.poll_notice().is_some() {}
        }
    }

    // ---- The gateway ----------------------------------------------------------------------------------------------------

    fn answer_to(&mut self, sent: &Sent) -> Answer {
        if let Some(next) = self.script.iter().position(|(deed, _)| *deed == sent.deed) {
            return self.script.remove(next).map_or(Answer::Done, |(_, answer)| answer);
        }
        let ruled = self.rules.iter().find(|(deed, _)| *deed == sent.deed || deed.is_empty());
        ruled.map_or(Answer::Done, |(_, answer)| *answer)
    }

    /// What becomes of the next call for something, after those already scripted.
    pub(crate) fn next(&mut self, deed: &'static str, answer: Answer) {
        self.script.push_back((deed, answer));
    }

    /// What becomes of every call for something from here on; an empty word stands for all.
    pub(crate) fn always(&mut self, deed: &'static str, answer: Answer) {
        self.rules.retain(|(known, _)| *known != deed);
        self.rules.push((deed, answer));
    }

    /// It posts a body, or sends it over its feed.
    pub(crate) fn hears(&mut self, body: &str) {
        let wall = self.wall();
        self.session.ingest(body.as_bytes(), wall, self.now).expect("a body as gateways post it");
        self.drain();
    }

    /// `who` does `word` in `chat`, and it is told at once.
    pub(crate) fn says(&mut self, chat: &str, who: &str, word: &str) {
        self.says_late(chat, who, word, 0);
    }

    /// The same, told so many ms later.
    pub(crate) fn says_late(&mut self, chat: &str, who: &str, word: &str, lag_ms: u64) {
        let id = self.fresh_id();
        let stamp = UnixMs::from_ms(self.wall().as_ms() - lag_ms);
        self.hears(&self.vendor.presence(&id, stamp, chat, who, word));
    }

    /// `who` writes in `chat`; it is told `age_ms` later.
    pub(crate) fn writes(&mut self, chat: &str, who: &str, age_ms: u64) {
        let id = self.fresh_id();
        let (stamp, sent_at) = (self.wall(), UnixMs::from_ms(self.wall().as_ms() - age_ms));
        self.hears(&self.vendor.message(&format!("false_{chat}_{id}"), stamp, chat, who, sent_at));
    }

    /// Somebody in `chat` reads what we wrote; with 2 it only arrives.
    pub(crate) fn acknowledges(&mut self, chat: &str, ack: u8) {
        let id = self.fresh_id();
        self.hears(&self.vendor.receipt(&format!("true_{chat}_{id}"), self.wall(), chat, ack));
    }

    /// The gateway's session stops working, or works again, and says so.
    pub(crate) fn session_works(&mut self, works: bool) {
        self.works = works;
        let id = self.fresh_id();
        self.hears(&self.vendor.status(&id, self.wall(), works));
    }

    /// It turns out that they hide from us; only WaAPI says so.
    pub(crate) fn denies(&mut self, chat: &str) {
        self.hears(&denial(chat));
    }

    pub(crate) fn feed_breaks(&mut self) {
        self.socket = false;
        self.session.handle_socket_closed(1006, self.now);
        self.drain();
    }

    fn fresh_id(&mut self) -> String {
        self.next_id += 1;
        format!("evt_{}", self.next_id)
    }
}
