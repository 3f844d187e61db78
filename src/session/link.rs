//! The connection's upkeep: what sockets, credentials and the session's own word mean, and what is said of it.

use super::calls::refused_before;
use super::credential::Given;
use super::feed::Closed;
use super::{Connection, ConnectionReason, ConnectionState, PROBE_MS, Session};
use crate::gateway::http::{Response, Secret};
use crate::gateway::{Answer, Call};
use crate::machine::SessionState;
use crate::machine::error::{Error, ErrorCode};
use crate::machine::time::{Instant, UnixMs};

impl Session {
    /// Time passed.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.machine.handle_timeout(now);
        self.attention_timeout(now);
        self.tabs_timeout(now);
        if let Some(since) = self.feed.handle_timeout(&mut self.jitter, now) {
            self.feed_opened(since, now);
        }
        if self.feed.take_lost() {
            if self.follows() {
                self.stop_feed();
            } else {
                self.lose_feed(ConnectionReason::Unreachable, now);
            }
        }
        self.mourn(now);
        #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
        self.relay_timeout(now);
    }

    /// The application gave a credential, or `None` for none.
    pub fn handle_credential(&mut self, secret: Option<Secret>, now: Instant) {
        match self.credential.give(secret) {
            Given::New => {
                self.resume_calls();
                self.start_feed();
                #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
                self.ticket_given(now);
            }
            Given::Same => self.give_up(now),
        }
    }

    /// The application could not give a credential.
    pub fn handle_credential_failed(&mut self, now: Instant) {
        #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
        if self.machine.config().is_relayed() {
            return self.ticket_failed(now);
        }
        self.credential.withhold();
        self.tell(Error::new(ErrorCode::Unauthorized, "gateway.apiKey: the function given failed"));
        self.give_up(now);
    }

    /// The platform shows nobody the gateway's pings: a socket that is silent is looked into. A relay's stream shows its own.
    pub const fn look_into_silence(&mut self) {
        if !self.machine.config().is_relayed() {
            self.feed.look_into_silence();
        }
    }

    /// The socket opened.
    pub fn handle_socket_open(&mut self, now: Instant) {
        self.feed.handle_open(now);
    }

    /// A frame arrived on the socket. A frame that cannot be read is counted, never fatal.
    pub fn handle_frame(&mut self, frame: &[u8], wall: UnixMs, now: Instant) {
        let opened = self.feed.handle_frame(now);
        if let Err(error) = self.ingest(frame, wall, now) {
            self.tell(error);
        }
        // After the frame: the chat it speaks of need not be asked for again.
        if let Some(since) = opened {
            self.feed_opened(since, now);
        }
    }

    /// A frame arrived on the older of two sockets: it is no proof of the other.
    pub fn handle_older_frame(&mut self, frame: &[u8], wall: UnixMs, now: Instant) {
        if let Err(error) = self.ingest(frame, wall, now) {
            self.tell(error);
        }
    }

    /// The older of two sockets closed, with its close code.
    pub fn handle_older_closed(&mut self, code: u16, now: Instant) {
        self.feed.handle_older_closed(code);
        self.mourn(now);
    }

    /// The socket closed, with its close code.
    pub fn handle_socket_closed(&mut self, code: u16, now: Instant) {
        let Some(closed) = self.feed.handle_closed(code, &mut self.jitter, now) else { return };
        // One that follows loses nothing: it has what the leader tells.
        if self.follows() {
            self.stop_feed();
            if closed == Closed::Refused {
                self.refuse_credential(self.credential.epoch(), now);
            }
            return;
        }
        let reason = match closed {
            Closed::Refused => ConnectionReason::Refused,
            Closed::Dropped => ConnectionReason::Dropped,
            Closed::Unreachable => ConnectionReason::Unreachable,
        };
        self.lose_feed(reason, now);
        if closed == Closed::Refused {
            self.refuse_credential(self.credential.epoch(), now);
        }
    }

    /// A socket that was dead told nothing: what it should have told is read where that is harmless, and chats are asked for again.
    fn mourn(&mut self, now: Instant) {
        if self.feed.take_dead() {
            self.machine.handle_gap(now);
        }
    }

    /// Events reach us no more.
    pub(super) fn lose_feed(&mut self, reason: ConnectionReason, now: Instant) {
        self.machine.handle_feed_down(now);
        self.lose_connection(reason, now);
    }

    pub(super) fn lose_connection(&mut self, reason: ConnectionReason, now: Instant) {
        let first = self.connection.state == ConnectionState::Connecting;
        let state = if first { ConnectionState::Connecting } else { ConnectionState::Reconnecting };
        self.connect(state, Some(reason), now);
    }

    /// No socket can be made here, now or ever: events come by [`Session::ingest`] or not at all.
    pub fn handle_no_socket(&mut self, now: Instant) {
        self.feed.stop();
        self.feed_wanted = false;
        self.machine.handle_no_feed(now);
        self.connect(ConnectionState::Open, Some(ConnectionReason::Unreachable), now);
        self.tell(Error::new(
            ErrorCode::Unsupported,
            "no WebSocket here (Node before 22, or the page's policy): use presence.ingest()",
        ));
    }

    /// The network or the page came back: a hint, nothing more.
    pub fn handle_wake(&mut self, now: Instant) {
        self.handle_timeout(now);
        if self.credential.is_usable() {
            self.feed.hurry(now);
        }
        if let Some(at) = self.probe_at {
            self.probe_at = Some(at.min(now));
        }
    }

    /// Reads the answer to a call. What a refusal repeats of our credential is not repeated to anybody.
    pub(super) fn read_answer<'a>(&self, call: &Call, response: &'a Response) -> Result<Answer<'a>, Error> {
        let answer = self.gateway.answer(call, response);
        // Without the hosted gateways bytes count, and the keys are WAHA's: scoped ones are known by how they begin.
        #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
        let answer = answer.map_err(|error| {
            let Some(body) = self.credential.masked(&response.body) else { return error };
            let again = self.gateway.answer(call, &Response { body, ..*response }).err();
            Error { message: again.map(|again| again.message).unwrap_or_default(), ..error }
        });
        answer
    }

    pub(super) fn start_feed(&mut self) {
        if self.feed_wanted && !self.closed && self.leads() && !self.pauses() {
            self.feed.start();
        }
    }

    pub(super) fn stop_feed(&mut self) {
        self.feed.stop();
        #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
        self.let_stream_go();
    }

    pub(super) fn feed_opened(&mut self, since: Instant, now: Instant) {
        self.credential.accept(self.credential.epoch());
        if self.follows() {
            return self.take_lead();
        }
        self.machine.handle_feed_open(since, now);
        self.connect(ConnectionState::Open, None, now);
        let unknown = !self.machine.session_ready() || self.connection.session == SessionState::Unknown;
        if unknown && !self.machine.config().is_relayed() {
            self.probe_at = Some(now);
        }
    }

    pub(super) fn connect(&mut self, state: ConnectionState, reason: Option<ConnectionReason>, now: Instant) {
        if (self.connection.state, self.connection.reason) != (state, reason) {
            self.connection = Connection { state, reason, since: now, ..self.connection };
        }
    }

    /// The gateway said how its session is; asks again later while it is not working.
    pub(super) fn note_session(&mut self, state: SessionState, now: Instant) {
        if self.connection.session != state {
            // Asked ever more seldom, also over the short times in which a flapping session works.
            if self.connection.session == SessionState::Working && !self.machine.is_flapping() {
                self.probes = 0;
            }
            self.connection = Connection { session: state, since: now, ..self.connection };
        }
        if self.machine.session_ready() {
            self.probe_at = None;
        } else if self.probe_at.is_none() {
            self.probe_later(now);
        }
    }

    pub(super) fn probe_later(&mut self, now: Instant) {
        let calls = self.machine.config().subscribes;
        self.probe_at = calls.then(|| now + self.jitter.backoff(self.probes, PROBE_MS.0, PROBE_MS.1));
        self.probes = self.probes.saturating_add(1);
    }

    pub(super) fn refuse_credential(&mut self, epoch: u32, now: Instant) {
        if !self.credential.refuse(epoch) {
            return;
        }
        self.feed.stop();
        self.machine.halt_calls();
        if self.credential.is_refused() {
            self.give_up(now);
        }
    }

    /// The credential is refused for good.
    pub(super) fn give_up(&mut self, now: Instant) {
        self.stop_leading(now);
        self.feed.stop();
        self.machine.halt_calls();
        self.machine.handle_feed_down(now);
        self.probe_at = None;
        self.connect(ConnectionState::Unauthorized, Some(ConnectionReason::Refused), now);
        self.tell(Error {
            status: Some(401),
            ..Error::new(ErrorCode::Unauthorized, "the gateway refused the credential; all traffic stopped")
        });
        let queued = std::mem::take(&mut self.waiting);
        for queued in queued {
            self.fail_unsent(&queued, refused_before(), now);
        }
    }

    /// Passes on an error that no reply carries, once for as long as it stays the same.
    pub(super) fn tell(&mut self, error: Error) {
        if self.told != Some(error.code) {
            self.told = Some(error.code);
            self.errors.push_back(error);
        }
    }
}
