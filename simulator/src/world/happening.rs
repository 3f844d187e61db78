//! What WhatsApp would tell an account about other people, before any gateway puts it into words.

use crate::time::{Instant, UnixMs};
use crate::world::habits::Activity;
use crate::world::id::Jid;

/// One thing that happened to somebody, as seen from the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happening {
    /// When.
    pub at: Instant,
    /// The chat under the identity by which it is watched: a phone id or a group id.
    pub watched_as: Jid,
    /// The chat as events name it, which may be a hidden id.
    pub chat: Jid,
    /// Who did it, as events name them.
    pub who: Jid,
    /// What they call themselves.
    pub name: String,
    /// What they did.
    pub what: What,
}

/// What somebody did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Opened the app.
    Online,
    /// Closed it, and perhaps lets others see when.
    Offline(Option<UnixMs>),
    /// Began or kept up an activity.
    Started(Activity),
    /// Paused.
    Paused,
    /// Wrote, or was written to by the account's owner.
    Message(Message),
}

impl What {
    /// Whether WhatsApp tells this only to those who subscribed.
    #[must_use]
    pub const fn needs_watching(&self) -> bool {
        match self {
            Self::Online | Self::Offline(_) | Self::Started(_) | Self::Paused => true,
            Self::Message(_) => false,
        }
    }
}

/// A message in a chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// WhatsApp's id of it.
    pub id: String,
    /// Written by the account's owner on another device.
    pub from_me: bool,
    /// Its text; empty for a voice message.
    pub text: String,
    /// It carries a voice message.
    pub voice: bool,
}
