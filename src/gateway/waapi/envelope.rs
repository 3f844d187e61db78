//! Webhook bodies.
//!
//! They have neither an id nor a time: a delivery made twice is applied twice, as of its arrival. Message bodies and media
//! are skipped without ever being a field of anything.

use super::facts::{Came, Facts, Told};
use super::shapes::{ENVELOPE, ENVELOPE_LIST, ENVELOPES, Field, KEYS, KEYS_LIST};
use crate::gateway::Decoded;
use crate::gateway::lenient::{Scalar, Sink, read, wrong_shape};
use crate::gateway::words::{address_of, session_state_of, stamp_of};
use crate::machine::error::Error;
use crate::machine::id::{Address, IdKind};
use crate::machine::knowledge::Hiding;
use crate::machine::observation::{Envelope, Observation, SessionState};
use crate::text::whole_number;

/// From this acknowledgement on a message has been read: 3 is read, 4 is played.
const ACK_READ: i64 = 3;

/// Reads a webhook body: one envelope, or a list of them. `instance` keeps the envelopes of that instance.
///
/// # Errors
/// `malformed` when the body is not JSON, or neither an object nor a list.
pub fn decode<'a>(body: &'a [u8], instance: Option<&str>, decoded: &mut Decoded<'a>) -> Result<(), Error> {
    let mut reader = Reader { decoded, instance, facts: Facts::EMPTY };
    let is_list = body.trim_ascii_start().first() == Some(&b'[');
    if !read(body, if is_list { &ENVELOPE_LIST } else { &ENVELOPE }, &mut reader)? {
        return Err(wrong_shape("an object or a list of objects", body));
    }
    if !is_list {
        reader.end();
    }
    Ok(())
}

/// Whether a body is WaAPI's, by what every one of its envelopes has and no other's: an instance, and no payload.
pub fn is_envelope(body: &[u8]) -> bool {
    #[derive(Default)]
    struct Keys {
        instance: bool,
        payload: bool,
    }
    impl Sink<'_> for Keys {
        fn keep(&mut self, field: u8, _: Scalar<'_>) {
            self.instance |= field == Field::Instance as u8;
            self.payload |= field == Field::Nothing as u8;
        }
    }
    let mut keys = Keys::default();
    let is_list = body.trim_ascii_start().first() == Some(&b'[');
    let read = read(body, if is_list { &KEYS_LIST } else { &KEYS }, &mut keys);
    read.is_ok() && keys.instance && !keys.payload
}

/// Collects the fields of an envelope until it ends.
struct Reader<'s, 'a> {
    decoded: &'s mut Decoded<'a>,
    instance: Option<&'s str>,
    facts: Facts<'a>,
}

impl<'a> Sink<'a> for Reader<'_, 'a> {
    fn keep(&mut self, field: u8, scalar: Scalar<'a>) {
        self.facts.keep(field, scalar);
    }

    fn list_begins(&mut self, list: u8) {
        self.facts.list_begins(list);
    }

    fn item_ends(&mut self, list: u8) {
        if list == ENVELOPES {
            self.end();
            self.facts = Facts::EMPTY;
        } else {
            self.facts.item_ends(list);
        }
    }
}

impl<'a> Reader<'_, 'a> {
    /// An envelope has been read.
    fn end(&mut self) {
        if !self.is_ours() {
            self.decoded.other_sessions += 1;
            return;
        }
        let observation = match self.get(Field::Event).text().unwrap_or_default() {
            "presence_update" | "presence.update" => return self.presence(),
            "message" | "message_create" => self.message(),
            "message_ack" => self.receipt(),
            "change_state" => {
                Observation::Session(self.get(Field::Status).text().map_or(SessionState::Unknown, session_state_of))
            }
            // The states of an instance are events of their own.
            event => {
                let state = session_state_of(event);
                if state == SessionState::Unknown { Observation::Unknown } else { Observation::Session(state) }
            }
        };
        self.tell(observation);
    }

    fn tell(&mut self, observation: Observation<'a>) {
        let envelope = Envelope { id: None, stamp: None, own: [None, None], aliases: Vec::new(), observation };
        self.decoded.envelopes.push(envelope);
    }

    fn get(&self, field: Field) -> Scalar<'a> {
        field.of(&self.facts.fields)
    }

    /// The id of an instance is a number in some bodies and a text in others.
    fn is_ours(&self) -> bool {
        match (self.instance, self.get(Field::Instance)) {
            (None, _) | (Some(_), Scalar::Absent) => true,
            (Some(ours), Scalar::Text(instance)) => ours == instance,
            (Some(ours), Scalar::Number(instance)) => whole_number(ours) == Some(instance),
            (Some(_), Scalar::Flag(_) | Scalar::Odd) => false,
        }
    }

    fn presence(&mut self) {
        self.decoded.invalid_ids += self.facts.invalid;
        let named = if matches!(self.get(Field::Chat), Scalar::Absent) { Field::Id } else { Field::Chat };
        let chat = self.required(named).filter(|_| self.facts.found);
        let Some(chat) = chat else { return self.tell(Observation::Unknown) };
        let Told { denied, reports, complete } = self.facts.of_chat(&chat, Came::Pushed);
        if denied {
            self.tell(Observation::Hidden { chat: chat.clone(), hiding: Hiding::Deny });
            // Who hides whether they are there can be seen typing all the same.
            if reports.is_empty() && !complete {
                return;
            }
        }
        self.tell(Observation::Presence { chat, reports, complete });
    }

    fn message(&mut self) -> Observation<'a> {
        // An id only tells copies apart.
        let Some(id) = self.get(Field::Id).text() else { return Observation::Unknown };
        let from_me = self.is_from_me(id);
        let Some(chat) = self.chat(from_me) else { return Observation::Unknown };
        let sender = match chat.kind() {
            IdKind::Contact | IdKind::Lid => Some(chat.clone()),
            IdKind::Group => self.optional(Field::Author).or_else(|| from_me.then(|| chat.clone())),
            // Newsletters have no authors.
            IdKind::Other => self.optional(Field::Author).or_else(|| Some(chat.clone())),
        };
        let Some(sender) = sender else {
            self.decoded.invalid_ids += 1;
            return Observation::Unknown;
        };
        Observation::Message { chat, sender, from_me, id, sent_at: stamp_of(self.get(Field::SentAt)) }
    }

    fn receipt(&mut self) -> Observation<'a> {
        let Some(id) = self.get(Field::Id).text() else { return Observation::Unknown };
        let from_me = self.is_from_me(id);
        let Some(chat) = self.chat(from_me) else { return Observation::Unknown };
        let read = self.get(Field::Ack).number().is_some_and(|ack| ack >= ACK_READ);
        Observation::Receipt { chat, id, read }
    }

    fn is_from_me(&self, id: &str) -> bool {
        self.get(Field::FromMe).flag().unwrap_or_else(|| id.starts_with("true_"))
    }

    /// The chat of a message: of our own it is `to`, `from` being us.
    fn chat(&mut self, from_me: bool) -> Option<Address<'a>> {
        let named = self.optional(if from_me { Field::To } else { Field::From });
        named.or_else(|| self.required(Field::Remote))
    }

    /// An id that may be missing, but counts as invalid if it is none.
    fn optional(&mut self, id: Field) -> Option<Address<'a>> {
        if matches!(self.get(id), Scalar::Absent) { None } else { self.required(id) }
    }

    fn required(&mut self, id: Field) -> Option<Address<'a>> {
        let address = address_of(self.get(id));
        if address.is_none() {
            self.decoded.invalid_ids += 1;
        }
        address
    }
}
