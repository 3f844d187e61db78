//! The whole server without its sockets: sessions, keys, calls that wait, listeners, webhooks.
//!
//! **The drain contract.** Every `handle_*` call is one input. After it, poll [`Simulator::poll_output`] until it is empty and
//! come back at [`Simulator::poll_timeout`] with [`Simulator::handle_timeout`]. Coming early or twice is harmless. Time is an
//! argument, chance is seeded: the same inputs give the same outputs, byte for byte.

mod calls;
mod events;
mod listeners;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use crate::chance::Chance;
use crate::face::waha::Engine;
use crate::face::waha::key::{Keys, ScopedKey};
use crate::face::waha::session::Session;
use crate::schedule::{Schedule, earlier};
use crate::time::{Epoch, Instant};
use crate::traffic::call::Answer;
use crate::traffic::webhook::{Hook, Parcel, Post, Retries, Webhooks};
use crate::world::World;
use crate::world::account::{Account, Connection};
use crate::world::population::{self, Population};
use crate::world::watch::Lease;
use calls::Pending;
use listeners::Open;

/// What is fixed for the life of the server.
#[derive(Clone, Debug)]
pub struct Config {
    /// Decides every story.
    pub seed: u64,
    /// Where the calendar stands at [`Instant::ZERO`].
    pub epoch: Epoch,
    /// The admin key.
    pub api_key: String,
    /// REST calls may carry their key in the query, as from 2026.4.3 on.
    pub query_key: bool,
    /// How failed webhooks are repeated.
    pub retries: Retries,
}

/// Something the shell must do.
#[derive(Clone, Debug)]
pub enum Output {
    /// Answer a call.
    Answer(u64, Answer),
    /// Send a text frame to a socket.
    Frame(u64, Arc<str>),
    /// Send a ping to a socket, and report its pong.
    Ping(u64),
    /// Close a socket with a code and a reason.
    Close(u64, u16, String),
    /// Drop the connection of a socket without a word.
    Hangup(u64),
    /// Post a webhook, and report its outcome.
    Post(Post),
}

/// The properties of a new session.
#[derive(Clone, Debug, Default)]
pub struct NewSession {
    /// Its name; letters, digits, `-` and `_`.
    pub name: String,
    /// Its engine.
    pub engine: Engine,
    /// Who lives in it.
    pub population: Population,
    /// How long its subscriptions live.
    pub lease: Lease,
}

/// The server.
#[derive(Debug)]
pub struct Simulator {
    config: Config,
    keys: Keys,
    sessions: BTreeMap<String, Session>,
    pending: BTreeMap<u64, Pending>,
    open: BTreeMap<u64, Open>,
    webhooks: Webhooks,
    due: Schedule<Due>,
    outputs: VecDeque<Output>,
    chance: Chance,
    refuse_until: BTreeMap<Option<String>, Instant>,
    opened: u64,
}

/// What is due later.
#[derive(Debug)]
enum Due {
    /// To look again at a call that waits.
    Call(u64),
    /// To hand over the answer of a call.
    Answer(u64, Answer),
    /// To make an envelope of what a session has to tell.
    Tell(String, crate::face::waha::session::Event),
    /// To let an envelope arrive.
    Arrive(Parcel),
    /// To post a webhook again.
    Post(u64),
    /// To ping every socket.
    Ping,
}

impl Simulator {
    /// A server without sessions.
    #[must_use]
    pub fn new(config: Config) -> Self {
        let mut due = Schedule::default();
        due.put(Due::Ping, Instant::ZERO + listeners::PING_INTERVAL);
        Self {
            keys: Keys::new(config.api_key.clone()),
            webhooks: Webhooks::new(config.retries),
            chance: Chance::new(config.seed, &["server"]),
            config,
            sessions: BTreeMap::new(),
            pending: BTreeMap::new(),
            open: BTreeMap::new(),
            due,
            outputs: VecDeque::new(),
            refuse_until: BTreeMap::new(),
            opened: 0,
        }
    }

