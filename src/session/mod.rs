//! One machine, one gateway: intents become HTTP requests, outcomes and feed bytes become observations.
//!
//! Pure like the layers below: requests, sockets and credentials are data that a driver carries out. The drain contract is
//! the machine's ([`crate::machine`]), with more outputs: poll [`Session::poll_credential`], [`Session::poll_feed`],
//! [`Session::poll_request`], [`Session::poll_reply`], [`Session::poll_error`], [`Session::poll_connection`] and
//! [`Session::poll_notice`] until each says "nothing more", then sleep until [`Session::poll_timeout`]. Every request gets
//! exactly one outcome.

mod calls;
mod connection;
mod credential;
mod feed;

use std::collections::VecDeque;

pub use calls::{ChatEntry, ChatState, Reply, RequestId};
pub use connection::{Connection, ConnectionReason, ConnectionState};

use crate::gateway::http::{Request, Secret};
use crate::gateway::{Capabilities, Gateway};
use crate::machine::error::{Error, ErrorCode};
use crate::machine::id::{Address, Id};
use crate::machine::jitter::Jitter;
use crate::machine::sorted_map::SortedMap;
use crate::machine::time::{Instant, UnixMs};
use crate::machine::{Config, Machine, Notice, Priority, SessionState, WatchId};
use calls::{Pending, Purpose, Queued};
use credential::{Credential, Given};
use feed::{Closed, Feed, FeedStep};

/// How a session is set up.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The gateway.
    pub gateway: Gateway,
    /// The machine's settings.
    pub machine: Config,
    /// Whether the gateway's feed is to be opened.
    pub feed: bool,
    /// Whether the application provides a credential.
    pub credential: bool,
    /// Largest body taken in, in bytes.
    pub max_body_bytes: usize,
}

/// What the driver is to do with its socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FeedCommand {
    /// Open a socket to this URL, dropping any other. The URL may hold the credential.
    Open(Secret),
    /// Drop the socket.
    Close,
}

/// First and longest wait between questions about a session that is not ready, in ms.
const PROBE_MS: (u64, u64) = (2_000, 60_000);

/// One session. See the [module documentation](self).
#[derive(Debug)]
pub struct Session {
    machine: Machine,
    gateway: Gateway,
    jitter: Jitter,
    credential: Credential,
    feed: Feed,
    feed_wanted: bool,
    connection: Connection,
    reported: Option<Connection>,
    next_request: u64,
    waiting: VecDeque<Queued>,
    outbox: VecDeque<(RequestId, Request)>,
    pending: SortedMap<RequestId, Pending>,
    replies: VecDeque<(RequestId, Result<Reply, Error>)>,
    errors: VecDeque<Error>,
    told: Option<ErrorCode>,
    subscribes_by_reading: bool,
    lists_harmlessly: bool,
    probe_at: Option<Instant>,
    probes: u32,
    max_body_bytes: usize,
    closed: bool,
}

impl Session {
    /// A session that starts at `now`.
    #[must_use]
    pub fn new(setup: Setup, now: Instant) -> Self {
        let calls = setup.machine.subscribes;
        let feed_wanted = setup.feed && setup.gateway.capabilities().feed;
        let seed = setup.machine.seed;
        let state = if feed_wanted { ConnectionState::Connecting } else { ConnectionState::Open };
        let mut session = Self {
            machine: Machine::new(setup.machine),
            gateway: setup.gateway,
            jitter: Jitter::new(seed ^ 0x5e55_1011),
            credential: Credential::new(setup.credential),
            feed: Feed::new(),
            feed_wanted,
            connection: Connection { state, reason: None, session: SessionState::Unknown, since: now },
            reported: None,
            next_request: 0,
            waiting: VecDeque::new(),
            outbox: VecDeque::new(),
            pending: SortedMap::default(),
            replies: VecDeque::new(),
            errors: VecDeque::new(),
            told: None,
            subscribes_by_reading: false,
            lists_harmlessly: false,
            probe_at: calls.then_some(now),
            probes: 0,
            max_body_bytes: setup.max_body_bytes,
            closed: false,
        };
        if feed_wanted {
            session.machine.handle_feed_down(now);
        }
        session.start_feed();
        session
    }

    // ---- Commands ------------------------------------------------------------------------------------------------------

    /// See [`Machine::watch`].
    pub fn watch(&mut self, id: &Id, priority: Priority, now: Instant) -> WatchId {
        self.machine.watch(id, priority, now)
    }

    /// See [`Machine::unwatch`].
    pub fn unwatch(&mut self, watch: WatchId, now: Instant) {
        self.machine.unwatch(watch, now);
    }

