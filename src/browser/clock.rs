//! A clock that knows about sleep.
//!
//! A browser's monotonic clock may stand still while the lid is closed, and its wall clock may be set. Both are sampled
//! together: monotonic time advances by what the wall clock has gained beyond a tolerance, and never goes back.

use crate::machine::time::{Instant, UnixMs};

/// Wall time may run ahead of monotonic time by so much between two samples before that counts as sleep, in ms.
const TOLERANCE_MS: f64 = 1_000.0;
/// Where our instants begin, in ms: well after zero, so that a moment before the page was opened can be named.
const ORIGIN_MS: f64 = 1.0e10;

/// The clock of one client.
#[derive(Debug)]
pub(crate) struct Clock {
    mono: f64,
    wall: f64,
    slept: f64,
    latest: Instant,
}

impl Clock {
    /// Starts with one sample of each clock, in ms.
    pub(crate) fn new(mono: f64, wall: f64) -> Self {
        let slept = ORIGIN_MS - mono;
        Self { mono, wall, slept, latest: Instant::from_ms(whole(ORIGIN_MS)) }
    }

    /// The time, by one sample of each clock, in ms.
    pub(crate) fn sample(&mut self, mono: f64, wall: f64) -> (Instant, UnixMs) {
        let gained = (wall - self.wall) - (mono - self.mono);
        if gained > TOLERANCE_MS {
            self.slept += gained;
        }
        self.mono = mono;
        self.wall = wall;
        self.latest = self.latest.max(Instant::from_ms(whole(mono + self.slept)));
        (self.latest, UnixMs::from_ms(whole(wall)))
    }
}

/// Milliseconds without their fraction; a clock that shows less than zero shows zero.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, which is what is meant"
)]
fn whole(ms: f64) -> u64 {
    ms as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn elapsed(clock: &mut Clock, mono: f64, wall: f64) -> u64 {
        clock.sample(mono, wall).0.as_ms() - 10_000_000_000
    }

    #[test]
    fn time_passes_with_the_monotonic_clock() {
        let mut clock = Clock::new(50.0, 1_000_000.0);
        assert_eq!(elapsed(&mut clock, 150.0, 1_000_100.0), 100);
    }

    #[test]
    fn sleep_counts_although_the_monotonic_clock_stood_still() {
        let mut clock = Clock::new(50.0, 1_000_000.0);
        assert_eq!(elapsed(&mut clock, 60.0, 1_000_000.0 + 3_600_000.0), 3_600_000);
        assert_eq!(elapsed(&mut clock, 160.0, 1_000_100.0 + 3_600_000.0), 3_600_100);
    }

    #[test]
    fn a_wall_clock_set_back_changes_nothing_and_time_never_goes_back() {
        let mut clock = Clock::new(50.0, 1_000_000.0);
        assert_eq!(elapsed(&mut clock, 1_050.0, 1_000.0), 1_000);
        assert_eq!(elapsed(&mut clock, 1_000.0, 1_000.0), 1_000);
    }

    #[test]
    fn small_drift_between_the_clocks_is_not_sleep() {
        let mut clock = Clock::new(0.0, 0.0);
        for second in 1..=100 {
            let mono = f64::from(second) * 1_000.0;
            elapsed(&mut clock, mono, mono * 1.05);
        }
        assert_eq!(elapsed(&mut clock, 101_000.0, 106_050.0), 101_000);
    }
}
