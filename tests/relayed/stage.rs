//! One session and a scripted relay: every request that leaves is written down, and what the relay says is the story's.

use serde_json::{Value, json};
use wa_presence::gateway::Gateway;
use wa_presence::gateway::http::{Method, Outcome, Request, Response, Secret};
use wa_presence::gateway::relay::Relay;
use wa_presence::machine::error::ErrorCode;
use wa_presence::machine::id::Id;
use wa_presence::machine::time::{Instant, UnixMs};
use wa_presence::machine::{Config, Priority, Snapshot, WatchId};
use wa_presence::session::{ConnectionState, FeedCommand, Reply, RequestId, Session, Setup};

use crate::support::{EPOCH_MS, START_MS};

/// So many wake-ups at one instant are a session that never sleeps.
const SLEEPLESS: usize = 200;
/// How far the relay's calendar is ahead of ours, in ms.
pub(crate) const SKEW_MS: u64 = 90_000;
/// How often the relay gives a sign of life, in ms.
const HEARTBEAT_MS: u64 = 15_000;
/// How long a ticket lives, in ms.
pub(crate) const LIFE_MS: u64 = 600_000;

/// A request that left.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) ms: u64,
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) ticket: String,
    pub(crate) position: Option<String>,
    pub(crate) body: Value,
}

pub(crate) struct Stage {
    pub(crate) session: Session,
    pub(crate) now: Instant,
    /// Streams asked for, changes and calls, in their order.
    pub(crate) sent: Vec<Sent>,
    /// For which chats tickets were asked for.
    pub(crate) asked: Vec<(u64, Vec<String>)>,
    /// Every state of the connection, with when.
    pub(crate) states: Vec<(u64, ConnectionState)>,
    pub(crate) errors: Vec<(u64, ErrorCode)>,
    pub(crate) replies: Vec<Result<Reply, ErrorCode>>,
    /// What it said to other tabs.
    pub(crate) said: Vec<String>,
    /// Whether the application's function gives a ticket, fails, or says nothing yet.
    pub(crate) gives: Option<bool>,
    /// What changes and calls are answered, unless the story has something else for the next ones.
    pub(crate) answers: Vec<(u16, Value)>,
    /// Whether a request goes unanswered.
    pub(crate) mute: bool,
    given: usize,
    position: u64,
    zero: Instant,
}

impl Stage {
    /// A session that was just made; nothing is asked for yet.
    pub(crate) fn new() -> Self {
        let now = Instant::from_ms(START_MS);
        let relay = Relay { url: "https://relay.example/base".to_owned(), account: "support".to_owned() };
        let machine = Config {
            relayed: true,
            subscribes: false,
            looks_up_aliases: false,
            notify_interval_ms: 0,
            ..Config::default()
        };
        let setup = Setup {
            gateway: Gateway::Relay(relay),
            machine,
            feed: true,
            credential: true,
            log_entries: 200,
            max_body_bytes: 4_096,
        };
        let mut stage = Self {
            session: Session::new(setup, now),
            now,
            sent: Vec::new(),
            asked: Vec::new(),
            states: Vec::new(),
            errors: Vec::new(),
            replies: Vec::new(),
            said: Vec::new(),
            gives: Some(true),
            answers: Vec::new(),
            mute: false,
            given: 0,
            position: 0,
            zero: now,
        };
        stage.drain();
        stage
    }

    /// One that follows these chats through an open stream, a second later.
    pub(crate) fn following(chats: &[&str]) -> Self {
        let mut stage = Self::new();
        for chat in chats {
            stage.watch(chat);
        }
        stage.until(100);
        stage.open(false);
        stage.until(1_000);
        stage
    }

    pub(crate) fn watch(&mut self, chat: &str) -> WatchId {
        let watch = self.session.watch(&id(chat), Priority::Visible, self.now);
        self.drain();
        watch
    }

    pub(crate) fn unwatch(&mut self, watch: WatchId) {
        self.session.unwatch(watch, self.now);
        self.drain();
    }

    pub(crate) fn ms(&self) -> u64 {
        self.now.since(self.zero)
    }

    pub(crate) fn wall(&self) -> UnixMs {
        UnixMs::from_ms(EPOCH_MS + self.now.as_ms())
    }

    /// The relay's calendar at `ms` of story time.
    pub(crate) fn at(&self, ms: u64) -> u64 {
        EPOCH_MS + START_MS + ms + SKEW_MS
    }