    /// See [`Machine::set_priority`].
    pub fn set_priority(&mut self, watch: WatchId, priority: Priority, now: Instant) {
        self.machine.set_priority(watch, priority, now);
    }

    /// See [`Machine::add_alias`].
    pub fn add_alias(&mut self, lid: &Id, contact: &Id, wall: UnixMs, now: Instant) {
        self.machine.add_alias(&Address::from(lid), &Address::from(contact), wall, now);
    }

    /// Takes in a webhook body.
    ///
    /// # Errors
    /// `too-large` above the limit, `malformed` when it is not JSON or not an envelope.
    pub fn ingest(&mut self, body: &[u8], wall: UnixMs, now: Instant) -> Result<(), Error> {
        if body.len() > self.max_body_bytes {
            return Err(Error::new(
                ErrorCode::TooLarge,
                format!("body: expected at most {} bytes, found {}", self.max_body_bytes, body.len()),
            ));
        }
        let decoded = self.gateway.decode(body)?;
        self.machine.note_invalid_ids(decoded.invalid_ids);
        for envelope in &decoded.envelopes {
            self.machine.handle_envelope(envelope, wall, now);
        }
        if self.machine.take_session_news() {
            self.note_session(self.machine.session_state(), now);
        }
        Ok(())
    }

    /// Ends everything; calls without an answer get `closed`.
    pub fn close(&mut self, now: Instant) {
        self.closed = true;
        self.feed.stop();
        self.outbox.clear();
        let gone = || Error::new(ErrorCode::Closed, "the client was closed");
        let queued = std::mem::take(&mut self.waiting);
        let pending = self.pending.take().map(|(id, pending)| (id, pending.purpose));
        let queued = queued.into_iter().map(|queued| (queued.id, queued.purpose));
        for (id, purpose) in queued.chain(pending) {
            if purpose == Purpose::Rest {
                self.replies.push_back((id, Err(gone())));
            }
        }
        self.connect(ConnectionState::Closed, None, now);
    }

    // ---- What happened -------------------------------------------------------------------------------------------------

