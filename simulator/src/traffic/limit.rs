//! How many subscriptions a gateway allows in a minute.

use std::collections::VecDeque;
use std::time::Duration;

use crate::time::Instant;

/// What a session was told about its limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// So many in any 60 s; none takes what the gateway has by itself, 0 allows any number.
    pub per_minute: Option<u32>,
    /// Whether a refusal says how long to wait.
    pub retry_after: bool,
}

impl Default for Rule {
    fn default() -> Self {
        Self { per_minute: None, retry_after: true }
    }
}

/// Why a call was refused: how long until one is allowed again, where the client is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exceeded {
    /// In seconds, rounded up.
    pub retry_after: Option<u64>,
}

/// The attempts of one session. All count, refused ones too, so that who hammers is never let in again.
#[derive(Debug, Default)]
pub struct Limit {
    /// What it was told.
    pub rule: Rule,
    attempts: VecDeque<Instant>,
}

impl Limit {
    /// Counts an attempt at a gateway that allows `by_itself` in a minute, or any number.
    ///
    /// # Errors
    ///
    /// There were too many.
    pub fn attempt(&mut self, by_itself: Option<u32>, now: Instant) -> Result<(), Exceeded> {
        let allowed = self.rule.per_minute.or(by_itself).filter(|allowed| *allowed > 0);
        let allowed = allowed.and_then(|allowed| usize::try_from(allowed).ok());
        let recent = |at: &Instant| now.since(*at) < WINDOW;
        let within = self.attempts.iter().rev().take_while(|at| recent(at)).count();
        self.attempts.push_back(now);
        if self.attempts.len() > MOST_ATTEMPTS {
            self.attempts.pop_front();
        }
        match allowed {
            Some(allowed) if within >= allowed => {
                // With silence from now on: when the earliest of the last so many has left the window.
                let earliest = self.attempts.iter().rev().nth(allowed - 1).copied().unwrap_or(now);
                let wait = (earliest + WINDOW).since(now).as_millis();
                let seconds = u64::try_from(wait.div_ceil(1_000)).unwrap_or(u64::MAX);
                Err(Exceeded { retry_after: self.rule.retry_after.then_some(seconds) })
            }
            Some(_) | None => Ok(()),
        }
    }

    /// The attempts so far are forgotten.
    pub fn clear(&mut self) {
        self.attempts.clear();
    }
}

const WINDOW: Duration = Duration::from_secs(60);

/// More than any limit that is worth setting.
const MOST_ATTEMPTS: usize = 4_096;
