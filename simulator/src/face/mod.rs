//! The gateways a client may believe it talks to. Each puts the same accounts and people into its own words.
//!
//! The words of each face (its envelopes, presences and messages) are the lowest layer, [`session`] stands on all of them, and
//! what a face does with a call (its `perform`) stands on the session.

pub mod session;
pub mod telling;
pub mod waapi;
pub mod waha;
pub mod wawp;

use std::time::Duration;

use crate::traffic::call::{Answer, Request};
use crate::world::id::Jid;

/// Whom a call is meant for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Face {
    /// WAHA, which owns every path that no other face has.
    #[default]
    Waha,
    /// Wawp, version 1 or 2.
    Wawp,
    /// WaAPI.
    Waapi,
}

impl Face {
    /// Whom a call is meant for, by the beginning of its path.
    #[must_use]
    pub fn of(request: &Request) -> Self {
        let begins = |prefix: &str| request.path.starts_with(prefix);
        if begins("/wp-json/") || begins("/v2/") {
            Self::Wawp
        } else if begins("/api/v1/instances") {
            Self::Waapi
        } else {
            Self::Waha
        }
    }

    /// How many subscriptions it allows in a minute by itself.
    #[must_use]
    pub const fn subscribes_per_minute(self) -> Option<u32> {
        match self {
            Self::Waha => None,
            Self::Wawp | Self::Waapi => Some(50),
        }
    }
}

/// How a call goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// With this answer.
    Answered(Answer),
    /// By sleeping so long and then reading this chat from the store.
    Reading(Jid, Duration),
    /// By waiting until something is known of this chat, at most so long.
    Holding(Jid, Duration),
}
