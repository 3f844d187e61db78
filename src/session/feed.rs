//! The life of a feed, as data: when to open a socket, when it counts as open, when to try again.
//!
//! WAHA's socket opens first and refuses afterwards (close code 1008), so a socket is believed only after its first frame
//! or a second without a refusal. Sockets themselves live in `browser/`.

use crate::machine::jitter::Jitter;
use crate::machine::time::Instant;

/// What the driver is to do with its socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FeedStep {
    /// Open one, dropping any other.
    Open,
    /// Drop it.
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
/// First and longest wait before another try, in ms.
const RETRY_MS: (u64, u64) = (1_000, 30_000);
/// WebSocket close code "policy violation": what WAHA sends after accepting a socket with a bad key.
pub(super) const REFUSED: u16 = 1008;
/// WebSocket close code of a connection that is gone without a word.
#[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
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
    /// Believed.
    Open,
    /// The next try is due then.
    Retry(Instant),
}

/// The feed of one session.
#[derive(Debug)]
pub(crate) struct Feed {
    state: State,
    attempt: u32,
    close: bool,
    /// How long a socket without a refusal takes to be believed, in ms.
    believed_after_ms: u64,
}

impl Feed {
    pub(crate) const fn new() -> Self {
        Self { state: State::Off, attempt: 0, close: false, believed_after_ms: BELIEVED_AFTER_MS }
    }

    /// Wants a socket as soon as possible.
    pub(crate) fn start(&mut self) {
        if self.state == State::Off {
            self.state = State::Wanted;
        }
    }

    /// Takes the place of another tab's that was believed.
    pub(crate) const fn take_over(&mut self) {
        self.believed_after_ms = TAKEN_OVER_AFTER_MS;
    }

    /// Wants none from here on.
    pub(crate) fn stop(&mut self) {
        self.close |= matches!(self.state, State::Opening(_) | State::Unproven(_) | State::Open);
        self.state = State::Off;
    }

    /// A reason to try at once: the network, or the page, came back.
    pub(crate) fn hurry(&mut self) {
        if matches!(self.state, State::Retry(_)) {
            self.state = State::Wanted;
        }
    }

    pub(crate) fn poll(&mut self, now: Instant) -> Option<FeedStep> {
        if std::mem::take(&mut self.close) {
            return Some(FeedStep::Close);
        }
        (self.state == State::Wanted).then(|| {
            self.state = State::Opening(now);
            FeedStep::Open
        })
    }

    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        match self.state {
            State::Off | State::Open | State::Wanted => None,
            State::Opening(since) => Some(since + CONNECT_TIMEOUT_MS),
            State::Unproven(since) => Some(since + self.believed_after_ms),
            State::Retry(at) => Some(at),
        }
    }

    /// Time passed. True when the socket has just become believed, with the instant since which events reach us.
    pub(crate) fn handle_timeout(&mut self, jitter: &mut Jitter, now: Instant) -> Option<Instant> {
        match self.state {
            State::Unproven(since) if now >= since + self.believed_after_ms => self.believe(),
            State::Opening(since) if now >= since + CONNECT_TIMEOUT_MS => {
                self.close = true;
                self.retry(jitter, now);
                None
            }
            State::Retry(at) if now >= at => {
                self.state = State::Wanted;
                None
            }
            State::Off | State::Wanted | State::Opening(_) | State::Unproven(_) | State::Open | State::Retry(_) => None,
        }
    }

    pub(crate) fn handle_open(&mut self, now: Instant) {
        if matches!(self.state, State::Opening(_)) {
            self.state = State::Unproven(now);
        }
    }

    /// A frame arrived: proof enough.
    pub(crate) fn handle_frame(&mut self) -> Option<Instant> {
        self.believe()
    }

    /// The socket closed. Nothing to say when it was not wanted any more.
    pub(crate) fn handle_closed(&mut self, code: u16, jitter: &mut Jitter, now: Instant) -> Option<Closed> {
        let closed = match self.state {
            State::Off | State::Wanted | State::Retry(_) => return None,
            State::Opening(_) | State::Unproven(_) | State::Open if code == REFUSED => Closed::Refused,
            State::Opening(_) => Closed::Unreachable,
            State::Unproven(_) | State::Open => Closed::Dropped,
        };
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

    fn believe(&mut self) -> Option<Instant> {
        let State::Unproven(since) = self.state else { return None };
        self.state = State::Open;
        self.attempt = 0;
        self.believed_after_ms = BELIEVED_AFTER_MS;
        Some(since)
    }

    fn retry(&mut self, jitter: &mut Jitter, now: Instant) {
        self.state = State::Retry(now + jitter.backoff(self.attempt, RETRY_MS.0, RETRY_MS.1));
        self.attempt = self.attempt.saturating_add(1);
    }
}
