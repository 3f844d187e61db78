//! What is read of a relay's events and answers. Everything else in them is skipped, so that it may say more one day.

use crate::gateway::lenient::{FIELDS, Fields, Key, Scalar, Then, key};

/// What is kept of events that concern a chat.
#[derive(Clone, Copy)]
#[repr(u8)]
pub(super) enum Field {
    Chat,
    // Of an observation.
    Id,
    At,
    ReceivedAt,
    Complete,
    Hidden,
    MessageSender,
    MessageFromMe,
    MessageId,
    MessageSentAt,
    ReceiptId,
    ReceiptRead,
    // Of a participant.
    Participant,
    Word,
    SeenAt,
    BeganAt,
}

/// What is kept of snapshots and of knowledge.
#[derive(Clone, Copy)]
#[repr(u8)]
pub(super) enum Known {
    Chat,
    LastInbound,
    State,
    Reason,
    Vouched,
    LeaseSentAt,
    LeaseSureUntil,
    LeaseMaxUntil,
    // Of a participant.
    Participant,
    Availability,
    Basis,
    Certain,
    AvailabilityAt,
    ObservedAt,
    Activity,
    ActivitySince,
    ActivityEnds,
    LastKind,
    LastEndedAt,
    LastEndedBy,
    SeenAt,
    SeenBasis,
    LostAvailability,
    LostAt,
    Lag,
}

/// What is kept of events that concern the account, and of answers.
#[derive(Clone, Copy)]
#[repr(u8)]
pub(super) enum Fact {
    Feed,
    Gateway,
    Now,
    ExpiresAt,
    Resumed,
    Connection,
    Reason,
    Session,
    Engine,
    Online,
    Spent,
    Limit,
    Waiting,
    InFlight,
    NextAt,
    CallsToday,
    Watched,
    Capability,
    Lid,
    Contact,
    Code,
    Status,
    RetryAfter,
    Place,
    Chat,
    Participant,
    Word,
    SeenAt,
    SharesLastSeen,
    SharesOnline,
    SharesReads,
}

macro_rules! kept {
    ($($of:ident),*) => {$(
        impl $of {
            pub(super) fn of<'a>(self, fields: &Fields<'a>) -> Scalar<'a> {
                fields.get(self as u8)
            }
        }
    )*};
}
kept!(Field, Known, Fact);

const fn keep(name: &'static str, field: u8) -> Key {
    assert!((field as usize) < FIELDS, "a sink holds fewer fields");
    key(name, Then::Keep(field))
}

/// The lists that are read item by item.
pub(super) const PRESENCES: u8 = 0;
pub(super) const PARTICIPANTS: u8 = 1;
pub(super) const CAPABILITIES: u8 = 2;
pub(super) const PLACES: u8 = 3;
/// The sentences for people.
pub(super) const DETAIL: u8 = 0;
pub(super) const MESSAGE: u8 = 1;

pub(super) static OBSERVATION: Then = Then::Into(&[
    keep("id", Field::Id as u8),
    keep("atMs", Field::At as u8),
    keep("receivedAtMs", Field::ReceivedAt as u8),
    keep("chat", Field::Chat as u8),
    key(
        "presences",
        Then::Each(
            PRESENCES,
            &Then::Into(&[
                keep("participant", Field::Participant as u8),
                keep("word", Field::Word as u8),
                keep("lastSeenAtMs", Field::SeenAt as u8),
                keep("beganAtMs", Field::BeganAt as u8),
            ]),
        ),
    ),
    keep("complete", Field::Complete as u8),
    key(
        "message",
        Then::Into(&[
            keep("participant", Field::MessageSender as u8),
            keep("fromMe", Field::MessageFromMe as u8),
            keep("id", Field::MessageId as u8),
            keep("sentAtMs", Field::MessageSentAt as u8),
        ]),
    ),
    key("receipt", Then::Into(&[keep("id", Field::ReceiptId as u8), keep("read", Field::ReceiptRead as u8)])),
    keep("hidden", Field::Hidden as u8),
]);

pub(super) static KNOWLEDGE: Then = Then::Into(&[
    keep("chat", Known::Chat as u8),
    keep("state", Known::State as u8),
    keep("reason", Known::Reason as u8),
    keep("vouched", Known::Vouched as u8),
    key("detail", Then::Texts(DETAIL)),
    key("lease", LEASE),
]);

const LEASE: Then = Then::Into(&[
    keep("sentAtMs", Known::LeaseSentAt as u8),
    keep("sureUntilMs", Known::LeaseSureUntil as u8),
    keep("maxUntilMs", Known::LeaseMaxUntil as u8),
]);

