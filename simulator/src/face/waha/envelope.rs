//! The envelope of every event, the same on sockets and in webhooks, in the key order of the real one.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use ulid::Ulid;

use crate::chance::Chance;
use crate::face::waha::message::{Ack, MessageBody};
use crate::face::waha::presence::Presences;
use crate::face::waha::{Engine, Environment};
use crate::time::UnixMs;
use crate::world::id::Jid;

/// The account's owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Me {
    /// Their phone id.
    pub id: Jid,
    /// What they call themselves.
    pub push_name: String,
    /// Their hidden id.
    pub lid: Jid,
}

/// What an event says.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Payload {
    /// `presence.update`
    Presence(Presences),
    /// `session.status`
    Status(StatusBody),
    /// `message` and `message.any`
    Message(Box<MessageBody>),
    /// `message.ack`
    Ack(Box<Ack>),
    /// Whatever a test injects.
    Any(Value),
}

/// The payload of `session.status`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StatusBody {
    /// The session.
    pub name: String,
    /// Its status.
    pub status: &'static str,
    /// Its last statuses, oldest first.
    pub statuses: Vec<StatusPoint>,
}

/// A status and when it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct StatusPoint {
    /// The status.
    pub status: &'static str,
    /// Unix milliseconds.
    pub timestamp: u64,
}

/// One event of one session.
#[derive(Debug, Serialize)]
pub struct Envelope<'a> {
    /// `evt_` and a lower-case ULID.
    pub id: String,
    /// Unix milliseconds at which the gateway made it.
    pub timestamp: u64,
    /// The event's name.
    pub event: &'a str,
    /// The session's name.
    pub session: &'a str,
    /// What the owner attached to the session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<&'a BTreeMap<String, String>>,
    /// The account, once it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub me: Option<&'a Me>,
    /// What the event says.
    pub payload: &'a Payload,
    /// The engine's name.
    pub engine: &'static str,
    /// The server.
    pub environment: Environment,
}

impl Envelope<'_> {
    /// The envelope as it travels.
    #[must_use]
    pub fn to_text(&self) -> String {
        // Every key is a string, so this cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// An id for an event made at `timestamp`.
#[must_use]
pub fn event_id(timestamp: UnixMs, chance: &mut Chance) -> String {
    format!("evt_{}", Ulid::from_parts(timestamp.as_ms(), chance.bits()).to_string().to_lowercase())
}

impl Engine {
    /// The server's description in envelopes.
    #[must_use]
    pub const fn environment(self) -> Environment {
        Environment::of(self)
    }
}
