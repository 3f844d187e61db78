//! One machine, one gateway: intents become HTTP requests, outcomes and feed bytes become observations.
//!
//! Pure like the layers below: requests, sockets and credentials are data that a driver carries out. The drain contract is
//! the machine's ([`crate::machine`]), with more outputs: poll [`Session::poll_credential`], [`Session::poll_feed`],
//! [`Session::poll_request`], [`Session::poll_reply`], [`Session::poll_error`], [`Session::poll_connection`] and
//! [`Session::poll_notice`] until each says "nothing more", then sleep until [`Session::poll_timeout`]. Every request gets
//! exactly one outcome.

mod background;
mod calls;
mod connection;
mod conversation;
mod credential;
mod feed;
mod ghost;
mod ledger;
mod link;
#[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
mod privacy;
mod rationing;
mod record;
#[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
mod relay;
mod reply;
mod tabs;

use std::collections::VecDeque;

pub use background::Background;
pub use calls::RequestId;
pub use connection::{Connection, ConnectionReason, ConnectionState};
pub use feed::FeedCommand;
pub use ghost::Price;
pub use ledger::last_of;
pub use reply::{ChatEntry, ChatState, Reply};
pub use tabs::LockStep;

use crate::gateway::http::Request;
use crate::gateway::{Capabilities, Capability, Decoded, Gateway, unquoted};
use crate::machine::error::{Error, ErrorCode};
use crate::machine::id::{Address, Id};
use crate::machine::jitter::Jitter;
use crate::machine::sorted_map::SortedMap;
use crate::machine::time::{Instant, UnixMs};
use crate::machine::{Budget, Config, Machine, Notice, Priority, SessionState, WatchId};
use crate::patterns::Patterns;
use crate::patterns::own::OwnState;
use crate::patterns::question::QuestionId;
use background::Attention;
use calls::{Pending, Purpose, Queued};
use conversation::Asking;
use credential::Credential;
use feed::{Feed, FeedStep};

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
    /// Entries of the activity log kept for each chat.
    pub log_entries: usize,
    /// Largest body taken in, in bytes.
    pub max_body_bytes: usize,
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
    attention: Attention,
    connection: Connection,
    reported: Option<Connection>,
    next_request: u64,
    waiting: VecDeque<Queued>,
    /// When the last calls of the application left that do not subscribe.
    beside: VecDeque<Instant>,
    outbox: VecDeque<(RequestId, Request)>,
    pending: SortedMap<RequestId, Pending>,
    replies: VecDeque<(RequestId, Result<Reply, Error>)>,
    errors: VecDeque<Error>,
    told: Option<ErrorCode>,
    subscribes_by_reading: bool,
    capabilities: Capabilities,
    today: ledger::Today,
    probe_at: Option<Instant>,
    probes: u32,
    #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
    privacy_asked_at: Option<Instant>,
    #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
    relayed: Option<Box<relay::Relayed>>,
    tabs: Option<Box<tabs::Tabs>>,
    patterns: Patterns,
    /// The watches that questions need.
    asking: SortedMap<QuestionId, Asking>,
    reported_own: Option<OwnState>,
    /// How often the session had come or gone when the patterns last heard of it.
    connections: u32,
    /// Whether the application wants our account set offline after calls that mark it online.
    offline_after: bool,
    max_body_bytes: usize,
    closed: bool,
}

