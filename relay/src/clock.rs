//! The single place that asks what time it is.

use std::time::{Duration, SystemTime};

use wa_presence::machine::time::{Instant, UnixMs};

/// Time since the relay began, and the calendar.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    began: tokio::time::Instant,
}

impl Default for Clock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock {
    /// A clock that begins at this moment.
    #[must_use]
    pub fn new() -> Self {
        Self { began: tokio::time::Instant::now() }
    }

    /// Monotonic time.
    #[must_use]
    pub fn now(&self) -> Instant {
        Instant::from_ms(ms(self.began.elapsed()))
    }

    /// The calendar time.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the pure layers are given the calendar; here is where it is read")]
    pub fn wall(&self) -> UnixMs {
        UnixMs::from_ms(ms(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()))
    }

    /// The moment of the runtime's timers that corresponds to `at`; one far ahead where it lies beyond all of them.
    #[must_use]
    pub fn timer(&self, at: Instant) -> tokio::time::Instant {
        self.began + Duration::from_millis(at.as_ms().min(FAR_MS))
    }
}

/// A century: what no timer waits for.
const FAR_MS: u64 = 100 * 365 * 86_400_000;

/// Milliseconds as the pure layers count them.
#[must_use]
pub fn ms(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
