//! Open sockets: who listens, and who still answers.

use std::time::Duration;

use super::{Due, Output, Simulator};
use crate::face::waha::socket::Listener;
use crate::time::Instant;

/// An open socket.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) listener: Listener,
    /// It has answered the last ping, or had none yet.
    alive: bool,
}

impl Simulator {
    /// Whether a socket with this query may open at all. While a session refuses, the connection is cut before the handshake.
    #[must_use]
    pub fn accepts_socket(&self, query: &str, now: Instant) -> bool {
        let listener = Listener::parse(query, &self.keys).ok();
        let session = listener.map_or_else(|| None, |listener| listener.session);
        let refused = self.refuse_until.get(&session).is_some_and(|until| now < *until);
        !refused && self.open.len() < MOST_SOCKETS
    }

    /// A socket opened.
    pub fn handle_open(&mut self, socket: u64, query: &str, now: Instant) {
        match Listener::parse(query, &self.keys) {
            Ok(listener) => {
                if let Some(session) = listener.session.as_ref().and_then(|name| self.sessions.get_mut(name)) {
                    let number = session.log.begin("GET", "/ws", "ws", None, now);
                    session.log.finish(number, 101, now);
                }
                self.opened += 1;
                self.open.insert(socket, Open { listener, alive: true });
            }
            Err(rejection) => {
                self.outputs.push_back(Output::Close(socket, POLICY_VIOLATION, rejection.reason().to_owned()));
            }
        }
    }

    /// A socket answered a ping.
    pub fn handle_pong(&mut self, socket: u64) {
        if let Some(open) = self.open.get_mut(&socket) {
            open.alive = true;
        }
    }

    /// A socket is gone.
    pub fn handle_closed(&mut self, socket: u64) {
        self.open.remove(&socket);
    }

    /// Ends every socket that listens to just this session, or to all sessions when there is none: with a code and a reason, or
    /// without a word. New ones are refused for a while. Returns how many there were.
    pub fn disconnect(
        &mut self,
        session: Option<&str>,
        close: Option<(u16, String)>,
        refuse_for: Duration,
        now: Instant,
    ) -> usize {
        self.refuse_until.retain(|_, until| now < *until);
        if !refuse_for.is_zero() {
            self.refuse_until.insert(session.map(str::to_owned), now + refuse_for);
        }
        let listens = |open: &Open| open.listener.session.as_deref() == session;
        let gone: Vec<u64> = self.open.iter().filter(|(_, open)| listens(open)).map(|(id, _)| *id).collect();
        for socket in &gone {
            self.open.remove(socket);
            self.outputs.push_back(match &close {
                Some((code, reason)) => Output::Close(*socket, *code, reason.clone()),
                None => Output::Hangup(*socket),
            });
        }
        gone.len()
    }

    /// How many sockets listen to just this session, or to all sessions when there is none.
    #[must_use]
    pub fn open_sockets(&self, session: Option<&str>) -> usize {
        self.open.values().filter(|open| open.listener.session.as_deref() == session).count()
    }

    /// How many sockets have ever opened.
    #[must_use]
    pub const fn opened_sockets(&self) -> u64 {
        self.opened
    }

    /// Drops those that did not answer, and asks the others again.
    pub(super) fn ping(&mut self, now: Instant) {
        let outputs = &mut self.outputs;
        self.open.retain(|socket, open| {
            let alive = std::mem::replace(&mut open.alive, false);
            outputs.push_back(if alive { Output::Ping(*socket) } else { Output::Hangup(*socket) });
            alive
        });
        self.due.put(Due::Ping, now + PING_INTERVAL);
    }
}

/// One timer for all sockets, so the first ping of each comes sooner.
pub(super) const PING_INTERVAL: Duration = Duration::from_secs(60);

/// The WebSocket code for a client that may not be here.
const POLICY_VIOLATION: u16 = 1008;

const MOST_SOCKETS: usize = 512;
