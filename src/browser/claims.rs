//! What the clients of an account say of it, in `localStorage`: that it is online, that it is to stay unseen, that they have a policy
//! for it. A page without storage knows of its own alone.
//!
//! A line is when it runs out, in Unix ms, and three digits for the three: `1795711000000 101`.

use super::storage::Lines;
use crate::machine::time::{Instant, UnixMs};
use crate::patterns::own::{CLAIM_MS, Others};
use crate::session::Session;
use crate::text::{push_u64, whole_number};

pub(crate) struct Claims(Lines);

impl Claims {
    pub(crate) fn of(session: &Session) -> Self {
        Self(Lines::about("online", &session.ledger_name()))
    }

    /// Reads what the others say, and clears away what ran out.
    pub(crate) fn read(&self, session: &mut Session, wall: UnixMs, now: Instant) {
        let mut others = Others::default();
        for (name, line) in self.0.others() {
            let (end, says) = line.split_at_checked(line.len().saturating_sub(SAYS)).unwrap_or_default();
            let end_ms = whole_number(end).and_then(|at| u64::try_from(at).ok()).unwrap_or(0);
            // Nobody can claim for longer than we do, whatever their clock says.
            let left_ms = end_ms.saturating_sub(wall.as_ms()).min(CLAIM_MS);
            if left_ms == 0 {
                self.0.remove(&name);
                continue;
            }
            let until = |place: usize| (says.as_bytes().get(place) == Some(&b'1')).then_some(now + left_ms);
            others.claim_until = others.claim_until.max(until(0));
            others.ghost_until = others.ghost_until.max(until(1));
            others.policy_until = others.policy_until.max(until(2));
        }
        session.patterns_mut().own.learn_others(others);
    }

    /// Writes down what we say when that is due.
    pub(crate) fn write(&self, session: &mut Session, wall: UnixMs, now: Instant) {
        let Some(says) = session.poll_claim(now) else { return };
        let Some(says) = says else { return self.0.forget() };
        let mut line = String::new();
        push_u64(wall.as_ms() + CLAIM_MS, &mut line);
        line.push(' ');
        for until in [says.claim_until, says.ghost_until, says.policy_until] {
            line.push(if until.is_some() { '1' } else { '0' });
        }
        self.0.write(&line);
    }

    /// Removes our own.
    pub(crate) fn forget(&self) {
        self.0.forget();
    }
}

/// Digits at the end of a line.
const SAYS: usize = 3;
