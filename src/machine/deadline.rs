//! Every deadline has a reason: the key under which it stands, and what a log or a test says about the next wake-up.

use super::chat::PersonKey;
use super::expiring_map::ExpiringMap;
use super::roster::ChatKey;

/// All deadlines of one machine.
pub(crate) type Deadlines = ExpiringMap<Reason>;

/// Why the machine wants to be woken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Reason {
    /// When to end an activity that nobody repeated: the typing TTL.
    ActivityExpiry(ChatKey, PersonKey),
    /// When to hide an activity that was paused and did not restart.
    ActivitySettled(ChatKey, PersonKey),
    /// When to let an inferred "online" fade to unknown.
    InferredFade(ChatKey, PersonKey),
    /// When what we may claim to know of a chat changes: silence, end of a lease, end of a grace.
    Knowledge(ChatKey),
    /// When to ask the gateway again, before the lease lapses or after a failure.
    Renewal(ChatKey),
    /// When an unwatched chat stops being renewed.
    Linger(ChatKey),
    /// When to look up the other id of a person.
    LookUp,
    /// When the next subscribe call may leave.
    Pace,
    /// When listeners may hear of a chat again.
    Notify(ChatKey),
    /// When a feed that is down counts as lapsed.
    FeedLapse,
}