    /// Lets time pass, waking the session whenever it asked for it.
    pub(crate) fn until(&mut self, ms: u64) {
        let end = self.zero + ms;
        let mut at_once = 0;
        while let Some(at) = self.session.poll_timeout(self.now).filter(|at| *at <= end) {
            at_once = if at > self.now { 0 } else { at_once + 1 };
            assert!(at_once < SLEEPLESS, "it wakes again and again at {} ms", self.ms());
            self.now = at.max(self.now);
            self.session.handle_timeout(self.now);
            self.drain();
        }
        self.now = end;
        self.session.handle_timeout(end);
        self.drain();
    }

    /// The same while the relay's heart beats.
    pub(crate) fn alive_until(&mut self, ms: u64) {
        while self.ms() + HEARTBEAT_MS < ms {
            let next = self.ms() + HEARTBEAT_MS;
            self.until(next);
            self.tell_bytes(b":\n\n");
        }
        self.until(ms);
    }

    /// Lets time pass until another stream is asked for.
    pub(crate) fn until_stream(&mut self) {
        let before = self.streams().len();
        while self.streams().len() == before {
            let next = self.ms() + 100;
            assert!(next < 600_000, "no stream is asked for");
            self.until(next);
        }
    }

    /// The stream that was asked for begins.
    pub(crate) fn open(&mut self, resumed: bool) {
        self.session.handle_stream_open(self.now);
        self.tell("hello", self.hello(resumed));
    }

    pub(crate) fn hello(&self, resumed: bool) -> Value {
        json!({
            "feed": "0123456789abcdef0123456789abcdef",
            "account": "support",
            "gateway": "waha",
            "nowMs": self.at(self.ms()),
            "expiresAtMs": self.at(self.ms()) + LIFE_MS,
            "resumed": resumed,
            "typingTtlMs": 15_000,
            "session": self.standing("open", "working"),
            "own": { "online": null, "claimed": false },
            "budget": { "spent": 3, "limit": 45, "waiting": 1, "inFlight": 2, "nextAtMs": null, "callsToday": 17, "watched": 9 },
        })
    }

    pub(crate) fn standing(&self, connection: &str, session: &str) -> Value {
        json!({
            "connection": connection,
            "reason": null,
            "session": session,
            "sinceAtMs": self.at(0),
            "engine": "GOWS",
            "capabilities": ["feed", "list", "recording", "lookUp", "watchMarksOnline"],
        })
    }

    /// The relay tells something. What can be resumed behind has a position.
    pub(crate) fn tell(&mut self, name: &str, data: Value) {
        let placed = !matches!(name, "hello" | "reset" | "expired");
        self.position += u64::from(placed);
        let id = if placed { format!("id: s-{}\n", self.position) } else { String::new() };
        self.tell_bytes(format!("{id}event: {name}\ndata: {data}\n\n").as_bytes());
    }

    pub(crate) fn tell_bytes(&mut self, bytes: &[u8]) {
        let wall = self.wall();
        self.session.handle_stream_bytes(bytes, wall, self.now);
        self.drain();
    }

    /// What the gateway told of somebody, at this moment.
    pub(crate) fn observe(&mut self, chat: &str, word: &str) {
        let at = self.at(self.ms());
        self.observe_at(chat, word, at);
    }

    /// What the gateway told of somebody when the relay's calendar was at `at`.
    pub(crate) fn observe_at(&mut self, chat: &str, word: &str, at: u64) {
        let presences = json!([{ "participant": chat, "word": word, "lastSeenAtMs": null }]);
        let id = format!("evt-{}", self.position);
        self.tell(
            "observation",
            json!({ "id": id, "atMs": at, "receivedAtMs": at, "chat": chat, "presences": presences }),
        );
    }

    /// The relay says that it is told of a chat, and until when.
    pub(crate) fn live(&mut self, chat: &str) {
        let sent = self.at(self.ms());
        let lease = json!({ "sentAtMs": sent, "sureUntilMs": sent + 20_000, "maxUntilMs": sent + 60_000 });
        self.tell("knowledge", json!({ "chat": chat, "state": "live", "vouched": true, "lease": lease }));
    }

    /// The stream ends without a word.
    pub(crate) fn end(&mut self) {
        self.session.handle_stream_ended(None, self.now);
        self.drain();
    }

