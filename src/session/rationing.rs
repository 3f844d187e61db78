//! When calls of the application may leave: those that subscribe from the account's budget, the others from one of their own.

use super::Session;
use super::calls::{Queued, RequestId};
use crate::gateway::Call;
use crate::machine::time::Instant;

/// Most calls of the application that do not subscribe within a window of the budget.
const CALLS_BESIDE: usize = 60;

impl Session {
    /// The next call of the application that may leave: those that subscribe wait for the budget, the others for one of
    /// their own, and neither for the other.
    pub(super) fn next_waiting(&mut self, now: Instant) -> Option<Queued> {
        let may = |queued: &Queued| self.waiting_opens_at(queued, now).is_some_and(|at| at <= now);
        let next = self.waiting.iter().position(may)?;
        self.waiting.remove(next)
    }

    /// When a waiting call may leave; `None` while too many are in flight.
    pub(super) fn waiting_opens_at(&self, queued: &Queued, now: Instant) -> Option<Instant> {
        if self.spends_budget(&queued.call) {
            return self.machine.call_opens_at(now);
        }
        Some(self.beside_opens_at(now))
    }

    /// When the next call may leave that does not subscribe.
    pub(super) fn beside_opens_at(&self, now: Instant) -> Instant {
        let nth_last = self.beside.len().checked_sub(CALLS_BESIDE).and_then(|at| self.beside.get(at));
        nth_last.map_or(now, |at| *at + self.machine.config().window_ms)
    }

    /// Counts a call that does not subscribe.
    pub(super) fn count_beside(&mut self, now: Instant) {
        if self.beside.len() >= CALLS_BESIDE {
            self.beside.pop_front();
        }
        self.beside.push_back(now);
    }

    /// Whether a request that has no outcome yet is one of the account's scarce calls.
    #[must_use]
    pub fn spends(&self, id: RequestId) -> bool {
        self.pending.get(&id).is_some_and(|pending| self.spends_budget(&pending.call))
    }

    /// Whether a call is one of the account's scarce ones. A relay counts those itself.
    pub(super) fn spends_budget(&self, call: &Call) -> bool {
        call.subscribes() && !self.machine.config().is_relayed()
    }
}
