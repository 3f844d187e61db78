//! When something happened, by our clock, if all we have is a stamp by another.

use wa_presence::machine::time::{Instant, UnixMs};

/// The other clock is judged by so many deliveries,
const WINDOW: usize = 64;
/// none older than this, in ms.
const WINDOW_MS: u64 = 600_000;
/// A message's own stamp may be so far ahead of a clock before that clock is thought wrong, in ms.
const AHEAD_MS: i64 = 5_000;
/// A message younger than this proves its sender there, in ms.
pub(crate) const FRESH_MS: i64 = 30_000;

/// Every stamped delivery ever: arrival and stamp.
#[derive(Debug, Default)]
pub(crate) struct Clock(Vec<(Instant, UnixMs)>);

impl Clock {
    /// Notes a delivery and says when it happened: the fastest recent delivery took no time at all, this one took what
    /// it took longer.
    pub(crate) fn date(&mut self, stamp: Option<UnixMs>, now: Instant) -> Instant {
        let Some(stamp) = stamp else { return now };
        self.0.push((now, stamp));
        let lag = difference(now, stamp) - self.offset(now).unwrap_or_default();
        now - u64::try_from(lag).unwrap_or_default()
    }

    fn offset(&self, now: Instant) -> Option<i64> {
        let recent = self.0.iter().rev().take(WINDOW).filter(|(arrived, _)| now.since(*arrived) <= WINDOW_MS);
        recent.map(|(arrived, stamp)| difference(*arrived, *stamp)).min()
    }

    /// How old a message is: the younger of what our wall clock and the gateway's say, unless one has it written in the
    /// future.
    pub(crate) fn age(&self, sent: UnixMs, wall: UnixMs, now: Instant) -> i64 {
        let ours = i64::try_from(wall.as_ms()).unwrap_or(i64::MAX) - i64::try_from(sent.as_ms()).unwrap_or(i64::MAX);
        // The last delivery decides how long ago the window ends: nothing leaves it by itself.
        let judged_at = self.0.last().map_or(now, |(arrived, _)| *arrived);
        let theirs = self.offset(judged_at).map(|offset| difference(now, sent) - offset);
        [Some(ours), theirs].into_iter().flatten().filter(|age| *age > -AHEAD_MS).min().unwrap_or_default().max(0)
    }
}

fn difference(now: Instant, stamp: UnixMs) -> i64 {
    i64::try_from(now.as_ms()).unwrap_or(i64::MAX) - i64::try_from(stamp.as_ms()).unwrap_or(i64::MAX)
}
