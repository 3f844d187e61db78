//! The single place that asks what time it is.

use std::time::SystemTime;

use crate::time::{Instant, UnixMs};

/// Real time since the simulator began.
#[derive(Debug)]
pub(super) struct Clock {
    began: tokio::time::Instant,
}

impl Clock {
    pub(super) fn new() -> Self {
        Self { began: tokio::time::Instant::now() }
    }

    pub(super) fn now(&self) -> Instant {
        Instant::ZERO + self.began.elapsed()
    }

    /// The moment of the runtime's timers that corresponds to `at`.
    pub(super) fn timer(&self, at: Instant) -> tokio::time::Instant {
        self.began + at.since(Instant::ZERO)
    }
}

/// The calendar time.
#[expect(clippy::disallowed_methods, reason = "the shell gives the simulation its calendar, once, when it begins")]
pub(super) fn wall() -> UnixMs {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    UnixMs::from_ms(u64::try_from(since.as_millis()).unwrap_or_default())
}
