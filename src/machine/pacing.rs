//! When the next subscribe call may leave: one per interval, a few in flight, none while the gateway asked for a pause.

use super::config::Config;
use super::time::Instant;

/// The gate every subscribe call passes.
#[derive(Debug, Default)]
pub(crate) struct Pacing {
    next_at: Instant,
    in_flight: usize,
}

impl Pacing {
    /// When a call may leave; `None` while too many are in flight.
    pub(crate) fn opens_at(&self, config: &Config) -> Option<Instant> {
        (self.in_flight < config.max_in_flight).then_some(self.next_at)
    }

    /// A call leaves.
    pub(crate) fn sent(&mut self, config: &Config, now: Instant) {
        self.in_flight += 1;
        // Counted from now: a gate that stood open earns no burst.
        self.next_at = self.next_at.max(now) + config.call_interval_ms;
    }

    /// A call leaves that does not subscribe: it only counts as one in flight.
    pub(crate) fn sent_beside(&mut self) {
        self.in_flight += 1;
    }

    /// A call came back, however it ended.
    pub(crate) fn returned(&mut self) {
        self.in_flight = self.in_flight.saturating_sub(1);
    }

    /// The gateway asked for silence until `until`.
    pub(crate) fn pause(&mut self, until: Instant) {
        self.next_at = self.next_at.max(until);
    }

    pub(crate) const fn in_flight(&self) -> usize {
        self.in_flight
    }
}
