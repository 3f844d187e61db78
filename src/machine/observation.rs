//! What a gateway told us, in the machine's words: the output of every codec in `gateway/`, the input of
//! [`Machine::handle_envelope`](super::Machine::handle_envelope).
//!
//! Wire words end here. Ids are already normalised; message bodies, media and credentials never get this far.

use std::fmt;

use super::few::Few;
use super::id::Address;
use super::knowledge::Hiding;
use super::time::{Instant, UnixMs};

/// A state word of any gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// `online`, `available`.
    Online,
    /// `offline`, `unavailable`.
    Offline,
    /// `typing`, `composing`.
    Typing,
    /// `recording`, `recording_audio`, composing with audio.
    Recording,
    /// `paused`: stopped typing, says nothing of availability.
    Paused,
    /// A word we do not know, or none.
    Unknown,
}

impl Word {
    /// The name JavaScript sees.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Offline => "offline",
            Self::Typing => "typing",
            Self::Recording => "recording",
            Self::Paused => "paused",
            Self::Unknown => "unknown",
        }
    }
}

/// The state of one participant.
#[derive(Clone, Debug)]
pub struct Report<'a> {
    /// Who.
    pub participant: Address<'a>,
    /// What.
    pub word: Word,
    /// When they were last online, where the gateway says so.
    pub last_seen: Option<UnixMs>,
    /// When the state began, where the gateway dates it; hardly any does.
    pub began: Option<UnixMs>,
}

/// How far a session is from being usable, by what the gateway calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionState {
    /// Connected to WhatsApp.
    Working,
    /// On its way.
    Starting,
    /// Waits for somebody to scan a code or confirm a passkey.
    NeedsPairing,
    /// Switched off.
    Stopped,
    /// Given up by the gateway.
    Failed,
    /// A word we do not know; nothing is concluded from it.
    Unknown,
}

impl SessionState {
    /// The name JavaScript sees.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Working => "working",
            Self::Starting => "starting",
            Self::NeedsPairing => "needs-pairing",
            Self::Stopped => "stopped",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }
}

/// One thing a gateway told us. `Debug` names it and says no more: ids of messages hold numbers.
#[derive(Clone)]
pub enum Observation<'a> {
    /// Participants of a chat changed state.
    Presence {
        /// The chat.
        chat: Address<'a>,
        /// Only those that changed, unless `complete`.
        reports: Few<Report<'a>>,
        /// Whether whoever is not listed has stopped typing and recording.
        complete: bool,
    },
    /// A message was sent in a chat. Its body was dropped by the codec.
    Message {
        /// The chat.
        chat: Address<'a>,
        /// Who sent it; the chat itself outside groups.
        sender: Address<'a>,
        /// Whether our own account sent it.
        from_me: bool,
        /// The message's id.
        id: &'a str,
        /// When WhatsApp says it was sent.
        sent_at: Option<UnixMs>,
    },
    /// A message of ours was delivered, read or played.
    Receipt {
        /// The chat.
        chat: Address<'a>,
        /// The message's id.
        id: &'a str,
        /// Whether it has been read (and not only delivered).
        read: bool,
    },
    /// A chat's presence is hidden from us.
    Hidden {
        /// The chat.
        chat: Address<'a>,
        /// By whose settings.
        hiding: Hiding,
    },
    /// The session changed.
    Session(SessionState),
    /// An event or a body we do not decode.
    Unknown,
}

impl fmt::Debug for Observation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Presence { .. } => "Presence",
            Self::Message { .. } => "Message",
            Self::Receipt { .. } => "Receipt",
            Self::Hidden { .. } => "Hidden",
            Self::Session(_) => "Session",
            Self::Unknown => "Unknown",
        })
    }
}

/// One delivery: an observation with what the gateway wrote around it.
#[derive(Clone, Debug)]
pub struct Envelope<'a> {
    /// Unique id, the same on every copy.
    pub id: Option<&'a str>,
    /// When the gateway sent it, by its own clock.
    pub stamp: Option<UnixMs>,
    /// Ids of the account itself.
    pub own: [Option<Address<'a>>; 2],
    /// Pairs of ids that name one person (`@lid`, `@c.us`).
    pub aliases: Vec<(Address<'a>, Address<'a>)>,
    /// What it says.
    pub observation: Observation<'a>,
}

/// How we came to know a presence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The gateway told us unasked; `at` is its stamp mapped to our clock, or the arrival.
    Push {
        /// When it happened.
        at: Instant,
    },
    /// We asked, and the answer may be a cached state of any age.
    Read {
        /// When the request was sent.
        requested_at: Instant,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_of_a_message_shows_no_number() {
        let chat = Address::parse("15550001111@c.us").expect("an id");
        let id = "false_15550001111@c.us_AAA";
        let message = Observation::Message { sender: chat.clone(), chat, from_me: false, id, sent_at: None };
        assert_eq!(format!("{message:?}"), "Message");
    }
}
