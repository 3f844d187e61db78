//! Maps a gateway's stamps to our monotonic time, trusting nobody's clock.
//!
//! The offset is the minimum of (arrival − stamp) over recent events: the delivery that was least delayed says best what
//! the other clock shows. A constant skew cancels out, a stamp from the future is clamped to its arrival, seconds and
//! milliseconds are told apart when the stamp is read ([`UnixMs::from_stamp`]). One absurd stamp moves nothing; three in
//! a row that agree are a clock that was set.

use std::collections::VecDeque;

use super::time::{Instant, UnixMs};

/// How many events the minimum is taken over.
const WINDOW: u64 = 64;
/// How long an event stays in the window, in ms.
const WINDOW_MS: u64 = 600_000;
/// A sample farther than this from the offset does not move it, in ms.
const OUTLIER_MS: u64 = 5_000;
/// Outliers within this of each other agree, in ms.
const AGREEMENT_MS: u64 = 2_000;
/// So many agreeing outliers in a row are a clock step.
const STEP_SAMPLES: usize = 3;

/// How one delivery differed.
#[derive(Debug)]
struct Sample {
    value: i64,
    at: Instant,
    number: u64,
}

/// The offset of one account's gateway.
#[derive(Debug, Default)]
pub(crate) struct GatewayClock {
    /// Those of the window that may still become its minimum.
    samples: VecDeque<Sample>,
    seen: u64,
    offset: Option<i64>,
    outliers: [i64; STEP_SAMPLES],
    outlier_count: usize,
}

impl GatewayClock {
    /// Learns from one delivery and returns when it happened: never later than `now`.
    pub(crate) fn observe(&mut self, stamp: UnixMs, now: Instant) -> Instant {
        let sample = difference(now, stamp);
        let offset = match self.offset {
            None => self.restart(sample, now),
            Some(offset) if sample.abs_diff(offset) > OUTLIER_MS => self.suspect(sample, offset, now),
            Some(_) => {
                self.outlier_count = 0;
                self.learn(sample, now)
            }
        };
        map(stamp, offset, now)
    }

    /// Where a stamp of the same clock lies, without learning from it; unclamped, so negative ages show.
    pub(crate) fn age_ms(&self, stamp: UnixMs, now: Instant) -> Option<i64> {
        self.offset.map(|offset| difference(now, stamp).saturating_sub(offset))
    }

    fn restart(&mut self, sample: i64, now: Instant) -> i64 {
        self.samples.clear();
        self.outlier_count = 0;
        self.learn(sample, now)
    }

    fn learn(&mut self, sample: i64, now: Instant) -> i64 {
        self.seen += 1;
        // What is not below a later sample can never be the minimum again: the rest rises, and its first is the minimum.
        while self.samples.back().is_some_and(|kept| kept.value >= sample) {
            self.samples.pop_back();
        }
        self.samples.push_back(Sample { value: sample, at: now, number: self.seen });
        let seen = self.seen;
        let has_left = |kept: &Sample| seen - kept.number >= WINDOW || now.since(kept.at) > WINDOW_MS;
        while self.samples.front().is_some_and(has_left) {
            self.samples.pop_front();
        }
        let offset = self.samples.front().map_or(sample, |kept| kept.value);
        self.offset = Some(offset);
        offset
    }

    fn suspect(&mut self, sample: i64, offset: i64, now: Instant) -> i64 {
        let agrees = self.outliers.iter().take(self.outlier_count).all(|other| other.abs_diff(sample) <= AGREEMENT_MS);
        if !agrees {
            self.outlier_count = 0;
        }
        if let Some(slot) = self.outliers.get_mut(self.outlier_count) {
            *slot = sample;
        }
        self.outlier_count += 1;
        if self.outlier_count < STEP_SAMPLES {
            return offset;
        }
        let lowest = self.outliers.iter().copied().min().unwrap_or(sample);
        self.restart(lowest, now)
    }
}