    /// Creates a session, connected. An existing one of that name is replaced.
    ///
    /// # Errors
    ///
    /// Why the name cannot be used.
    pub fn create_session(&mut self, new: &NewSession, now: Instant) -> Result<(), String> {
        let fits = |letter: char| letter.is_ascii_alphanumeric() || "_-".contains(letter);
        if new.name.is_empty() || new.name.len() > 54 || !new.name.chars().all(fits) {
            return Err("expected a name of letters, digits, - and _, at most 54".to_owned());
        }
        if self.sessions.len() >= MOST_SESSIONS && !self.sessions.contains_key(&new.name) {
            return Err(format!("expected at most {MOST_SESSIONS} sessions, delete some"));
        }
        self.delete_session(&new.name);
        let mut world = World::new(&new.name, self.config.seed, self.config.epoch);
        population::settle(&mut world, new.population, now);
        // NOWEB shows the account online as soon as it connects (`config.noweb.markOnline`).
        let marks_online = new.engine == Engine::Noweb;
        let chance = |part| Chance::new(self.config.seed, &[&new.name, part]);
        let account = Account::new(world, new.lease, marks_online, chance("account"), now);
        self.sessions.insert(new.name.clone(), Session::new(&new.name, new.engine, account, chance("session")));
        Ok(())
    }

    /// Deletes a session with its keys and webhooks. Its sockets stay open and silent.
    pub fn delete_session(&mut self, name: &str) -> bool {
        self.keys.revoke(name);
        self.webhooks.handle_session_deleted(name);
        self.sessions.remove(name).is_some()
    }

    /// A session, to read it.
    #[must_use]
    pub fn session(&self, name: &str) -> Option<&Session> {
        self.sessions.get(name)
    }

    /// A session, to change it. Whoever does must call [`Simulator::handle_timeout`] after.
    pub fn session_mut(&mut self, name: &str) -> Option<&mut Session> {
        self.sessions.get_mut(name)
    }

    /// All sessions, by name.
    pub fn sessions(&self) -> impl Iterator<Item = &Session> {
        self.sessions.values()
    }

    /// Adds a scoped key. False when there are too many.
    pub fn add_key(&mut self, key: String, scoped: ScopedKey) -> bool {
        self.keys.add(key, scoped)
    }

    /// Adds a webhook. False when there are too many.
    pub fn add_webhook(&mut self, hook: Hook) -> bool {
        self.webhooks.add(hook)
    }

    /// How many posts wait for their last outcome.
    #[must_use]
    pub fn pending_posts(&self) -> usize {
        self.webhooks.pending()
    }

    /// Changes the connection of a session; calls that wait for it go on.
    pub fn connect(&mut self, name: &str, connection: Connection, now: Instant) {
        self.handle_timeout(now);
        if let Some(session) = self.sessions.get_mut(name) {
            session.account.connect(connection, now);
        }
        self.handle_timeout(now);
    }

    /// The next thing to do.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to call [`Simulator::handle_timeout`] at the latest.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        let of_session = |session: &Session| earlier(session.account.poll_timeout(), session.delivery.poll_timeout());
        earlier(self.due.next(), self.sessions.values().filter_map(of_session).min())
    }

    /// Lets everything happen that is due by `now`, in its order.
    pub fn handle_timeout(&mut self, now: Instant) {
        while let Some(next) = self.poll_timeout().filter(|next| *next <= now) {
            while let Some(due) = self.due.take(next) {
                self.handle_due(due, next);
            }
            self.settle(next);
        }
        self.settle(now);
    }

    fn handle_due(&mut self, due: Due, now: Instant) {
        match due {
            Due::Call(call) => self.advance(call, now),
            Due::Answer(call, answer) => self.finish(call, answer, now),
            Due::Tell(session, event) => self.send_event(&session, event.name, &event.payload, now),
            Due::Arrive(parcel) => self.arrive(&parcel),
            Due::Post(number) => self.outputs.extend(self.webhooks.post(number).cloned().map(Output::Post)),
            Due::Ping => self.ping(now),
        }
    }

    /// Lets every session take in its news and tell them.
    fn settle(&mut self, now: Instant) {
        let names: Vec<String> = self.sessions.keys().cloned().collect();
        for name in names {
            self.settle_session(&name, now);
        }
    }
}

const MOST_SESSIONS: usize = 256;
