//! Every deadline has a reason: the key under which it stands, and what a log or a test says about the next wake-up.

use super::chat::PersonKey;
use super::expiring_map::{ExpiringMap, PackedKey};
use super::ranked_set::{Packed, low_u32};
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
    /// When to set our account offline again.
    Offline,
    /// When a feed that is down counts as lapsed.
    FeedLapse,
}

impl Packed for Reason {
    fn pack(self) -> u128 {
        let (kind, chat, person) = match self {
            Self::ActivityExpiry(chat, person) => (0, chat.0, person.0),
            Self::ActivitySettled(chat, person) => (1, chat.0, person.0),
            Self::InferredFade(chat, person) => (2, chat.0, person.0),
            Self::Knowledge(chat) => (3, chat.0, 0),
            Self::Renewal(chat) => (4, chat.0, 0),
            Self::Linger(chat) => (5, chat.0, 0),
            Self::Notify(chat) => (6, chat.0, 0),
            Self::FeedLapse => (7, 0, 0),
            Self::LookUp => (8, 0, 0),
            Self::Pace => (9, 0, 0),
            Self::Offline => (10, 0, 0),
        };
        (kind << 64) | (u128::from(chat) << 32) | u128::from(person)
    }

    fn unpack(bits: u128) -> Self {
        let (chat, person) = (ChatKey(low_u32(bits >> 32)), PersonKey(low_u32(bits)));
        match bits >> 64 {
            0 => Self::ActivityExpiry(chat, person),
            1 => Self::ActivitySettled(chat, person),
            2 => Self::InferredFade(chat, person),
            3 => Self::Knowledge(chat),
            4 => Self::Renewal(chat),
            5 => Self::Linger(chat),
            6 => Self::Notify(chat),
            7 => Self::FeedLapse,
            8 => Self::LookUp,
            10 => Self::Offline,
            // Only packed reasons are unpacked.
            _ => Self::Pace,
        }
    }
}

impl PackedKey for Reason {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_survives_packing() {
        let (chat, person) = (ChatKey(u32::MAX), PersonKey(u32::MAX - 1));
        for reason in [
            Reason::ActivityExpiry(chat, person),
            Reason::ActivitySettled(chat, person),
            Reason::InferredFade(chat, person),
            Reason::Knowledge(chat),
            Reason::Renewal(chat),
            Reason::Linger(chat),
            Reason::Notify(chat),
            Reason::FeedLapse,
            Reason::LookUp,
            Reason::Pace,
            Reason::Offline,
        ] {
            assert_eq!(Reason::unpack(reason.pack()), reason);
            assert!(reason.pack() < 1 << 72);
        }
    }
}