/// now − stamp, in ms; the origin of `now` is arbitrary, so only differences of these mean anything.
fn difference(now: Instant, stamp: UnixMs) -> i64 {
    i64::try_from(now.as_ms()).unwrap_or(i64::MAX).saturating_sub_unsigned(stamp.as_ms())
}

fn map(stamp: UnixMs, offset: i64, now: Instant) -> Instant {
    let mapped = i64::try_from(stamp.as_ms()).unwrap_or(i64::MAX).saturating_add(offset);
    Instant::from_ms(u64::try_from(mapped).unwrap_or(0)).min(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    const EPOCH: u64 = 1_785_000_000_000;

    fn at(ms: u64) -> Instant {
        Instant::from_ms(1_000_000 + ms)
    }

    fn stamp(ms: u64) -> UnixMs {
        UnixMs::from_ms(EPOCH + ms)
    }

    #[test]
    fn the_first_event_is_believed() {
        assert_eq!(GatewayClock::default().observe(stamp(0), at(0)), at(0));
    }

    #[test]
    fn lag_is_the_excess_over_the_fastest_delivery() {
        let mut clock = GatewayClock::default();
        clock.observe(stamp(0), at(40));
        assert_eq!(clock.observe(stamp(1_000), at(1_010)), at(1_010));
        assert_eq!(clock.observe(stamp(2_000), at(2_510)), at(2_010));
    }

    #[test]
    fn a_stamp_from_the_future_is_clamped_and_moves_nothing() {
        let mut clock = GatewayClock::default();
        clock.observe(stamp(0), at(0));
        assert_eq!(clock.observe(stamp(3_600_000), at(1_000)), at(1_000));
        assert_eq!(clock.observe(stamp(2_000), at(2_000)), at(2_000));
        assert_eq!(clock.observe(stamp(2_500), at(3_000)), at(2_500));
    }

    #[test]
    fn three_agreeing_outliers_are_a_clock_step() {
        let mut clock = GatewayClock::default();
        clock.observe(stamp(0), at(0));
        let behind = 3_600_000;
        for n in 1..=2 {
            assert_eq!(clock.observe(UnixMs::from_ms(EPOCH - behind + n * 100), at(n * 100)), Instant::ZERO);
        }
        assert_eq!(clock.observe(UnixMs::from_ms(EPOCH - behind + 300), at(300)), at(300));
    }

    #[test]
    fn outliers_that_disagree_are_no_step() {
        let mut clock = GatewayClock::default();
        clock.observe(stamp(0), at(0));
        for n in 1..=6 {
            clock.observe(UnixMs::from_ms(EPOCH + n * 60_000), at(n * 10));
        }
        assert_eq!(clock.observe(stamp(100), at(150)), at(100));
    }

    #[test]
    fn the_offset_is_the_minimum_of_the_window() {
        let mut clock = GatewayClock::default();
        let mut all = Vec::new();
        let (mut seed, mut now) = (3_u64, 0);
        for n in 0..2_000 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let lag = (seed >> 33) % 2_000;
            now += if n % 500 == 499 { WINDOW_MS / 2 } else { (seed >> 45) % 300 };
            clock.observe(stamp(now), at(now + lag));
            all.push((now + lag, i64::try_from(lag).expect("small")));
            let kept = all.iter().rev().take(WINDOW as usize).filter(|(seen, _)| now + lag <= seen + WINDOW_MS);
            let least = kept.map(|(_, lag)| *lag).min().expect("the last one");
            let base = difference(at(0), stamp(0));
            assert_eq!(clock.offset, Some(base + least), "after {n}");
        }
    }

    #[test]
    fn an_old_minimum_leaves_the_window() {
        let mut clock = GatewayClock::default();
        clock.observe(stamp(0), at(0));
        clock.observe(stamp(1_000), at(3_000));
        clock.observe(stamp(600_500), at(602_500));
        assert_eq!(clock.observe(stamp(700_000), at(702_000)), at(702_000));
    }
}
