//! Webhook bodies and feed frames: the hot path.
//!
//! One pass over the bytes, whatever order the keys come in; texts are borrowed, and message bodies and media are skipped
//! without ever being a field of anything.

use super::reports::Reports;
use super::shapes::{ENVELOPE, ENVELOPE_LIST, ENVELOPES, Field, PRESENCES};
use crate::gateway::Decoded;
use crate::gateway::lenient::{Fields, Scalar, Sink, read, wrong_shape};
use crate::gateway::words::{address_of, session_state_of, stamp_of, word_of};
use crate::machine::error::Error;
use crate::machine::few::Few;
use crate::machine::id::{Address, IdKind};
use crate::machine::observation::{Envelope, Observation, Report, SessionState};

/// From this acknowledgement on a message has been read: 3 is READ, 4 is PLAYED.
const ACK_READ: i64 = 3;

/// Reads a webhook body or a feed frame: one envelope, or a list of them. `session` keeps the envelopes of that session.
///
/// # Errors
/// `malformed` when the body is not JSON, or neither an object nor a list.
#[inline]
pub fn decode<'a>(body: &'a [u8], session: Option<&str>, decoded: &mut Decoded<'a>) -> Result<(), Error> {
    decode_of(body, session.map(|session| (Field::Session, session)), decoded)
}

/// The same for Wawp, which calls a session `default` whosesoever it is, and names the instance where it has no envelope.
pub(in crate::gateway) fn decode_instance<'a>(
    body: &'a [u8],
    instance: &str,
    decoded: &mut Decoded<'a>,
) -> Result<(), Error> {
    decode_of(body, Some((Field::Instance, instance)), decoded)
}

#[inline]
fn decode_of<'a>(body: &'a [u8], ours: Option<(Field, &str)>, decoded: &mut Decoded<'a>) -> Result<(), Error> {
    let mut reader = Reader { decoded, ours, fields: Fields::EMPTY, reports: Reports::default() };
    let is_list = body.trim_ascii_start().first() == Some(&b'[');
    if !read(body, if is_list { &ENVELOPE_LIST } else { &ENVELOPE }, &mut reader)? {
        return Err(wrong_shape("an object or a list of objects", body));
    }
    if !is_list {
        reader.end();
    }
    Ok(())
}

/// The two ids of our own account, as far as they are told.
type Own<'a> = [Option<Address<'a>>; 2];

/// Collects the fields of an envelope until it ends.
struct Reader<'s, 'a> {
    decoded: &'s mut Decoded<'a>,
    /// Which field names our session, and its name.
    ours: Option<(Field, &'s str)>,
    fields: Fields<'a>,
    reports: Reports<'a>,
}

impl<'a> Sink<'a> for Reader<'_, 'a> {
    fn keep(&mut self, field: u8, scalar: Scalar<'a>) {
        self.fields.keep(field, scalar);
    }

    fn list_begins(&mut self, list: u8) {
        if list == PRESENCES {
            self.reports.begin();
        }
    }

    fn item_ends(&mut self, list: u8) {
        if list == PRESENCES {
            self.reports.add(&mut self.fields);
        } else if list == ENVELOPES {
            self.end();
            self.fields = Fields::EMPTY;
            self.reports = Reports::default();
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
        let id = self.get(Field::EnvelopeId).text();
        let own = self.own();
        let observation = match self.get(Field::Event).text().unwrap_or_default() {
            "presence.update" | "presence_update" => self.presence(),
            "message" | "message.any" => self.message(id, &own),
            "message.ack" => self.receipt(&own),
            "session.status" => session(self.get(Field::Status)),
            // Wawp's first version sends no envelope.
            "" if self.get(Field::Instance).text().is_some() => session(self.get(Field::FlatStatus)),
            _ => Observation::Unknown,
        };
        let stamp = stamp_of(self.get(Field::Stamp)).or_else(|| stamp_of(self.get(Field::FlatStamp)));
        let aliases = self.aliases();
        self.decoded.envelopes.push(Envelope { id, stamp, own, aliases, observation });
    }

    fn get(&self, field: Field) -> Scalar<'a> {
        field.of(&self.fields)
    }

    /// Filtered here as well as by the server: old ones ignore the filter of the feed.
    fn is_ours(&self) -> bool {
        let Some((field, ours)) = self.ours else { return true };
        match self.get(field) {
            Scalar::Absent => true,
            Scalar::Text(session) => ours == session,
            Scalar::Number(_) | Scalar::Flag(_) | Scalar::Odd => false,
        }
    }

