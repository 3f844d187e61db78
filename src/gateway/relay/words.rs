//! The relay's words are those of JavaScript, each by the name that our own lists give it; its times are milliseconds, always.

use crate::gateway::lenient::Scalar;
use crate::machine::error::ErrorCode;
use crate::machine::knowledge::{Hiding, Lapse, Refusal, Wait};
use crate::machine::observation::SessionState;
use crate::machine::presence::{Availability, Basis, LastSeenBasis};
use crate::machine::time::UnixMs;
use crate::machine::typing::{ActivityKind, EndedBy};

/// The relay states milliseconds, always.
pub(super) fn stamp_of(scalar: Scalar<'_>) -> Option<UnixMs> {
    scalar.number().and_then(|stamp| u64::try_from(stamp).ok()).map(UnixMs::from_ms)
}

pub(super) fn count_of(scalar: Scalar<'_>) -> u64 {
    scalar.number().and_then(|count| u64::try_from(count).ok()).unwrap_or(0)
}

/// The words of one of our own closed lists, each by the name that JavaScript sees.
macro_rules! names {
    ($($name:ident: $of:ty = [$($item:expr),* $(,)?];)*) => {$(
        pub(super) const $name: &[(&str, $of)] = &[$(($item.as_str(), $item)),*];
    )*};
}

names! {
    WAITS: Wait = [Wait::Queued, Wait::Asked, Wait::Silent];
    LAPSES: Lapse = [Lapse::Lease, Lapse::Session, Lapse::Feed];
    HIDINGS: Hiding = [Hiding::Deny, Hiding::Reciprocity];
    REFUSALS: Refusal = [
        Refusal::TooMany, Refusal::OutsideWindow, Refusal::NotFound, Refusal::Forbidden, Refusal::BadRequest,
        Refusal::Unsupported, Refusal::Engine,
    ];
    AVAILABILITIES: Availability = [Availability::Online, Availability::Offline, Availability::Unknown];
    BASES: Basis = [Basis::Reported, Basis::Inferred];
    SEEN_BASES: LastSeenBasis = [LastSeenBasis::Reported, LastSeenBasis::Observed];
    ACTIVITIES: ActivityKind = [ActivityKind::Typing, ActivityKind::Recording];
    ENDINGS: EndedBy = [EndedBy::Paused, EndedBy::Ttl, EndedBy::Message, EndedBy::Offline];
    SESSION_STATES: SessionState = [
        SessionState::Working, SessionState::Starting, SessionState::NeedsPairing, SessionState::Stopped,
        SessionState::Failed, SessionState::Unknown,
    ];
    CODES: ErrorCode = [
        ErrorCode::InvalidOption, ErrorCode::InvalidChat, ErrorCode::Malformed, ErrorCode::TooLarge,
        ErrorCode::Unauthorized, ErrorCode::Forbidden, ErrorCode::NotFound, ErrorCode::NotReady,
        ErrorCode::BadRequest, ErrorCode::Unsupported, ErrorCode::RateLimited, ErrorCode::Engine,
        ErrorCode::Network, ErrorCode::Timeout, ErrorCode::Closed,
    ];
}