    /// The stream is refused with an answer.
    pub(crate) fn refuse(&mut self, status: u16, body: Value) {
        let response = Response { status, retry_after_ms: None, body: body.to_string().into_bytes() };
        self.session.handle_stream_ended(Some(&response), self.now);
        self.drain();
    }

    pub(crate) fn snapshot(&self, chat: &str) -> Snapshot {
        let machine = self.session.machine();
        machine.find(chat).and_then(|key| machine.snapshot(key)).expect("a chat that is known")
    }

    /// Streams that were asked for.
    pub(crate) fn streams(&self) -> Vec<&Sent> {
        self.sent.iter().filter(|sent| sent.path == "/base/feed").collect()
    }

    /// Changes of the list that were sent.
    pub(crate) fn changes(&self) -> Vec<&Sent> {
        self.sent.iter().filter(|sent| sent.method == "PUT").collect()
    }

    /// Carries out whatever the session wants, as a page does.
    pub(crate) fn drain(&mut self) {
        let mut rounds = 0;
        loop {
            rounds += 1;
            assert!(rounds < SLEEPLESS, "it never wants nothing at {} ms", self.ms());
            let mut busy = false;
            if self.session.poll_credential() {
                busy = true;
                let chats = self.session.ticket_chats().iter().map(|id| id.as_str().to_owned()).collect();
                self.asked.push((self.ms(), chats));
                match self.gives {
                    Some(true) => self.give(),
                    Some(false) => self.session.handle_credential_failed(self.now),
                    None => {}
                }
            }
            while let Some(command) = self.session.poll_feed(self.now) {
                busy = true;
                if let FeedCommand::Stream(request) = command {
                    self.note(&request);
                }
            }
            while let Some((id, request)) = self.session.poll_request(self.now) {
                busy = true;
                self.note(&request);
                if !self.mute {
                    self.answer(id);
                }
            }
            while let Some(connection) = self.session.poll_connection() {
                busy = true;
                self.states.push((self.ms(), connection.state));
            }
            while let Some(error) = self.session.poll_error() {
                busy = true;
                self.errors.push((self.ms(), error.code));
            }
            while let Some((_, reply)) = self.session.poll_reply() {
                busy = true;
                self.replies.push(reply.map_err(|error| error.code));
            }
            while self.session.poll_notice().is_some() || self.session.poll_told(self.now).is_some() {
                busy = true;
            }
            while self.session.poll_claim(self.now).is_some() {
                busy = true;
            }
            while let Some(text) = self.session.poll_tab(self.wall(), self.now) {
                busy = true;
                self.said.push(text);
            }
            self.session.poll_own(self.now);
            if !busy {
                return;
            }
        }
    }

    /// The application's function gives a ticket like no other.
    pub(crate) fn give(&mut self) {
        self.given += 1;
        self.session.handle_credential(Some(Secret::new(format!("ticket-{}", self.given))), self.now);
    }

    fn answer(&mut self, id: RequestId) {
        let usual = || (200, json!({ "done": true, "expiresAtMs": self.at(self.ms()) + LIFE_MS }));
        let (status, body) = if self.answers.is_empty() { usual() } else { self.answers.remove(0) };
        let response = Response { status, retry_after_ms: None, body: body.to_string().into_bytes() };
        let wall = self.wall();
        self.session.handle_outcome(id, &Outcome::Response(response), wall, self.now);
    }

    fn note(&mut self, request: &Request) {
        let header = |name: &str| {
            let found = request.headers.iter().find(|(header, _)| *header == name);
            found.map(|(_, value)| value.reveal().to_owned())
        };
        let path = request.url.strip_prefix("https://relay.example").expect("the relay's address");
        self.sent.push(Sent {
            ms: self.now.since(self.zero),
            method: match request.method {
                Method::Get => "GET",
                Method::Post => "POST",
                Method::Put => "PUT",
            },
            path: path.to_owned(),
            ticket: header("authorization").expect("a ticket").trim_start_matches("Bearer ").to_owned(),
            position: header("last-event-id"),
            body: serde_json::from_str(request.body.as_deref().expect("a body")).expect("JSON"),
        });
    }
}

pub(crate) fn id(text: &str) -> Id {
    Id::parse(text).expect("an id")
}

/// The chats of a list that was sent.
pub(crate) fn chats(sent: &Sent) -> Vec<&str> {
    let chats = sent.body["chats"].as_array().expect("a list");
    chats.iter().map(|chat| chat["chat"].as_str().expect("an id")).collect()
}