    fn own(&mut self) -> Own<'a> {
        [self.optional(Field::MeId), self.optional(Field::MeLid)]
    }

    fn presence(&mut self) -> Observation<'a> {
        let Reports { list, invalid } = std::mem::take(&mut self.reports);
        self.decoded.invalid_ids += invalid;
        let chat = if matches!(self.get(Field::ChatId), Scalar::Absent) { Field::Id } else { Field::ChatId };
        let Some(chat) = self.required(chat) else { return Observation::Unknown };
        match list.or_else(|| self.report(&chat)) {
            Some(reports) => Observation::Presence { chat, reports, complete: false },
            None => Observation::Unknown,
        }
    }

    /// What Wawp documents in place of a list: one word, of whom it is `from` or else of the chat.
    fn report(&mut self, chat: &Address<'a>) -> Option<Few<Report<'a>>> {
        let word = word_of([Field::Kind, Field::Status].into_iter().find_map(|word| self.get(word).text())?);
        let is_told = !matches!(self.get(Field::From), Scalar::Absent);
        let participant = if is_told { self.required(Field::From)? } else { chat.clone() };
        let mut reports = Few::default();
        reports.push(Report { participant, word, last_seen: None, began: None });
        Some(reports)
    }

    fn message(&mut self, envelope_id: Option<&'a str>, own: &Own<'a>) -> Observation<'a> {
        // An id only tells copies apart, and the envelope's is the same on every copy but `message.any`.
        let Some(id) = self.get(Field::Id).text().or(envelope_id) else { return Observation::Unknown };
        let Some(chat) = self.chat_of(own) else { return Observation::Unknown };
        let from_me = self.get(Field::FromMe).flag().unwrap_or_else(|| id.starts_with("true_"));
        let sender = match chat.kind() {
            IdKind::Contact | IdKind::Lid => Some(chat.clone()),
            IdKind::Group => self.author().or_else(|| from_me.then(|| chat.clone())),
            // Newsletters have no authors.
            IdKind::Other => self.author().or_else(|| Some(chat.clone())),
        };
        let Some(sender) = sender else {
            self.decoded.invalid_ids += 1;
            return Observation::Unknown;
        };
        Observation::Message { chat, sender, from_me, id, sent_at: stamp_of(self.get(Field::SentAt)) }
    }

    fn receipt(&mut self, own: &Own<'a>) -> Observation<'a> {
        let Some(id) = self.get(Field::Id).text() else { return Observation::Unknown };
        let Some(chat) = self.chat_of(own) else { return Observation::Unknown };
        let named_read = |name: &str| name.eq_ignore_ascii_case("READ") || name.eq_ignore_ascii_case("PLAYED");
        let read = self.get(Field::Ack).number().is_some_and(|ack| ack >= ACK_READ)
            || self.get(Field::AckName).text().is_some_and(named_read);
        Observation::Receipt { chat, id, read }
    }

    /// `from` is the chat, whoever wrote; only WEBJS puts ourselves there and the chat into `to`.
    fn chat_of(&mut self, own: &Own<'a>) -> Option<Address<'a>> {
        let from = self.required(Field::From)?;
        if own.iter().flatten().any(|own| *own == from)
            && let Some(to) = self.optional(Field::To)
        {
            return Some(to);
        }
        Some(from)
    }

    fn author(&mut self) -> Option<Address<'a>> {
        self.optional(Field::Author).or_else(|| self.optional(Field::OldAuthor))
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

    /// The pairs of ids that name one person.
    fn aliases(&self) -> Vec<(Address<'a>, Address<'a>)> {
        let pairs = [
            (Field::GowsSender, Field::GowsSenderAlt),
            (Field::GowsChat, Field::GowsRecipientAlt),
            (Field::NowebChat, Field::NowebChatAlt),
            (Field::NowebSender, Field::NowebSenderAlt),
        ];
        let mut aliases = Vec::new();
        for (one, other) in pairs {
            if let Some(pair) = pair(self.get(one), self.get(other)) {
                aliases.push(pair);
            }
        }
        aliases
    }
}

fn session<'a>(status: Scalar<'a>) -> Observation<'a> {
    Observation::Session(status.text().map_or(SessionState::Unknown, session_state_of))
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
