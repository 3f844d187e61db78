//! The whole server without its sockets: sessions, keys, calls that wait, listeners, webhooks.
//!
//! **The drain contract.** Every `handle_*` call is one input. After it, poll [`Simulator::poll_output`] until it is empty and
//! come back at [`Simulator::poll_timeout`] with [`Simulator::handle_timeout`]. Coming early or twice is harmless. Time is an
//! argument, chance is seeded: the same inputs give the same outputs, byte for byte.

mod calls;
mod creation;
mod events;
mod hosted;
mod listeners;
mod waha;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use crate::chance::Chance;
use crate::face::session::{Event, Session};
use crate::face::waha::key::{Keys, ScopedKey};
use crate::schedule::{Schedule, earlier};
use crate::time::{Epoch, Instant};
use crate::traffic::call::Answer;
use crate::traffic::dialect::Dialect;
use crate::traffic::webhook::{Hook, Parcel, Post, Retries, Webhooks};
use crate::world::account::Connection;
use calls::Pending;
pub use creation::{Instances, NewSession};
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
    Tell(String, Event),
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

    /// In whose words events of this session must be told to webhooks.
    #[must_use]
    pub fn dialects(&self, session: &str) -> BTreeSet<Dialect> {
        self.webhooks.dialects(session)
    }

    /// What is kept of a session's posts and newer than the post with this number, oldest first.
    pub fn kept_posts(&self, session: &str, after: u64) -> impl Iterator<Item = &Post> {
        self.webhooks.kept(session, after)
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
            Due::Tell(session, event) => self.send_event(&session, &event, now),
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