pub(super) static SNAPSHOT: Then = Then::Into(&[
    keep("chat", Known::Chat as u8),
    keep("lastInboundAtMs", Known::LastInbound as u8),
    key(
        "participants",
        Then::Each(
            PARTICIPANTS,
            &Then::Into(&[
                keep("id", Known::Participant as u8),
                keep("availability", Known::Availability as u8),
                keep("basis", Known::Basis as u8),
                keep("certain", Known::Certain as u8),
                keep("availabilityAtMs", Known::AvailabilityAt as u8),
                keep("observedAtMs", Known::ObservedAt as u8),
                keep("activity", Known::Activity as u8),
                keep("activitySinceAtMs", Known::ActivitySince as u8),
                keep("activityExpiresAtMs", Known::ActivityEnds as u8),
                key(
                    "lastActivity",
                    Then::Into(&[
                        keep("kind", Known::LastKind as u8),
                        keep("endedAtMs", Known::LastEndedAt as u8),
                        keep("endedBy", Known::LastEndedBy as u8),
                    ]),
                ),
                key(
                    "lastSeen",
                    Then::Into(&[keep("atMs", Known::SeenAt as u8), keep("basis", Known::SeenBasis as u8)]),
                ),
                key(
                    "lastKnown",
                    Then::Into(&[
                        keep("availability", Known::LostAvailability as u8),
                        keep("atMs", Known::LostAt as u8),
                    ]),
                ),
                keep("lagMs", Known::Lag as u8),
            ]),
        ),
    ),
    // The chat is that of the snapshot.
    key(
        "knowledge",
        Then::Into(&[
            keep("state", Known::State as u8),
            keep("reason", Known::Reason as u8),
            keep("vouched", Known::Vouched as u8),
            key("detail", Then::Texts(DETAIL)),
            key("lease", LEASE),
        ]),
    ),
]);

pub(super) static ALIAS: Then = Then::Into(&[keep("lid", Fact::Lid as u8), keep("contact", Fact::Contact as u8)]);

pub(super) static SESSION: Then = Then::Into(&SESSION_KEYS);
static SESSION_KEYS: [Key; 5] = [
    keep("connection", Fact::Connection as u8),
    keep("reason", Fact::Reason as u8),
    keep("session", Fact::Session as u8),
    keep("engine", Fact::Engine as u8),
    key("capabilities", Then::Each(CAPABILITIES, &Then::Keep(Fact::Capability as u8))),
];

pub(super) static OWN: Then = Then::Into(&OWN_KEYS);
static OWN_KEYS: [Key; 1] = [keep("online", Fact::Online as u8)];

pub(super) static BUDGET: Then = Then::Into(&BUDGET_KEYS);
static BUDGET_KEYS: [Key; 7] = [
    keep("spent", Fact::Spent as u8),
    keep("limit", Fact::Limit as u8),
    keep("waiting", Fact::Waiting as u8),
    keep("inFlight", Fact::InFlight as u8),
    keep("nextAtMs", Fact::NextAt as u8),
    keep("callsToday", Fact::CallsToday as u8),
    keep("watched", Fact::Watched as u8),
];

pub(super) static HELLO: Then = Then::Into(&[
    keep("feed", Fact::Feed as u8),
    keep("gateway", Fact::Gateway as u8),
    keep("nowMs", Fact::Now as u8),
    keep("expiresAtMs", Fact::ExpiresAt as u8),
    keep("resumed", Fact::Resumed as u8),
    key("session", Then::Into(&SESSION_KEYS)),
    key("own", Then::Into(&OWN_KEYS)),
    key("budget", Then::Into(&BUDGET_KEYS)),
]);

/// A refusal, told in the stream or answered; or the answer to a call.
pub(super) static ANSWER: Then = Then::Into(&[
    keep("code", Fact::Code as u8),
    key("message", Then::Texts(MESSAGE)),
    keep("status", Fact::Status as u8),
    keep("retryAfterMs", Fact::RetryAfter as u8),
    key("places", Then::Each(PLACES, &Then::Keep(Fact::Place as u8))),
    keep("expiresAtMs", Fact::ExpiresAt as u8),
    keep("chat", Fact::Chat as u8),
    key(
        "presences",
        Then::Each(
            PRESENCES,
            &Then::Into(&[
                keep("participant", Fact::Participant as u8),
                keep("word", Fact::Word as u8),
                keep("lastSeenAtMs", Fact::SeenAt as u8),
            ]),
        ),
    ),
    keep("sharesLastSeen", Fact::SharesLastSeen as u8),
    keep("sharesOnline", Fact::SharesOnline as u8),
    keep("sharesReads", Fact::SharesReads as u8),
]);
