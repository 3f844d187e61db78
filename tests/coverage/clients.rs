//! Who watches: the package, a timer for each chat, and somebody who is told every lease before it begins.

use wa_presence::gateway::Gateway;
use wa_presence::gateway::http::{self, Outcome, Response, Secret};
use wa_presence::gateway::wawp::{PresenceField, Version, Wawp};
use wa_presence::machine::id::Id;
use wa_presence::machine::knowledge::{Knowledge, Refusal};
use wa_presence::machine::time::{Instant, UnixMs};
use wa_presence::machine::{Config, Priority};
use wa_presence::session::{RequestId, Session, Setup};

use super::{Scenario, id_of};

#[derive(Clone, Copy, Debug)]
pub(crate) enum Call {
    Subscribe(usize),
    Status,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Reply {
    Granted { until: u64 },
    TooMany,
    NotReady,
    Status(bool),
    Lost,
}

pub(crate) trait Client {
    /// Time passed.
    fn pass(&mut self, _now: u64) {}
    /// The next call, under a number of its own.
    fn poll(&mut self, now: u64) -> Option<(u64, Call)>;
    fn next_at(&mut self, now: u64) -> Option<u64>;
    fn hear(&mut self, id: u64, reply: Reply, now: u64);
    /// A webhook tells how the session is.
    fn told(&mut self, ready: bool, now: u64);
    /// How many chats it refused to watch.
    fn turned_away(&self) -> usize {
        0
    }
}

/// The package: a session at Wawp.
pub(crate) struct Ours {
    pub(crate) session: Session,
    sent: Vec<RequestId>,
    events: u64,
}

const EPOCH_MS: u64 = 1_785_000_000_000;

fn wall(now: u64) -> UnixMs {
    UnixMs::from_ms(EPOCH_MS + now)
}

impl Ours {
    pub(crate) fn new(scenario: &Scenario, seed: u64) -> Self {
        let gateway = Gateway::Wawp(Wawp {
            version: Version::V2,
            base_url: "https://api.wawp.example/v2".to_owned(),
            instance_id: "ABCDEF123456".to_owned(),
            presence_field: PresenceField::Presence,
            credentials_in_query: false,
        });
        let machine = Config {
            lease: gateway.lease(),
            looks_up_aliases: false,
            max_watched: scenario.max_watched,
            seed,
            ..Config::default()
        };
        let setup =
            Setup { gateway, machine, feed: false, credential: true, log_entries: 200, max_body_bytes: 1 << 20 };
        let start = Instant::ZERO;
        let mut session = Session::new(setup, start);
        session.poll_credential();
        session.handle_credential(Some(Secret::new("a token".to_owned())), start);
        for chat in 0..scenario.chats() {
            session.watch(&Id::parse(&id_of(chat)).expect("an id"), scenario.priority(chat), start);
        }
        Self { session, sent: Vec::new(), events: 0 }
    }

    fn drain(&mut self) {
        while self.session.poll_notice().is_some() {}
        while self.session.poll_error().is_some() {}
    }
}

impl Client for Ours {
    fn pass(&mut self, now: u64) {
        self.session.handle_timeout(Instant::from_ms(now));
        self.drain();
    }

    fn poll(&mut self, now: u64) -> Option<(u64, Call)> {
        let (id, request) = self.session.poll_request(Instant::from_ms(now))?;
        self.drain();
        let number = self.sent.len() as u64;
        self.sent.push(id);
        let path = request.url.split('?').next().unwrap_or_default();
        let chat = path.strip_suffix("/subscribe").and_then(|path| path.rsplit('/').next());
        let Some(chat) = chat else { return Some((number, Call::Status)) };
        assert_eq!(request.method, http::Method::Post);
        let digits: String = chat.chars().take_while(char::is_ascii_digit).collect();
        let chat = digits.strip_prefix("1555").and_then(|digits| digits.parse().ok()).expect("one of ours");
        Some((number, Call::Subscribe(chat)))
    }

    fn next_at(&mut self, now: u64) -> Option<u64> {
        self.session.poll_timeout(Instant::from_ms(now)).map(Instant::as_ms)
    }

