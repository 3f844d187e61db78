//! What listeners see of one participant, in words and moments.

use super::time::{Instant, UnixMs};
use super::typing::{Activity, LastActivity};

/// Whether somebody is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Availability {
    /// Looking at WhatsApp.
    Online,
    /// Not there.
    Offline,
    /// Nothing believable is known: see the chat's knowledge for why.
    #[default]
    Unknown,
}

impl Availability {
    /// The name JavaScript sees.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Offline => "offline",
            Self::Unknown => "unknown",
        }
    }
}

/// How an availability is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Basis {
    /// The gateway said so.
    #[default]
    Reported,
    /// They typed, recorded or wrote a moment ago.
    Inferred,
}

impl Basis {
    /// The name JavaScript sees.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reported => "reported",
            Self::Inferred => "inferred",
        }
    }
}

/// When somebody was last online.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastSeen {
    /// The moment, by WhatsApp's clock if reported and by ours if observed.
    pub at: UnixMs,
    /// Whether the gateway stated it, or we saw them go.
    pub basis: LastSeenBasis,
}

/// Where a last-seen time comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastSeenBasis {
    /// The gateway stated it.
    Reported,
    /// We saw the change from online to offline.
    Observed,
}

impl LastSeenBasis {
    /// The name JavaScript sees.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reported => "reported",
            Self::Observed => "observed",
        }
    }
}

/// The last availability that was believable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastKnown {
    /// Online or offline.
    pub availability: Availability,
    /// Up to when it was.
    pub at: Instant,
}

/// What listeners see of one participant. Two views that are equal are one to them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PersonView {
    /// Whether they are there.
    pub availability: Availability,
    /// How that is known.
    pub basis: Basis,
    /// False where "offline" may be hiding: some engines say it for whoever hides their presence.
    pub certain: bool,
    /// What they are doing.
    pub activity: Option<Activity>,
    /// What they did before.
    pub last_activity: Option<LastActivity>,
    /// When they were last online.
    pub last_seen: Option<LastSeen>,
    /// What was known before it was lost.
    pub last_known: Option<LastKnown>,
}
