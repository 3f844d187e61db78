//! The life of a feed, as data: when to open a socket, when it counts as open, when to try again.
//!
//! WAHA's socket opens first and refuses afterwards (close code 1008), so a socket is believed only after its first frame
//! or a second without a refusal. WAHA's pings are answered by the browser and shown to nobody, so of a socket that is silent one
//! cannot say whether it is dead: another is opened beside it, and how the older one ends says what it was. Sockets themselves live
//! in `browser/`.

#[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
use crate::gateway::http::Request;
use crate::gateway::http::Secret;
use crate::machine::jitter::Jitter;
use crate::machine::time::Instant;

/// What the driver is to do with its socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FeedCommand {
    /// Open a socket to this URL, dropping any other. The URL may hold the credential.
    Open(Secret),
    /// Open a socket to this URL beside the one there is, which is the older one from here on.
    Beside(Secret),
    /// End the older socket and report how it ended with [`Session::handle_older_closed`](super::Session::handle_older_closed).
    EndOlder,
    /// Make this request, dropping any other: its answer is read as it comes.
    #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
    Stream(Request),
    /// Drop it.
    Close,
}

/// The same without what it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FeedStep {
    /// Open one, dropping any other.
    Open,
    /// Open one beside the one there is.
    Beside,
    /// End the older one of two, and say how it ended.
    EndOlder,
    /// Drop them.
    Close,
}

/// What a closed socket means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Closed {
    /// The gateway refused the credential.
    Refused,
    /// It was open, and broke.
    Dropped,
    /// It never opened.
    Unreachable,
}

/// A socket without a refusal for so long is open, in ms.
const BELIEVED_AFTER_MS: u64 = 1_000;
/// The same of one that is opened in place of another tab's, whose key is good: others wait for it.
const TAKEN_OVER_AFTER_MS: u64 = 400;
/// A socket that has not opened by then is given up, in ms.
const CONNECT_TIMEOUT_MS: u64 = 15_000;
/// A socket that was silent for so long may be dead, in ms: WAHA pings every 60 s, and drops whoever did not answer by the next.
const SILENT_MS: u64 = 130_000;
/// The same when the page or the network came back: then it may well be.
const DOUBTFUL_MS: u64 = 30_000;
/// A socket that lives says so when it is ended; one that does not within so long was dead, in ms.
const END_MS: u64 = 5_000;
/// First and longest wait before another try, in ms.
const RETRY_MS: (u64, u64) = (1_000, 30_000);
/// WebSocket close code "policy violation": what WAHA sends after accepting a socket with a bad key.
pub(super) const REFUSED: u16 = 1008;
/// WebSocket close code of a connection that is gone without a word.
pub(super) const VANISHED: u16 = 1006;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Not wanted, or not yet.
    Off,
    /// To be opened at the next poll.
    Wanted,
    /// The driver is opening one since then.
    Opening(Instant),
    /// Open since then, not yet believed.
    Unproven(Instant),
    /// Believed; last heard then.
    Open(Instant),
    /// The next try is due then.
    Retry(Instant),
}

/// A socket beside which another is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Older {
    None,
    /// In use until the other is believed.
    Kept,
    /// To be ended at the next poll.
    Doomed,
    /// Being ended; dead unless it says something by then.
    Ending(Instant),
    /// It told nothing for an unknown time.
    Dead,
}

/// The feed of one session.
#[derive(Debug)]
pub(crate) struct Feed {
    state: State,
    attempt: u32,
    close: bool,
    older: Older,
    lost: bool,
    /// Whether silence is looked into.
    checks: bool,
    /// How long a socket without a refusal takes to be believed, in ms.
    believed_after_ms: u64,
}

impl Feed {
    pub(crate) const fn new() -> Self {
        let older = Older::None;
        Self {
            state: State::Off,
            attempt: 0,
            close: false,
            older,
            lost: false,
            checks: false,
            believed_after_ms: BELIEVED_AFTER_MS,
        }
    }

    /// Wants a socket as soon as possible.
    pub(crate) fn start(&mut self) {
        if self.state == State::Off {
            self.state = State::Wanted;
        }
    }

    /// Nobody sees the gateway's pings: one that is silent is looked into.
    pub(crate) const fn look_into_silence(&mut self) {
        self.checks = true;
    }

    /// Takes the place of another tab's that was believed.
    pub(crate) const fn take_over(&mut self) {
        self.believed_after_ms = TAKEN_OVER_AFTER_MS;
    }

    /// Wants none from here on.
    pub(crate) fn stop(&mut self) {
        let there = matches!(self.state, State::Opening(_) | State::Unproven(_) | State::Open(_));
        self.close |= there || self.older != Older::None;
        self.state = State::Off;
    }

    /// Whether it is believed.
    pub(crate) const fn is_open(&self) -> bool {
        matches!(self.state, State::Open(_))
    }

    /// Whether there is one, or about to be.
    #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
    pub(crate) const fn is_there(&self) -> bool {
        matches!(self.state, State::Opening(_) | State::Unproven(_) | State::Open(_))
    }

    /// A reason to try at once: the network, or the page, came back.
    pub(crate) fn hurry(&mut self, now: Instant) {
        self.doubt(DOUBTFUL_MS, now);
        if matches!(self.state, State::Retry(_)) {
            self.state = State::Wanted;
        }
    }