    /// Time passed.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.machine.handle_timeout(now);
        if let Some(since) = self.feed.handle_timeout(&mut self.jitter, now) {
            self.feed_opened(since, now);
        }
    }

    /// The application gave a credential, or `None` for none.
    pub fn handle_credential(&mut self, secret: Option<Secret>, now: Instant) {
        match self.credential.give(secret) {
            Given::New => {
                self.machine.resume_calls();
                self.start_feed();
            }
            Given::Same => self.give_up(now),
        }
    }

    /// The application could not give a credential.
    pub fn handle_credential_failed(&mut self, now: Instant) {
        self.credential.withhold();
        self.errors.push_back(Error::new(ErrorCode::Unauthorized, "gateway.apiKey: the function given failed"));
        self.give_up(now);
    }

    /// The socket opened.
    pub fn handle_socket_open(&mut self, now: Instant) {
        self.feed.handle_open(now);
    }

    /// A frame arrived on the socket. A frame that cannot be read is counted, never fatal.
    pub fn handle_frame(&mut self, frame: &[u8], wall: UnixMs, now: Instant) {
        let opened = self.feed.handle_frame();
        if let Err(error) = self.ingest(frame, wall, now) {
            self.tell(error);
        }
        // After the frame: the chat it speaks of need not be asked for again.
        if let Some(since) = opened {
            self.feed_opened(since, now);
        }
    }

    /// The socket closed, with its close code.
    pub fn handle_socket_closed(&mut self, code: u16, now: Instant) {
        let Some(closed) = self.feed.handle_closed(code, &mut self.jitter, now) else { return };
        self.machine.handle_feed_down(now);
        let again = if self.connection.state == ConnectionState::Connecting {
            ConnectionState::Connecting
        } else {
            ConnectionState::Reconnecting
        };
        match closed {
            Closed::Refused => {
                self.connect(again, Some(ConnectionReason::Refused), now);
                self.refuse_credential(self.credential.epoch(), now);
            }
            Closed::Dropped => self.connect(again, Some(ConnectionReason::Dropped), now),
            Closed::Unreachable => self.connect(again, Some(ConnectionReason::Unreachable), now),
        }
    }

    /// No socket can be made here, now or ever: events come by [`Session::ingest`] or not at all.
    pub fn handle_no_socket(&mut self, now: Instant) {
        self.feed.stop();
        self.feed_wanted = false;
        self.machine.handle_no_feed(now);
        self.connect(ConnectionState::Open, Some(ConnectionReason::Unreachable), now);
        self.tell(Error::new(
            ErrorCode::Unsupported,
            "a WebSocket cannot be made here (Node before 22, or the page's policy): hand webhooks to presence.ingest()",
        ));
    }

    /// The network or the page came back: a hint, nothing more.
    pub fn handle_wake(&mut self, now: Instant) {
        self.handle_timeout(now);
        if self.credential.is_usable() {
            self.feed.hurry();
        }
        if let Some(at) = self.probe_at {
            self.probe_at = Some(at.min(now));
        }
    }

    // ---- What there is to do -------------------------------------------------------------------------------------------

    /// True when the application is to be asked for its credential.
    pub fn poll_credential(&mut self) -> bool {
        !self.closed && self.credential.poll()
    }

    /// What to do with the socket.
    pub fn poll_feed(&mut self, now: Instant) -> Option<FeedCommand> {
        if !self.credential.is_usable() && !self.credential.is_refused() && !self.closed {
            return None;
        }
        Some(match self.feed.poll(now)? {
            FeedStep::Close => FeedCommand::Close,
            FeedStep::Open => match &self.gateway {
                Gateway::Waha(waha) => FeedCommand::Open(waha.feed_url(self.credential.secret())),
                Gateway::Ingest => FeedCommand::Close,
            },
        })
    }

    /// The next error that no reply carries.
    pub fn poll_error(&mut self) -> Option<Error> {
        self.errors.pop_front()
    }

    /// The connection, if it changed since the last poll.
    pub fn poll_connection(&mut self) -> Option<Connection> {
        let changed = self.reported != Some(self.connection);
        self.reported = Some(self.connection);
        changed.then_some(self.connection)
    }

    /// See [`Machine::poll_notice`].
    pub fn poll_notice(&mut self) -> Option<Notice> {
        self.machine.poll_notice()
    }

    /// When to call [`Session::handle_timeout`].
    #[must_use]
    pub fn poll_timeout(&self, now: Instant) -> Option<Instant> {
        if self.closed {
            return None;
        }
        let calls = self.credential.is_usable();
        let machine = self.machine.poll_timeout(now).map(|(at, _)| at);
        let probe = self.probe_at.filter(|_| calls);
        [machine, self.feed.poll_timeout(), probe].into_iter().flatten().min()
    }

    // ---- What is so ----------------------------------------------------------------------------------------------------

    /// The machine, to read from.
    #[must_use]
    pub const fn machine(&self) -> &Machine {
        &self.machine
    }

    /// The connection.
    #[must_use]
    pub const fn connection(&self) -> Connection {
        self.connection
    }

    /// The gateway's name.
    #[must_use]
    pub const fn gateway_kind(&self) -> &'static str {
        self.gateway.kind()
    }

    /// What the gateway can do.
    #[must_use]
    pub const fn capabilities(&self) -> Capabilities {
        self.gateway.capabilities()
    }

    /// Whether [`Session::close`] was called.
    #[must_use]
    pub const fn is_closed(&self) -> bool {
        self.closed
    }

    // ---- Inside --------------------------------------------------------------------------------------------------------

    fn start_feed(&mut self) {
        if self.feed_wanted && !self.closed {
            self.feed.start();
        }
    }

    fn feed_opened(&mut self, since: Instant, now: Instant) {
        self.credential.accept(self.credential.epoch());
        self.machine.handle_feed_open(since, now);
        self.connect(ConnectionState::Open, None, now);
        if !self.machine.session_ready() || self.connection.session == SessionState::Unknown {
            self.probe_at = Some(now);
        }
    }

    fn connect(&mut self, state: ConnectionState, reason: Option<ConnectionReason>, now: Instant) {
        if (self.connection.state, self.connection.reason) != (state, reason) {
            self.connection = Connection { state, reason, since: now, ..self.connection };
        }
    }

    /// The gateway said how its session is; asks again later while it is not working.
    fn note_session(&mut self, state: SessionState, now: Instant) {
        if self.connection.session != state {
            self.connection = Connection { session: state, since: now, ..self.connection };
        }
        if self.machine.session_ready() {
            self.probes = 0;
            self.probe_at = None;
        } else if self.probe_at.is_none() {
            self.probe_later(now);
        }
    }

    fn probe_later(&mut self, now: Instant) {
        let calls = self.machine.config().subscribes;
        self.probe_at = calls.then(|| now + self.jitter.backoff(self.probes, PROBE_MS.0, PROBE_MS.1));
        self.probes = self.probes.saturating_add(1);
    }

    fn refuse_credential(&mut self, epoch: u32, now: Instant) {
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
    fn give_up(&mut self, now: Instant) {
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
            self.fail_unsent(&queued, now);
        }
    }

    /// Passes on an error that no reply carries, once for as long as it stays the same.
    fn tell(&mut self, error: Error) {
        if self.told != Some(error.code) {
            self.told = Some(error.code);
            self.errors.push_back(error);
        }
    }
}
