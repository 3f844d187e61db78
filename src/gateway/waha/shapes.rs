//! What is read of WAHA's bodies. Everything else in them is skipped.

use crate::gateway::lenient::{FIELDS, Fields, Key, Scalar, Then, key};

/// Every value that is kept, whichever body it stands in.
#[derive(Clone, Copy)]
#[repr(u8)]
pub(super) enum Field {
    EnvelopeId,
    Stamp,
    Event,
    Session,
    MeId,
    MeLid,
    /// A chat's id in a presence, a message's id elsewhere.
    Id,
    Status,
    From,
    To,
    Author,
    /// What older servers call it.
    OldAuthor,
    FromMe,
    SentAt,
    Ack,
    AckName,
    GowsChat,
    GowsSender,
    GowsSenderAlt,
    GowsRecipientAlt,
    NowebChat,
    NowebChatAlt,
    NowebSender,
    NowebSenderAlt,
    Participant,
    LastKnown,
    /// Seconds; null from most engines most of the time.
    LastSeen,
    // What Wawp has beyond WAHA.
    /// The chat of a presence told without a list.
    ChatId,
    /// Its word.
    Kind,
    /// The account, in a status told without an envelope.
    Instance,
    FlatStatus,
    FlatStamp,
}

/// Answers hold no message: there, four numbers of a message's fields serve again.
impl Field {
    pub(super) const OWN_PRESENCE: Self = Self::Ack;
    pub(super) const ENGINE: Self = Self::AckName;
    pub(super) const LID: Self = Self::GowsSender;
    pub(super) const CONTACT: Self = Self::GowsSenderAlt;
}

impl Field {
    pub(super) fn of<'a>(self, fields: &Fields<'a>) -> Scalar<'a> {
        fields.get(self as u8)
    }

    pub(super) fn take<'a>(self, fields: &mut Fields<'a>) -> Scalar<'a> {
        fields.take(self as u8)
    }
}

const fn keep(name: &'static str, field: Field) -> Key {
    assert!((field as usize) < FIELDS, "a sink holds fewer fields");
    key(name, Then::Keep(field as u8))
}

/// The lists that are read item by item.
pub(super) const ENVELOPES: u8 = 0;
pub(super) const CHATS: u8 = 1;
pub(super) const PRESENCES: u8 = 2;

/// A webhook body or a feed frame; so that `payload` may come before `event`, with the fields of every event we know.
pub(super) static ENVELOPE: Then = Then::Into(&[
    keep("id", Field::EnvelopeId),
    keep("timestamp", Field::Stamp),
    keep("event", Field::Event),
    keep("session", Field::Session),
    key("me", ME),
    key(
        "payload",
        Then::Into(&[
            keep("id", Field::Id),
            key("presences", REPORTS),
            keep("status", Field::Status),
            keep("chatId", Field::ChatId),
            keep("type", Field::Kind),
            keep("from", Field::From),
            keep("to", Field::To),
            keep("participant", Field::Author),
            keep("author", Field::OldAuthor),
            keep("fromMe", Field::FromMe),
            keep("timestamp", Field::SentAt),
            keep("ack", Field::Ack),
            keep("ackName", Field::AckName),
            key("_data", Then::Into(&[key("Info", GOWS), key("key", NOWEB)])),
        ]),
    ),
    keep("instance_id", Field::Instance),
    keep("status", Field::FlatStatus),
    keep("ts", Field::FlatStamp),
]);
pub(super) static ENVELOPE_LIST: Then = Then::Each(ENVELOPES, &ENVELOPE);

/// The account behind the session; absent until somebody scanned the code.
const ME: Then = Then::Into(&[keep("id", Field::MeId), keep("lid", Field::MeLid)]);

/// What the engine said, of which only the two names of one person are of use.
const GOWS: Then = Then::Into(&[
    keep("Chat", Field::GowsChat),
    keep("Sender", Field::GowsSender),
    keep("SenderAlt", Field::GowsSenderAlt),
    keep("RecipientAlt", Field::GowsRecipientAlt),
]);
const NOWEB: Then = Then::Into(&[
    keep("remoteJid", Field::NowebChat),
    keep("remoteJidAlt", Field::NowebChatAlt),
    keep("participant", Field::NowebSender),
    keep("participantAlt", Field::NowebSenderAlt),
]);

/// Participants and their states, the same in events and in answers.
const REPORTS: Then = Then::Each(
    PRESENCES,
    &Then::Into(&[
        keep("participant", Field::Participant),
        keep("lastKnownPresence", Field::LastKnown),
        keep("lastSeen", Field::LastSeen),
    ]),
);

/// The presence of a chat.
pub(super) static CHAT: Then = Then::Into(&[keep("id", Field::Id), key("presences", REPORTS)]);
pub(super) static CHAT_LIST: Then = Then::Each(CHATS, &CHAT);

/// A session.
pub(super) static SESSION: Then = Then::Into(&[
    keep("status", Field::Status),
    keep("presence", Field::OWN_PRESENCE),
    key("engine", Then::Into(&[keep("engine", Field::ENGINE)])),
    key("me", ME),
]);

/// The two ids of a person.
pub(super) static IDS: Then = Then::Into(&[keep("lid", Field::LID), keep("pn", Field::CONTACT)]);

/// The sentences of a refusal.
#[derive(Clone, Copy)]
#[repr(u8)]
pub(super) enum Said {
    Detail,
    Exception,
    Message,
    Error,
    Expected,
    Status,
}

const fn said(name: &'static str, field: Said) -> Key {
    key(name, Then::Texts(field as u8))
}

/// A refusal in all its forms.
pub(super) static REFUSAL: Then = Then::Into(&[
    said("detail", Said::Detail),
    key("exception", Then::Into(&[said("message", Said::Exception)])),
    said("message", Said::Message),
    said("error", Said::Error),
    said("expected", Said::Expected),
    said("status", Said::Status),
]);