impl Session {
    /// A session that starts at `now`.
    #[must_use]
    pub fn new(setup: Setup, now: Instant) -> Self {
        let calls = setup.machine.subscribes;
        let relayed = setup.machine.is_relayed();
        let capabilities = *setup.gateway.capabilities(None);
        let feed_wanted = setup.feed && capabilities.has(Capability::Feed);
        let seed = setup.machine.seed;
        let state = if feed_wanted { ConnectionState::Connecting } else { ConnectionState::Open };
        let mut session = Self {
            patterns: Patterns::new(setup.log_entries, seed),
            asking: SortedMap::default(),
            reported_own: None,
            connections: 0,
            offline_after: setup.machine.offline_after,
            machine: Machine::new(Config { tells: true, ..setup.machine }),
            gateway: setup.gateway,
            jitter: Jitter::new(seed ^ 0x5e55_1011),
            credential: if relayed { Credential::held() } else { Credential::new(setup.credential) },
            feed: Feed::new(),
            feed_wanted,
            attention: Attention::default(),
            connection: Connection { state, reason: None, session: SessionState::Unknown, since: now },
            reported: None,
            next_request: 0,
            waiting: VecDeque::new(),
            beside: VecDeque::new(),
            outbox: VecDeque::new(),
            pending: SortedMap::default(),
            replies: VecDeque::new(),
            errors: VecDeque::new(),
            told: None,
            subscribes_by_reading: false,
            capabilities,
            today: ledger::Today::default(),
            probe_at: calls.then_some(now),
            probes: 0,
            #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
            privacy_asked_at: None,
            #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
            relayed: relayed.then(|| Box::new(relay::Relayed::new(now))),
            tabs: None,
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

    /// See [`Machine::note_inbound`].
    pub fn note_inbound(&mut self, id: &Id, at: UnixMs, wall: UnixMs, now: Instant) {
        self.machine.note_inbound(id, at, wall, now);
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
        self.ingest_arrived(body, now, wall, now)
    }

    /// The same of a body that reached this browser at `arrived`.
    fn ingest_arrived(&mut self, body: &[u8], arrived: Instant, wall: UnixMs, now: Instant) -> Result<(), Error> {
        if body.len() > self.max_body_bytes {
            return Err(Error::new(
                ErrorCode::TooLarge,
                format!("body: expected at most {} bytes, found {}", self.max_body_bytes, body.len()),
            ));
        }
        let body = unquoted(body);
        let mut decoded = Decoded::default();
        self.gateway.decode_into(&body, &mut decoded)?;
        self.machine.note_invalid_ids(decoded.invalid_ids);
        for envelope in decoded.envelopes.iter() {
            self.machine.handle_arrival(envelope, arrived, wall, now);
            self.tell_envelope(envelope, wall);
        }
        if self.machine.take_session_news() {
            self.note_session(self.machine.session_state(), now);
        }
        #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
        self.explain_denials(now);
        Ok(())
    }

    /// Ends everything; calls without an answer get `closed`.
    pub fn close(&mut self, now: Instant) {
        self.closed = true;
        self.leave_tabs();
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

    // ---- What there is to do -------------------------------------------------------------------------------------------

    /// True when the application is to be asked for its credential.
    pub fn poll_credential(&mut self) -> bool {
        let asks = !self.closed && self.credential.poll();
        #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
        if asks {
            self.ticket_is_asked();
        }
        asks
    }

    /// What to do with the socket.
    pub fn poll_feed(&mut self, now: Instant) -> Option<FeedCommand> {
        if !self.credential.is_usable() && !self.credential.is_refused() && !self.closed {
            return None;
        }
        #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
        if !self.may_open_stream() {
            return None;
        }
        Some(match self.feed.poll(now)? {
            FeedStep::Close => FeedCommand::Close,
            FeedStep::EndOlder => FeedCommand::EndOlder,
            step @ (FeedStep::Open | FeedStep::Beside) => match &self.gateway {
                Gateway::Waha(waha) => {
                    let url = waha.feed_url(self.credential.secret());
                    if step == FeedStep::Open { FeedCommand::Open(url) } else { FeedCommand::Beside(url) }
                }
                Gateway::Ingest => FeedCommand::Close,
                #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
                Gateway::Wawp(_) | Gateway::Waapi(_) => FeedCommand::Close,
                #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
                Gateway::Relay(_) => return Some(self.open_stream(now)),
            },
        })
    }

    /// Whether there is anything to tell: a reply, an error, the connection, a notice.
    #[must_use]
    #[inline]
    pub fn has_news(&self, now: Instant) -> bool {
        !self.replies.is_empty()
            || !self.errors.is_empty()
            || self.reported != Some(self.connection)
            || self.machine.has_notices()
            || self.patterns_have_news(now)
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
        loop {
            let notice = self.machine.poll_notice()?;
            // What is asked for on behalf of other tabs is theirs to hear.
            if !self.machine.is_only_lent(notice.chat) {
                return Some(notice);
            }
        }
    }

    /// When to call [`Session::handle_timeout`].
    #[must_use]
    pub fn poll_timeout(&self, now: Instant) -> Option<Instant> {
        if self.closed {
            return None;
        }
        let calls = self.credential.is_usable();
        let machine = self.machine.poll_timeout(now).map(|(at, _)| at);
        let probe = self.probe_at.filter(|_| calls && !self.follows());
        let opens = |queued| self.waiting_opens_at(queued, now);
        let call = self.waiting.iter().filter(|_| calls).filter_map(opens).min().map(|at| at.max(now));
        let patterns = self.patterns_timeout(now);
        #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
        let patterns = [patterns, self.relay_timeout_at().map(|at| at.max(now))].into_iter().flatten().min();
        [machine, self.feed.poll_timeout(), probe, call, patterns, self.tabs_timeout_at(), self.attention_timeout_at()]
            .into_iter()
            .flatten()
            .min()
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

    /// Whose gateway it is: through a relay, of the one behind it once that is known.
    #[must_use]
    pub fn vendor_kind(&self) -> &'static str {
        #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
        if let Some(vendor) = self.vendor() {
            return vendor;
        }
        self.gateway.kind()
    }

    /// What the gateway can do, as far as its engine is known by now.
    #[must_use]
    pub const fn capabilities(&self) -> Capabilities {
        self.capabilities
    }

    /// How the account's budget stands, as far as we know, with the chats watched and the calls of the day.
    pub fn budget(&mut self, wall: UnixMs, now: Instant) -> (Budget, usize, u64) {
        #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
        if let Some(told) = self.relayed_budget() {
            return told;
        }
        (self.machine.budget(now), self.machine.followed_chats().count(), self.calls_today(wall))
    }

    /// Whether [`Session::close`] was called.
    #[must_use]
    pub const fn is_closed(&self) -> bool {
        self.closed
    }
}
