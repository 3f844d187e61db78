//! Webhook bodies and feed frames: the hot path.
//!
//! One pass over the bytes, whatever order the keys come in; texts are borrowed, and message bodies and media are skipped
//! without ever being a field of anything.

use std::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::answers::Me;
use super::reports::Reports;
use super::{address_of, session_state_of, stamp_of};
use crate::gateway::Decoded;
use crate::gateway::lenient::{Object, Scalar, not_json, not_text, read_past, wrong_shape};
use crate::machine::error::Error;
use crate::machine::id::{Address, IdKind};
use crate::machine::observation::{Envelope, Observation, SessionState};

/// From this acknowledgement on a message has been read: 3 is READ, 4 is PLAYED.
const ACK_READ: i64 = 3;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Raw<'a> {
    #[serde(borrow)]
    id: Scalar<'a>,
    #[serde(borrow)]
    timestamp: Scalar<'a>,
    #[serde(borrow)]
    event: Scalar<'a>,
    #[serde(borrow)]
    session: Scalar<'a>,
    #[serde(borrow)]
    me: Object<Me<'a>>,
    #[serde(borrow)]
    payload: Object<Payload<'a>>,
}

/// The fields of every event we know, so that `payload` may come before `event`.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Payload<'a> {
    /// A chat's id in a presence, a message's id elsewhere.
    #[serde(borrow)]
    id: Scalar<'a>,
    #[serde(borrow)]
    presences: Reports<'a>,
    #[serde(borrow)]
    status: Scalar<'a>,
    #[serde(borrow)]
    from: Scalar<'a>,
    #[serde(borrow)]
    to: Scalar<'a>,
    #[serde(borrow)]
    participant: Scalar<'a>,
    /// What older servers call `participant`.
    #[serde(borrow)]
    author: Scalar<'a>,
    #[serde(borrow, rename = "fromMe")]
    from_me: Scalar<'a>,
    #[serde(borrow)]
    timestamp: Scalar<'a>,
    #[serde(borrow)]
    ack: Scalar<'a>,
    #[serde(borrow, rename = "ackName")]
    ack_name: Scalar<'a>,
    #[serde(borrow, rename = "_data")]
    aliases: Aliases<'a>,
}

/// Pairs of ids that name one person.
#[derive(Default)]
struct Aliases<'a>(Vec<(Address<'a>, Address<'a>)>);

impl<'de: 'a, 'a> Deserialize<'de> for Aliases<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Object(data) = Object::<Data<'de>>::deserialize(deserializer)?;
        Ok(Self(data.map_or_else(Vec::new, |data| aliases(&data))))
    }
}

/// What the engine said, of which only the two names of one person are of use.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Data<'a> {
    #[serde(borrow, rename = "Info")]
    gows: Object<Info<'a>>,
    #[serde(borrow, rename = "key")]
    noweb: Object<Key<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Info<'a> {
    #[serde(borrow)]
    chat: Scalar<'a>,
    #[serde(borrow)]
    sender: Scalar<'a>,
    #[serde(borrow)]
    sender_alt: Scalar<'a>,
    #[serde(borrow)]
    recipient_alt: Scalar<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Key<'a> {
    #[serde(borrow)]
    remote_jid: Scalar<'a>,
    #[serde(borrow)]
    remote_jid_alt: Scalar<'a>,
    #[serde(borrow)]
    participant: Scalar<'a>,
    #[serde(borrow)]
    participant_alt: Scalar<'a>,
}

/// Reads a webhook body or a feed frame: one envelope, or a list of them. `session` keeps the envelopes of that session.
///
/// # Errors
/// `malformed` when the body is not JSON, or neither an object nor a list.
pub fn decode<'a>(body: &'a [u8], session: Option<&str>) -> Result<Decoded<'a>, Error> {
    let mut decoded = Decoded::default();
    // Checked as a whole, which is quicker than text by text.
    let text = str::from_utf8(body).map_err(|error| not_text(&error))?;
    let mut json = serde_json::Deserializer::from_str(text);
    let reader = Reader { decoded: &mut decoded, session };
    let shaped = reader.deserialize(&mut json).map_err(|error| not_json(&error))?;
    json.end().map_err(|error| not_json(&error))?;
    if !shaped {
        return Err(wrong_shape("an object or a list of objects", body));
    }
    Ok(decoded)
}

struct Reader<'d, 's, 'a> {
    decoded: &'d mut Decoded<'a>,
    session: Option<&'s str>,
}

impl<'a> DeserializeSeed<'a> for Reader<'_, '_, 'a> {
    type Value = bool;

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_, '_, 'de> {
    /// Whether it was an object or a list.
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or a list of objects")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, object: A) -> Result<bool, A::Error> {
        let raw = Raw::deserialize(MapAccessDeserializer::new(object))?;
        // Room for one, where a vector would make room for four.
        self.decoded.envelopes.reserve_exact(1);
        self.take(raw);
        Ok(true)
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<bool, A::Error> {
        while let Some(Object(raw)) = list.next_element()? {
            self.take(raw.unwrap_or_default());
        }
        Ok(true)
    }

    read_past!(false; scalars text);
}

