//! Who claims that our account is online, in `localStorage`: until when, in Unix ms. A page without storage knows of its own claim
//! alone.

use super::storage::Lines;
use crate::machine::time::{Instant, UnixMs};
use crate::patterns::own::CLAIM_MS;
use crate::session::Session;
use crate::text::{push_u64, whole_number};

pub(crate) struct Claims(Lines);

impl Claims {
    pub(crate) fn of(session: &Session) -> Self {
        Self(Lines::about("online", &session.ledger_name()))
    }

    /// Reads until when the others' claims stand, and clears away what ran out.
    pub(crate) fn read(&self, session: &mut Session, wall: UnixMs, now: Instant) {
        let mut latest_ms = 0;
        for (name, line) in self.0.others() {
            // Nobody can claim for longer than we do, whatever their clock says.
            let left_ms = whole_number(&line)
                .and_then(|at| u64::try_from(at).ok())
                .unwrap_or(0)
                .saturating_sub(wall.as_ms())
                .min(CLAIM_MS);
            if left_ms == 0 {
                self.0.remove(&name);
            }
            latest_ms = latest_ms.max(left_ms);
        }
        session.patterns_mut().own.learn_claims((latest_ms > 0).then_some(now + latest_ms));
    }

    /// Writes down our own claim when that is due.
    pub(crate) fn write(&self, session: &mut Session, wall: UnixMs, now: Instant) {
        match session.poll_claim(now) {
            None => {}
            Some(None) => self.0.forget(),
            Some(Some(until)) => {
                let mut line = String::new();
                push_u64(wall.as_ms() + until.since(now), &mut line);
                self.0.write(&line);
            }
        }
    }

    /// Removes our own.
    pub(crate) fn forget(&self) {
        self.0.forget();
    }
}
