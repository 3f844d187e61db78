//! The ledger in `localStorage`: what every tab and every reload of this account spent. A page without storage spends on its own
//! account.

use std::cell::Cell;

use super::storage::Lines;
use crate::machine::time::{Instant, UnixMs};
use crate::session::{Session, last_of};

/// A line that nobody wrote for this long is a closed tab's, in ms: subscriptions are renewed more often.
const STALE_MS: u64 = 3_600_000;

pub(crate) struct Ledger {
    lines: Lines,
    /// Calls written down so far.
    written: Cell<u64>,
}

impl Ledger {
    pub(crate) fn of(session: &Session) -> Self {
        Self { lines: Lines::about("budget", &session.ledger_name()), written: Cell::new(0) }
    }

    /// Reads what the others wrote, and clears away what nobody will write again.
    pub(crate) fn read(&self, session: &mut Session, wall: UnixMs, now: Instant) {
        let mut lines = Vec::new();
        for (name, line) in self.lines.others() {
            if last_of(&line).is_none_or(|at| wall.as_ms().saturating_sub(at.as_ms()) > STALE_MS) {
                session.adopt_ledger(&line, wall);
                self.lines.remove(&name);
            } else {
                lines.push(line);
            }
        }
        session.learn_ledgers(lines.iter().map(String::as_str), wall, now);
    }

    /// Writes down what we spent, where that is news, and reads what the others did: a client of the same page is told of no
    /// change in storage.
    pub(crate) fn write(&self, session: &mut Session, wall: UnixMs, now: Instant) {
        let calls = session.machine().counters().subscribe_calls;
        if self.written.replace(calls) == calls {
            return;
        }
        self.lines.write(&session.ledger(wall, now));
        self.read(session, wall, now);
    }

    /// Removes our own line.
    pub(crate) fn forget(&self) {
        self.lines.forget();
    }
}