    pub(crate) fn poll(&mut self, now: Instant) -> Option<FeedStep> {
        if std::mem::take(&mut self.close) {
            self.older = Older::None;
            return Some(FeedStep::Close);
        }
        if self.older == Older::Doomed {
            self.older = Older::Ending(now + END_MS);
            return Some(FeedStep::EndOlder);
        }
        (self.state == State::Wanted).then(|| {
            self.state = State::Opening(now);
            if self.older == Older::Kept { FeedStep::Beside } else { FeedStep::Open }
        })
    }

    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        match self.state {
            State::Off | State::Wanted => None,
            State::Open(heard_at) => match self.older {
                Older::Ending(at) => Some(at),
                Older::None | Older::Kept | Older::Doomed | Older::Dead => self.checks.then(|| heard_at + SILENT_MS),
            },
            State::Opening(since) => Some(since + CONNECT_TIMEOUT_MS),
            State::Unproven(since) => Some(since + self.believed_after_ms),
            State::Retry(at) => Some(at),
        }
    }

    /// Time passed. True when the socket has just become believed, with the instant since which events reach us.
    pub(crate) fn handle_timeout(&mut self, jitter: &mut Jitter, now: Instant) -> Option<Instant> {
        if let Older::Ending(at) = self.older
            && at <= now
        {
            self.older = Older::Dead;
        }
        match self.state {
            State::Unproven(since) if now >= since + self.believed_after_ms => return self.believe(now),
            State::Opening(since) if now >= since + CONNECT_TIMEOUT_MS => {
                self.close = true;
                self.lost = true;
                self.retry(jitter, now);
            }
            State::Retry(at) if now >= at => self.state = State::Wanted,
            State::Open(_) => self.doubt(SILENT_MS, now),
            State::Off | State::Wanted | State::Opening(_) | State::Unproven(_) | State::Retry(_) => {}
        }
        None
    }

    /// Whether a socket never opened, and with it one beside that was believed is gone. True once.
    pub(crate) const fn take_lost(&mut self) -> bool {
        std::mem::replace(&mut self.lost, false)
    }

    /// Whether the older of two sockets turned out to be dead, now that there is another: what it should have told is missing.
    pub(crate) fn take_dead(&mut self) -> bool {
        let dead = self.is_open() && self.older == Older::Dead;
        if dead {
            self.older = Older::None;
        }
        dead
    }

    /// The older of two sockets is closed.
    pub(crate) const fn handle_older_closed(&mut self, code: u16) {
        self.older = match self.older {
            Older::Doomed | Older::Ending(_) if code != VANISHED => Older::None,
            Older::Kept | Older::Doomed | Older::Ending(_) | Older::Dead => Older::Dead,
            Older::None => Older::None,
        };
    }

    /// One that is silent may be dead.
    fn doubt(&mut self, silent_ms: u64, now: Instant) {
        if let State::Open(heard_at) = self.state
            && self.checks
            && self.older == Older::None
            && heard_at + silent_ms <= now
        {
            self.older = Older::Kept;
            self.state = State::Wanted;
        }
    }

    pub(crate) fn handle_open(&mut self, now: Instant) {
        if matches!(self.state, State::Opening(_)) {
            self.state = State::Unproven(now);
        }
    }

    /// A frame arrived: proof enough.
    pub(crate) fn handle_frame(&mut self, now: Instant) -> Option<Instant> {
        if let State::Open(heard_at) = &mut self.state {
            *heard_at = now;
            return None;
        }
        self.believe(now)
    }

    /// The socket closed. Nothing to say when it was not wanted any more.
    pub(crate) fn handle_closed(&mut self, code: u16, jitter: &mut Jitter, now: Instant) -> Option<Closed> {
        let closed = match self.state {
            State::Off | State::Wanted | State::Retry(_) => return None,
            State::Opening(_) | State::Unproven(_) | State::Open(_) if code == REFUSED => Closed::Refused,
            State::Opening(_) => Closed::Unreachable,
            State::Unproven(_) | State::Open(_) => Closed::Dropped,
        };
        self.close |= self.older != Older::None;
        self.retry(jitter, now);
        Some(closed)
    }

    /// It is open and worth nothing: to be dropped, and another to be opened.
    #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
    pub(crate) fn give_up(&mut self, jitter: &mut Jitter, now: Instant) {
        if !matches!(self.state, State::Off | State::Wanted | State::Retry(_)) {
            self.close = true;
            self.retry(jitter, now);
        }
    }

    /// No try before `at`.
    #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
    pub(crate) fn leave_alone(&mut self, at: Instant) {
        if let State::Retry(next) = &mut self.state {
            *next = (*next).max(at);
        }
    }

    fn believe(&mut self, now: Instant) -> Option<Instant> {
        let State::Unproven(since) = self.state else { return None };
        self.state = State::Open(now);
        if self.older == Older::Kept {
            self.older = Older::Doomed;
        }
        self.attempt = 0;
        self.believed_after_ms = BELIEVED_AFTER_MS;
        Some(since)
    }

    fn retry(&mut self, jitter: &mut Jitter, now: Instant) {
        self.state = State::Retry(now + jitter.backoff(self.attempt, RETRY_MS.0, RETRY_MS.1));
        self.attempt = self.attempt.saturating_add(1);
    }
}