impl<'a> Reader<'_, '_, 'a> {
    fn take(&mut self, raw: Raw<'a>) {
        if !self.is_ours(raw.session) {
            self.decoded.other_sessions += 1;
            return;
        }
        let id = raw.id.text();
        let own = self.own(raw.me.0);
        let mut payload = raw.payload.0.unwrap_or_default();
        let aliases = std::mem::take(&mut payload.aliases.0);
        let observation = match raw.event.text().unwrap_or_default() {
            "presence.update" | "presence_update" => self.presence(&mut payload),
            "message" | "message.any" => self.message(&payload, id, &own),
            "message.ack" => self.receipt(&payload, &own),
            "session.status" => {
                Observation::Session(payload.status.text().map_or(SessionState::Unknown, session_state_of))
            }
            _ => Observation::Unknown,
        };
        self.decoded.envelopes.push(Envelope { id, stamp: stamp_of(raw.timestamp), own, aliases, observation });
    }

    /// Filtered here as well as by the server: old ones ignore the filter of the feed.
    fn is_ours(&self, session: Scalar<'a>) -> bool {
        match (self.session, session) {
            (None, _) | (Some(_), Scalar::Absent) => true,
            (Some(ours), Scalar::Text(session)) => ours == session,
            (Some(_), Scalar::Number(_) | Scalar::Flag(_) | Scalar::Odd) => false,
        }
    }

    fn own(&mut self, me: Option<Me<'a>>) -> Vec<Address<'a>> {
        let Some(me) = me else { return Vec::new() };
        let mut own = Vec::with_capacity(2);
        own.extend(self.optional(me.id));
        own.extend(self.optional(me.lid));
        own
    }

    fn presence(&mut self, payload: &mut Payload<'a>) -> Observation<'a> {
        self.decoded.invalid_ids += payload.presences.invalid;
        let Some(chat) = self.required(payload.id) else { return Observation::Unknown };
        match payload.presences.list.take() {
            Some(reports) => Observation::Presence { chat, reports, complete: false },
            None => Observation::Unknown,
        }
    }

    fn message(&mut self, payload: &Payload<'a>, envelope_id: Option<&'a str>, own: &[Address<'a>]) -> Observation<'a> {
        // An id only tells copies apart, and the envelope's is the same on every copy but `message.any`.
        let Some(id) = payload.id.text().or(envelope_id) else { return Observation::Unknown };
        let Some(chat) = self.chat_of(payload, own) else { return Observation::Unknown };
        let from_me = payload.from_me.flag().unwrap_or_else(|| id.starts_with("true_"));
        let sender = match chat.kind() {
            IdKind::Contact | IdKind::Lid => Some(chat.clone()),
            IdKind::Group => self.author(payload).or_else(|| from_me.then(|| chat.clone())),
            // Newsletters have no authors.
            IdKind::Other => self.author(payload).or_else(|| Some(chat.clone())),
        };
        let Some(sender) = sender else {
            self.decoded.invalid_ids += 1;
            return Observation::Unknown;
        };
        Observation::Message { chat, sender, from_me, id, sent_at: stamp_of(payload.timestamp) }
    }

    fn receipt(&mut self, payload: &Payload<'a>, own: &[Address<'a>]) -> Observation<'a> {
        let Some(id) = payload.id.text() else { return Observation::Unknown };
        let Some(chat) = self.chat_of(payload, own) else { return Observation::Unknown };
        let named_read = |name: &str| name.eq_ignore_ascii_case("READ") || name.eq_ignore_ascii_case("PLAYED");
        let read =
            payload.ack.number().is_some_and(|ack| ack >= ACK_READ) || payload.ack_name.text().is_some_and(named_read);
        Observation::Receipt { chat, id, read }
    }

    /// `from` is the chat, whoever wrote; only WEBJS puts ourselves there and the chat into `to`.
    fn chat_of(&mut self, payload: &Payload<'a>, own: &[Address<'a>]) -> Option<Address<'a>> {
        let from = self.required(payload.from)?;
        if own.contains(&from)
            && let Some(to) = self.optional(payload.to)
        {
            return Some(to);
        }
        Some(from)
    }

    fn author(&mut self, payload: &Payload<'a>) -> Option<Address<'a>> {
        self.optional(payload.participant).or_else(|| self.optional(payload.author))
    }

    /// An id that may be missing, but counts as invalid if it is none.
    fn optional(&mut self, scalar: Scalar<'a>) -> Option<Address<'a>> {
        if matches!(scalar, Scalar::Absent) { None } else { self.required(scalar) }
    }

    fn required(&mut self, scalar: Scalar<'a>) -> Option<Address<'a>> {
        let address = address_of(scalar);
        if address.is_none() {
            self.decoded.invalid_ids += 1;
        }
        address
    }
}

fn aliases<'a>(data: &Data<'a>) -> Vec<(Address<'a>, Address<'a>)> {
    let gows = data.gows.0.as_ref().map(|info| [(info.sender, info.sender_alt), (info.chat, info.recipient_alt)]);
    let noweb =
        data.noweb.0.as_ref().map(|key| [(key.remote_jid, key.remote_jid_alt), (key.participant, key.participant_alt)]);
    [gows, noweb].into_iter().flatten().flatten().filter_map(|(one, other)| pair(one, other)).collect()
}

/// Two ids as (hidden, number), if they are one of each. Engines leave empty texts where they know no second id.
fn pair<'a>(one: Scalar<'a>, other: Scalar<'a>) -> Option<(Address<'a>, Address<'a>)> {
    let (one, other) = (address_of(one)?, address_of(other)?);
    match (one.kind(), other.kind()) {
        (IdKind::Lid, IdKind::Contact) => Some((one, other)),
        (IdKind::Contact, IdKind::Lid) => Some((other, one)),
        (IdKind::Contact | IdKind::Lid | IdKind::Group | IdKind::Other, _) => None,
    }
}
