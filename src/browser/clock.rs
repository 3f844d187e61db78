//! A clock that knows about sleep.
//!
//! A browser's monotonic clock may stand still while the lid is closed, and its wall clock may be set. Both are sampled
//! together: monotonic time advances by what the wall clock has gained beyond a tolerance, and never goes back.
//!
//! Browsers blur the monotonic clock, which makes reading it cost as much as reading a short JSON text. In a burst of events
//! the wall clock alone is read, for a few milliseconds at a time: that is as far as it can lead us astray.

use crate::machine::time::{Instant, UnixMs};

/// Wall time may run ahead of monotonic time by so much between two samples before that counts as sleep, in ms.
const TOLERANCE_MS: f64 = 1_000.0;
/// For so long after a full sample the wall clock alone tells the time, in ms.
const BURST_MS: f64 = 16.0;
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

    /// The time, by a sample of the wall clock and, unless the last is recent, one of the monotonic clock, in ms.
    pub(crate) fn sample(&mut self, wall: f64, mono: impl FnOnce() -> f64) -> (Instant, UnixMs) {
        let since = wall - self.wall;
        let mono = if (0.0..BURST_MS).contains(&since) {
            self.mono + since
        } else {
            let mono = mono();
            let gained = since - (mono - self.mono);
            if gained > TOLERANCE_MS {
                self.slept += gained;
            }
            self.mono = mono;
            self.wall = wall;
            mono
        };
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
        clock.sample(wall, || mono).0.as_ms() - 10_000_000_000
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
    fn in_a_burst_the_wall_clock_tells_the_time_and_is_not_believed_for_long() {
        let mut clock = Clock::new(0.0, 0.0);
        let unread = || -> f64 { unreachable!("read in a burst") };
        assert_eq!(clock.sample(15.0, unread).0.as_ms() - 10_000_000_000, 15);
        assert_eq!(elapsed(&mut clock, 2.0, 16.0), 15, "the wall clock was set; time stands still");
        assert_eq!(elapsed(&mut clock, 20.0, 34.0), 20);
        assert_eq!(elapsed(&mut clock, 21.0, 33.0), 21, "set back");
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
