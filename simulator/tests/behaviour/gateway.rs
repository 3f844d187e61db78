//! A gateway in virtual time: calls it, listens to it, and lets time pass for it.

use serde_json::Value;
use wa_presence_simulator::control;
use wa_presence_simulator::face::waha::Engine;
use wa_presence_simulator::face::waha::key::ScopedKey;
use wa_presence_simulator::simulator::{Config, NewSession, Output, Simulator};
use wa_presence_simulator::time::{Epoch, Instant, UnixMs};
use wa_presence_simulator::traffic::call::{Answer, Request};
use wa_presence_simulator::traffic::webhook::{Outcome, Post, Retries};
use wa_presence_simulator::world::population::Population;

/// A text frame, as a socket got it.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    pub(crate) at_ms: u64,
    pub(crate) socket: u64,
    pub(crate) text: String,
}

impl Frame {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).expect("every envelope is JSON")
    }

    pub(crate) fn event(&self) -> String {
        self.json()["event"].as_str().unwrap_or_default().to_owned()
    }

    /// `typing` and the like, of a `presence.update`.
    pub(crate) fn word(&self) -> Option<String> {
        let json = self.json();
        Some(json["payload"]["presences"][0]["lastKnownPresence"].as_str()?.to_owned())
    }
}

pub(crate) struct Gateway {
    pub(crate) simulator: Simulator,
    pub(crate) now: Instant,
    pub(crate) frames: Vec<Frame>,
    pub(crate) closes: Vec<(u64, Option<(u16, String)>)>,
    pub(crate) posts: Vec<(u64, Post)>,
    pub(crate) pings: Vec<(u64, u64)>,
    pub(crate) answers: Vec<(u64, u64, Answer)>,
    made: u64,
}

pub(crate) const KEY: &str = "admin";
pub(crate) const SCOPED: &str = "key_scoped";
pub(crate) const ANA: &str = "15550200001@c.us";

impl Gateway {
    pub(crate) fn new(engine: Engine, population: Population) -> Self {
        let config = Config {
            seed: 7,
            epoch: Epoch(UnixMs::from_ms(1_795_000_000_000)),
            api_key: KEY.to_owned(),
            query_key: false,
            retries: Retries::default(),
        };
        Self::with(config, engine, population)
    }

    pub(crate) fn with(config: Config, engine: Engine, population: Population) -> Self {
        let mut simulator = Simulator::new(config);
        let new = NewSession { name: "default".to_owned(), engine, population, ..NewSession::default() };
        simulator.create_session(&new, Instant::ZERO).expect("the name is good");
        let scoped = ScopedKey { session: "default".to_owned(), read: true, send: true };
        simulator.add_key(SCOPED.to_owned(), scoped);
        Self {
            simulator,
            now: Instant::ZERO,
            frames: Vec::new(),
            closes: Vec::new(),
            posts: Vec::new(),
            pings: Vec::new(),
            answers: Vec::new(),
            made: 0,
        }
    }

    /// A gateway with one puppet, Ana, and a listening socket.
    pub(crate) fn with_ana(engine: Engine) -> Self {
        let mut gateway = Self::new(engine, Population::Empty);
        gateway.control("POST", "people", &format!(r#"{{"name":"Ana","id":"{ANA}"}}"#));
        gateway.listen();
        gateway
    }

    pub(crate) fn listen(&mut self) -> u64 {
        self.open(&format!("x-api-key={KEY}&session=default"))
    }

    pub(crate) fn open(&mut self, query: &str) -> u64 {
        self.made += 1;
        self.simulator.handle_open(self.made, query, self.now);
        self.drain();
        self.made
    }

    pub(crate) fn call(&mut self, request: Request) -> u64 {
        self.made += 1;
        self.simulator.handle_request(self.made, request, self.now);
        self.drain();
        self.made
    }

    /// Calls with the admin key and waits for the answer: how long it took, and what it was.
    pub(crate) fn ask(&mut self, request: Request) -> (u64, Answer) {
        let request = if request.api_key.is_none() { request.with_key(KEY) } else { request };
        let began = self.now.as_ms();
        let call = self.call(request);
        for _ in 0..10_000 {
            if let Some((_, at, answer)) = self.answers.iter().find(|(number, _, _)| *number == call) {
                return (at - began, answer.clone());
            }
            let next = self.simulator.poll_timeout().expect("a call that waits has a deadline");
            self.advance_to(next);
        }
        panic!("no answer");
    }

    pub(crate) fn get(&mut self, target: &str) -> (u64, Answer) {
        self.ask(Request::new("GET", target))
    }

    pub(crate) fn post(&mut self, target: &str, body: &str) -> (u64, Answer) {
        self.ask(Request::new("POST", target).with_json(body))
    }

    pub(crate) fn subscribe(&mut self, chat: &str) {
        let (_, answer) = self.ask(Request::new("POST", &format!("/api/default/presence/{chat}/subscribe")));
        assert_eq!(answer.status, 201);
    }

    /// A control call about the default session.
    pub(crate) fn control(&mut self, method: &str, verb: &str, body: &str) -> Value {
        let request = Request::new(method, &format!("/_control/sessions/default/{verb}")).with_json(body);
        let answer = control::handle(&mut self.simulator, &request, self.now);
        assert_eq!(answer.status, 200, "{}", answer.body);
        self.drain();
        serde_json::from_str(&answer.body).expect("control answers JSON")
    }

    /// Lets Ana do something, in her own chat.
    pub(crate) fn ana(&mut self, does: &str) {
        self.control("POST", "act", &format!(r#"{{"person":"Ana","does":"{does}"}}"#));
    }

    pub(crate) fn advance(&mut self, ms: u64) {
        self.advance_to(Instant::from_ms(self.now.as_ms() + ms));
    }

    pub(crate) fn advance_to(&mut self, until: Instant) {
        while let Some(next) = self.simulator.poll_timeout().filter(|next| *next <= until) {
            self.now = self.now.max(next);
            self.simulator.handle_timeout(self.now);
            self.drain();
        }
        self.now = until;
    }

    /// Fails every post that waits, as the shell would report it.
    pub(crate) fn report(&mut self, number: u64, outcome: Outcome) {
        self.simulator.handle_posted(number, outcome, self.now);
        self.drain();
    }

    /// The words of all presence updates so far.
    pub(crate) fn words(&self) -> Vec<String> {
        self.frames.iter().filter_map(Frame::word).collect()
    }

    /// The frames of one event.
    pub(crate) fn events(&self, name: &str) -> Vec<Frame> {
        self.frames.iter().filter(|frame| frame.event() == name).cloned().collect()
    }

    fn drain(&mut self) {
        let at_ms = self.now.as_ms();
        while let Some(output) = self.simulator.poll_output() {
            match output {
                Output::Answer(call, answer) => self.answers.push((call, at_ms, answer)),
                Output::Frame(socket, text) => self.frames.push(Frame { at_ms, socket, text: text.to_string() }),
                Output::Ping(socket) => self.pings.push((at_ms, socket)),
                Output::Close(socket, code, reason) => self.closes.push((socket, Some((code, reason)))),
                Output::Hangup(socket) => self.closes.push((socket, None)),
                Output::Post(post) => self.posts.push((at_ms, post)),
            }
        }
    }
}
