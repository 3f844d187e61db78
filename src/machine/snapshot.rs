//! The immutable view of one chat that listeners get: what was last notified, nothing newer.

use super::chat::Chat;
use super::id::Id;
use super::knowledge::Knowledge;
use super::presence::{Availability, Basis, PersonView};
use super::time::Instant;
use super::typing::{Activity, ActivityKind};

/// Why a snapshot differs from the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// The gateway told us unasked.
    Push,
    /// An answer to a question of ours.
    Read,
    /// A message arrived.
    Message,
    /// Time passed: a TTL, a settled pause, a fading inference.
    Expiry,
    /// Somebody began or stopped watching.
    Watch,
    /// A subscription was granted, lapsed or refused.
    Lease,
    /// The session or the feed came or went.
    Connection,
    /// Two ids turned out to be one person.
    Alias,
}

impl Cause {
    /// The name JavaScript sees.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Push => "push",
            Self::Read => "read",
            Self::Message => "message",
            Self::Expiry => "expiry",
            Self::Watch => "watch",
            Self::Lease => "lease",
            Self::Connection => "connection",
            Self::Alias => "alias",
        }
    }
}

/// One participant as listeners see them.
#[derive(Clone, Debug, PartialEq)]
pub struct Participant {
    /// Who.
    pub id: Id,
    /// What was last notified of them.
    pub view: PersonView,
    /// When their activity ends unless repeated; a repeat moves it without a new snapshot.
    pub expires_at: Option<Instant>,
    /// By how much the last observation was later than the fastest recent one, in ms.
    pub lag_ms: u64,
}

/// Somebody who is typing or recording.
#[derive(Clone, Debug, PartialEq)]
pub struct Active {
    /// Who.
    pub id: Id,
    /// What, and since when.
    pub activity: Activity,
}

/// One chat as listeners see it.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// The canonical id.
    pub chat: Id,
    /// Whether it is a group.
    pub group: bool,
    /// What we may claim to know.
    pub knowledge: Knowledge,
    /// The gateway's words where it refused the chat.
    pub refusal: Option<Box<str>>,
    /// Whether the contact, or anybody in the group, is there.
    pub availability: Availability,
    /// How that is known.
    pub basis: Basis,
    /// See [`PersonView::certain`].
    pub certain: bool,
    /// What is going on: the oldest activity of anybody in the chat.
    pub activity: Option<ActivityKind>,
    /// Who is typing or recording, oldest first.
    pub active: Vec<Active>,
    /// Everybody heard of. In a contact's chat: the contact.
    pub participants: Vec<Participant>,
}

impl Snapshot {
    /// The view of the contact; nothing in a group, which has no last seen of its own.
    #[must_use]
    pub fn contact(&self) -> Option<&Participant> {
        self.participants.first().filter(|_| !self.group)
    }

    pub(crate) fn of(chat: &Chat) -> Self {
        let mut participants = Vec::with_capacity(chat.members.len());
        let mut itself = PersonView::default();
        let mut aggregate = PersonView::default();
        let mut active = Vec::new();
        for member in chat.members.iter().filter(|member| !member.merged) {
            let view = member.person.shown;
            if chat.group && member.id == chat.id {
                itself = view;
                continue;
            }
            let reported_online = view.availability == Availability::Online && view.basis == Basis::Reported;
            if reported_online || !chat.group {
                aggregate = view;
            }
            if let Some(activity) = view.activity {
                let later = |other: &Active| (other.activity.since, &other.id) < (activity.since, &member.id);
                let at = active.partition_point(later);
                active.insert(at, Active { id: member.id.clone(), activity });
            }
            if view == PersonView::default() {
                continue;
            }
            let typing = member.person.typing();
            participants.push(Participant {
                id: member.id.clone(),
                view,
                expires_at: typing.expires_at(),
                lag_ms: member.person.lag_ms,
            });
        }
        if chat.group && aggregate.availability != Availability::Online {
            // Nobody is reported online: only the group itself can say more.
            aggregate = itself;
        }
        Self {
            chat: chat.id.clone(),
            group: chat.group,
            knowledge: chat.shown_knowledge,
            refusal: chat.subscription.refusal_words.clone(),
            availability: aggregate.availability,
            basis: aggregate.basis,
            certain: aggregate.certain,
            activity: active.first().map(|oldest| oldest.activity.kind),
            active,
            participants,
        }
    }
}
