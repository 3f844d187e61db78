//! What other clients of the account say of it, and until when.

use crate::machine::time::Instant;

/// Until when other clients of the account say something of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Others {
    /// That it is online.
    pub claim_until: Option<Instant>,
    /// That it is to stay unseen.
    pub ghost_until: Option<Instant>,
    /// That they have a policy for it, and take over when nobody else runs one.
    pub policy_until: Option<Instant>,
}

impl Others {
    /// Whether each of the three stands.
    pub(super) fn standing(self, now: Instant) -> [bool; 3] {
        [self.claim_until, self.ghost_until, self.policy_until].map(|until| until.is_some_and(|until| until > now))
    }

    /// When the next claim or ghost ends.
    pub(super) fn ends_next(self, now: Instant) -> Option<Instant> {
        [self.claim_until, self.ghost_until].into_iter().flatten().filter(|until| *until > now).min()
    }
}
