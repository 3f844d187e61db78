//! What is read of WaAPI's bodies. Everything else in them is skipped.
//!
//! The vendor documents the presence object in prose and wraps it in an envelope or two. Both shapes hence lead back into
//! themselves: what we want is found however deep it lies.

use crate::gateway::lenient::{FIELDS, Fields, Key, Scalar, Then, key};

/// Every value that is kept, whichever body it stands in.
#[derive(Clone, Copy)]
#[repr(u8)]
pub(super) enum Field {
    // Those of a presence, up to `Media`.
    HasData,
    Deny,
    IsOnline,
    IsGroup,
    LastSeen,
    /// What somebody does, as a word.
    State,
    /// Since when, in seconds; of somebody who left, when that was.
    StateSince,
    StateDeny,
    /// Composing with `audio` is recording.
    Media,
    /// Where null stands in the place of a presence, and any other scalar is of no use.
    Nothing,
    /// An item of a list of people.
    Participant,
    /// Whether a call was carried out; in events the state of the instance.
    Status,
    InstanceStatus,
    SharesLastSeen,
    SharesOnline,
    SharesReads,
    Event,
    Instance,
    Chat,
    /// A message's id; a presence may name its chat so.
    Id,
    /// The chat of a message, by its id.
    Remote,
    From,
    To,
    Author,
    FromMe,
    SentAt,
    Ack,
}

impl Field {
    pub(super) fn of<'a>(self, fields: &Fields<'a>) -> Scalar<'a> {
        fields.get(self as u8)
    }

    /// Whether a field is one of a presence.
    pub(super) const fn is_of_presence(field: u8) -> bool {
        field <= Self::Media as u8
    }
}

const fn keep(name: &'static str, field: Field) -> Key {
    assert!((field as usize) < FIELDS, "a sink holds fewer fields");
    key(name, Then::Keep(field as u8))
}

/// An id: a text, or the object that WhatsApp Web has for it.
const fn id(name: &'static str, field: Field, serialized: &'static [Key]) -> Key {
    key(name, Then::Either(field as u8, serialized))
}

/// The lists that are read item by item.
pub(super) const ENVELOPES: u8 = 0;
pub(super) const TYPING: u8 = 1;
pub(super) const RECORDING: u8 = 2;

const PERSON: Then = Then::Either(
    Field::Participant as u8,
    &[
        keep("_serialized", Field::Participant),
        id("id", Field::Participant, &[keep("_serialized", Field::Participant)]),
    ],
);

/// A word, or the object that WhatsApp Web has for it.
const CHATSTATE: Then = Then::Either(
    Field::State as u8,
    &[
        keep("type", Field::State),
        keep("t", Field::StateSince),
        keep("deny", Field::StateDeny),
        keep("media", Field::Media),
    ],
);

/// An answer to any call, refusals included.
pub(super) static ANSWER: Then = Then::Either(Field::Nothing as u8, &ANSWER_KEYS);
static ANSWER_KEYS: [Key; 18] = [
    keep("status", Field::Status),
    key("data", Then::Either(Field::Nothing as u8, &ANSWER_KEYS)),
    key("presence", Then::Either(Field::Nothing as u8, &ANSWER_KEYS)),
    keep("isGroup", Field::IsGroup),
    keep("hasData", Field::HasData),
    keep("deny", Field::Deny),
    keep("isOnline", Field::IsOnline),
    keep("lastSeen", Field::LastSeen),
    key("chatstate", CHATSTATE),
    key("typingParticipants", Then::Each(TYPING, &PERSON)),
    key("recordingParticipants", Then::Each(RECORDING, &PERSON)),
    keep("instanceStatus", Field::InstanceStatus),
    key("clientStatus", Then::Into(&[keep("instanceStatus", Field::InstanceStatus)])),
    key(
        "settings",
        Then::Into(&[
            keep("lastSeen", Field::SharesLastSeen),
            keep("online", Field::SharesOnline),
            keep("readReceipts", Field::SharesReads),
        ]),
    ),
    said("message", Said::Message),
    said("explanation", Said::Explanation),
    // By the name of what we sent.
    key(
        "errors",
        Then::Into(&[said("chatId", Said::Errors), said("waitForData", Said::Errors), said("timeoutMs", Said::Errors)]),
    ),
    said("error", Said::Error),
];

/// The sentences of a refusal.
#[derive(Clone, Copy)]
#[repr(u8)]
pub(super) enum Said {
    Message,
    Explanation,
    Errors,
    Error,
}

const fn said(name: &'static str, field: Said) -> Key {
    key(name, Then::Texts(field as u8))
}

/// A webhook body; so that `data` may come before `event`, with the fields of every event we know.
pub(super) static ENVELOPE: Then = Then::Into(&[
    keep("event", Field::Event),
    keep("instanceId", Field::Instance),
    key("data", Then::Either(Field::Status as u8, &DATA)),
]);
pub(super) static ENVELOPE_LIST: Then = Then::Each(ENVELOPES, &ENVELOPE);

/// What tells an envelope from those of other gateways.
pub(super) static KEYS: Then = Then::Into(&[keep("instanceId", Field::Instance), keep("payload", Field::Nothing)]);
pub(super) static KEYS_LIST: Then = Then::Each(ENVELOPES, &KEYS);

static DATA: [Key; 20] = [
    key("presence", Then::Into(&DATA)),
    id("chatId", Field::Chat, &[keep("_serialized", Field::Chat)]),
    keep("isGroup", Field::IsGroup),
    keep("hasData", Field::HasData),
    keep("deny", Field::Deny),
    keep("isOnline", Field::IsOnline),
    keep("lastSeen", Field::LastSeen),
    key("chatstate", CHATSTATE),
    key("typingParticipants", Then::Each(TYPING, &PERSON)),
    key("recordingParticipants", Then::Each(RECORDING, &PERSON)),
    key("message", Then::Into(&DATA)),
    id(
        "id",
        Field::Id,
        &[
            keep("fromMe", Field::FromMe),
            id("remote", Field::Remote, &[keep("_serialized", Field::Remote)]),
            keep("_serialized", Field::Id),
        ],
    ),
    id("from", Field::From, &[keep("_serialized", Field::From)]),
    id("to", Field::To, &[keep("_serialized", Field::To)]),
    id("author", Field::Author, &[keep("_serialized", Field::Author)]),
    keep("fromMe", Field::FromMe),
    keep("timestamp", Field::SentAt),
    keep("ack", Field::Ack),
    keep("status", Field::Status),
    keep("state", Field::Status),
];
