//! The two kinds of time, which cannot be mixed: how long the simulation has run, and what the calendar says.

use std::ops::Add;
use std::time::{Duration, UNIX_EPOCH};

/// A moment in the life of the simulation, in milliseconds since it began. Only the shell knows a real clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant(u64);

impl Instant {
    /// The moment the simulation began.
    pub const ZERO: Self = Self(0);

    /// The moment `ms` milliseconds after the beginning.
    #[must_use]
    pub const fn from_ms(ms: u64) -> Self {
        Self(ms)
    }

    /// Milliseconds since the beginning.
    #[must_use]
    pub const fn as_ms(self) -> u64 {
        self.0
    }

    /// How long ago `earlier` was; zero when it lies ahead.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Duration> for Instant {
    type Output = Self;

    fn add(self, span: Duration) -> Self {
        Self(self.0.saturating_add(u64::try_from(span.as_millis()).unwrap_or(u64::MAX)))
    }
}

/// A calendar time, in milliseconds since 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnixMs(u64);

impl UnixMs {
    /// The calendar time `ms` milliseconds after 1970 began.
    #[must_use]
    pub const fn from_ms(ms: u64) -> Self {
        Self(ms)
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub const fn as_ms(self) -> u64 {
        self.0
    }

    /// Whole seconds since 1970, which is what WhatsApp counts in.
    #[must_use]
    pub const fn as_secs(self) -> u64 {
        self.0 / 1000
    }

    /// This time moved by `skew_ms`, which may be negative.
    #[must_use]
    pub const fn skewed(self, skew_ms: i64) -> Self {
        Self(self.0.saturating_add_signed(skew_ms))
    }

    /// The ISO form with milliseconds, as JavaScript's `toISOString` writes it.
    #[must_use]
    pub fn to_iso(self) -> String {
        // Beyond the year 9999 there is no such form; a skewed clock may still ask.
        let latest = 253_402_300_799_999;
        let moment = UNIX_EPOCH + Duration::from_millis(self.0.min(latest));
        humantime::format_rfc3339_millis(moment).to_string()
    }
}

/// Where the calendar stood when the simulation began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Epoch(pub UnixMs);

impl Epoch {
    /// The calendar time of a moment of the simulation.
    #[must_use]
    pub const fn wall(self, at: Instant) -> UnixMs {
        UnixMs(self.0.0.saturating_add(at.0))
    }
}
