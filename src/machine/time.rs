//! Two kinds of time that cannot be mixed: [`Instant`], monotonic and ours, and [`UnixMs`], wall time as others state it.
//!
//! Nothing here reads a clock: whoever drives the machine passes `now`, and tests pass whatever they like.

use std::ops::{Add, Sub};

/// A point on the driver's monotonic clock, in milliseconds since an origin of the driver's choosing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant(u64);

impl Instant {
    /// The origin of the clock.
    pub const ZERO: Self = Self(0);
    /// A deadline that never comes.
    pub const MAX: Self = Self(u64::MAX);

    /// The instant `ms` milliseconds after the origin.
    #[must_use]
    pub const fn from_ms(ms: u64) -> Self {
        Self(ms)
    }

    /// Milliseconds since the origin.
    #[must_use]
    pub const fn as_ms(self) -> u64 {
        self.0
    }

    /// Milliseconds from `earlier` to `self`; zero when `earlier` is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl Add<u64> for Instant {
    type Output = Self;
    fn add(self, ms: u64) -> Self {
        Self(self.0.saturating_add(ms))
    }
}

impl Sub<u64> for Instant {
    type Output = Self;
    fn sub(self, ms: u64) -> Self {
        Self(self.0.saturating_sub(ms))
    }
}

/// Milliseconds since 1970 by somebody's wall clock: a gateway's, WhatsApp's or this machine's. Never compared with an
/// [`Instant`] without a mapping.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnixMs(u64);

/// Stamps below this are seconds: as milliseconds it is March 1973, as seconds the year 5138.
const SECONDS_BELOW: u64 = 100_000_000_000;
/// Stamps above this are microseconds: as milliseconds it is the year 5138.
const MICROSECONDS_ABOVE: u64 = 100_000_000_000_000;

impl UnixMs {
    /// The wall time `ms` milliseconds after 1970.
    #[must_use]
    pub const fn from_ms(ms: u64) -> Self {
        Self(ms)
    }

    /// A stamp whose unit is not certain: gateways document milliseconds and send seconds, or the reverse. Zero and
    /// negative mean "absent".
    #[must_use]
    pub const fn from_stamp(stamp: i64) -> Option<Self> {
        if stamp <= 0 {
            return None;
        }
        let stamp = stamp.unsigned_abs();
        Some(if stamp < SECONDS_BELOW {
            Self(stamp * 1_000)
        } else if stamp > MICROSECONDS_ABOVE {
            Self(stamp / 1_000)
        } else {
            Self(stamp)
        })
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub const fn as_ms(self) -> u64 {
        self.0
    }

    /// The wall time of `then`, given that it is `self` at `now`.
    #[must_use]
    pub const fn at(self, then: Instant, now: Instant) -> Self {
        if then.0 >= now.0 {
            Self(self.0.saturating_add(then.0 - now.0))
        } else {
            Self(self.0.saturating_sub(now.0 - then.0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_in_seconds_milliseconds_or_microseconds_names_the_same_moment() {
        let expected = Some(UnixMs::from_ms(1_785_000_000_000));
        assert_eq!(UnixMs::from_stamp(1_785_000_000), expected);
        assert_eq!(UnixMs::from_stamp(1_785_000_000_000), expected);
        assert_eq!(UnixMs::from_stamp(1_785_000_000_000_000), expected);
    }

    #[test]
    fn zero_and_negative_stamps_are_absent() {
        assert_eq!(UnixMs::from_stamp(0), None);
        assert_eq!(UnixMs::from_stamp(-5), None);
        assert_eq!(UnixMs::from_stamp(i64::MIN), None);
    }

    #[test]
    fn wall_time_of_an_instant_goes_both_ways() {
        let wall = UnixMs::from_ms(10_000);
        let now = Instant::from_ms(500);
        assert_eq!(wall.at(Instant::from_ms(400), now).as_ms(), 9_900);
        assert_eq!(wall.at(Instant::from_ms(600), now).as_ms(), 10_100);
    }
}