    fn hear(&mut self, id: u64, reply: Reply, now: u64) {
        let answer = |status, body: &str| {
            Outcome::Response(Response { status, body: body.as_bytes().to_vec(), ..Response::default() })
        };
        let outcome = match reply {
            Reply::Granted { .. } => answer(201, ""),
            Reply::TooMany => {
                answer(429, r#"{"code":"too_many_requests","message":"Too Many Requests","data":{"status":429}}"#)
            }
            Reply::NotReady => answer(
                404,
                r#"{"code":"invalid_session","message":"Session not found or not connected.","data":{"status":404}}"#,
            ),
            Reply::Status(true) => answer(200, r#"{"name":"default","status":"WORKING"}"#),
            Reply::Status(false) => answer(200, r#"{"name":"default","status":"STARTING"}"#),
            Reply::Lost => Outcome::Timeout,
        };
        let id = self.sent[usize::try_from(id).expect("a small number")];
        self.session.handle_outcome(id, &outcome, wall(now), Instant::from_ms(now));
        self.drain();
    }

    fn told(&mut self, ready: bool, now: u64) {
        self.events += 1;
        let (n, at, status) = (self.events, wall(now).as_ms(), if ready { "WORKING" } else { "STARTING" });
        let body = format!(
            r#"{{"id":"evt_{n}","timestamp":{at},"event":"session.status","session":"default","payload":{{"name":"default","status":"{status}"}}}}"#
        );
        self.session.ingest(body.as_bytes(), wall(now), Instant::from_ms(now)).expect("a body");
        self.drain();
    }

    fn turned_away(&self) -> usize {
        let machine = self.session.machine();
        let refused =
            |key| machine.snapshot(key).is_some_and(|one| one.knowledge == Knowledge::Refused(Refusal::TooMany));
        machine.followed_chats().filter(|key| refused(*key)).count()
    }
}

/// `setInterval` for each chat, as dashboards do it: every 30 s, whatever comes back.
pub(crate) struct Naive {
    due: Vec<u64>,
    calls: u64,
}

const NAIVE_MS: u64 = 30_000;

impl Naive {
    pub(crate) fn new(scenario: &Scenario) -> Self {
        Self { due: vec![0; scenario.chats()], calls: 0 }
    }
}

impl Client for Naive {
    fn poll(&mut self, now: u64) -> Option<(u64, Call)> {
        let (chat, due) = self.due.iter_mut().enumerate().find(|(_, due)| **due <= now)?;
        *due = now + NAIVE_MS;
        self.calls += 1;
        Some((self.calls, Call::Subscribe(chat)))
    }

    fn next_at(&mut self, _now: u64) -> Option<u64> {
        self.due.iter().min().copied()
    }

    fn hear(&mut self, _id: u64, _reply: Reply, _now: u64) {}
    fn told(&mut self, _ready: bool, _now: u64) {}
}

/// Is told how long each lease will last, and spends the same budget on whoever's ends first, by priority.
pub(crate) struct Omniscient {
    /// Priority, end of the lease as known, and whether a call is on its way.
    chats: Vec<(Priority, u64, bool)>,
    spent: Vec<u64>,
    calls: Vec<usize>,
    ready: bool,
    pause: u64,
}

/// One call in so many ms: 49 in any minute at the server, however the network jitters.
const OMNISCIENT_GAP_MS: u64 = 1_232;
/// How long before its end a lease is renewed, in ms: a turn and the way there.
const OMNISCIENT_LEAD_MS: u64 = 1_500;

impl Omniscient {
    pub(crate) fn new(scenario: &Scenario) -> Self {
        let chats = (0..scenario.chats()).map(|chat| (scenario.priority(chat), 0, false)).collect();
        Self { chats, spent: Vec::new(), calls: Vec::new(), ready: true, pause: 0 }
    }

    fn opens_at(&self) -> u64 {
        self.spent.last().map_or(0, |at| at + OMNISCIENT_GAP_MS).max(self.pause)
    }

    fn next(&self) -> Option<(u64, usize)> {
        let due = |end: u64| end.saturating_sub(OMNISCIENT_LEAD_MS);
        let idle = self.chats.iter().enumerate().filter(|(_, (.., busy))| !busy);
        idle.map(|(chat, (_, end, _))| (due(*end), chat)).min()
    }
}

impl Client for Omniscient {
    fn poll(&mut self, now: u64) -> Option<(u64, Call)> {
        if !self.ready || self.opens_at() > now {
            return None;
        }
        let waiting =
            self.chats.iter().enumerate().filter(|(_, (_, end, busy))| !busy && *end <= now + OMNISCIENT_LEAD_MS);
        let (chat, _) = waiting.min_by_key(|(_, (priority, end, _))| (*priority, *end))?;
        self.chats[chat].2 = true;
        self.spent.push(now);
        self.calls.push(chat);
        Some((self.calls.len() as u64 - 1, Call::Subscribe(chat)))
    }

    fn next_at(&mut self, _now: u64) -> Option<u64> {
        let (due, _) = self.next().filter(|_| self.ready)?;
        Some(due.max(self.opens_at()))
    }

    fn hear(&mut self, id: u64, reply: Reply, now: u64) {
        let chat = self.calls[usize::try_from(id).expect("a small number")];
        let (_, end, busy) = &mut self.chats[chat];
        *busy = false;
        match reply {
            Reply::Granted { until } => *end = until,
            Reply::TooMany => self.pause = now + 60_000,
            Reply::NotReady | Reply::Status(_) | Reply::Lost => {}
        }
    }

    fn told(&mut self, ready: bool, _now: u64) {
        self.ready = ready;
        self.chats.iter_mut().for_each(|(_, end, _)| *end = 0);
    }
}
