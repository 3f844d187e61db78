//! What a gateway told, told on: one form for all of them.

use super::events::Told;
use super::shapes::{Field, OBSERVATION, PRESENCES};
use super::words::{HIDINGS, stamp_of};
use crate::gateway::lenient::{Fields, Scalar, Sink, read as walk, wrong_shape};
use crate::gateway::words::{address_of, meaning_of, word_of};
use crate::machine::error::Error;
use crate::machine::few::Few;
use crate::machine::observation::{Envelope, Observation, Report, Word};

/// Reads an observation.
pub(super) fn observation(data: &[u8]) -> Result<Told<'_>, Error> {
    let mut held = Observed::default();
    if !walk(data, &OBSERVATION, &mut held)? {
        return Err(wrong_shape("an object", data));
    }
    let get = |field: Field| field.of(&held.fields.0);
    let chat = address_of(get(Field::Chat)).ok_or_else(|| wrong_shape("the id of a chat", data))?;
    let message = get(Field::MessageId).text();
    let hiding = get(Field::Hidden).text().and_then(|word| meaning_of(word, HIDINGS));
    let observation = if let Some(id) = message {
        Observation::Message {
            sender: address_of(get(Field::MessageSender)).unwrap_or_else(|| chat.clone()),
            from_me: get(Field::MessageFromMe).flag() == Some(true),
            id,
            sent_at: stamp_of(get(Field::MessageSentAt)),
            chat,
        }
    } else if let Some(id) = get(Field::ReceiptId).text() {
        Observation::Receipt { chat, id, read: get(Field::ReceiptRead).flag() == Some(true) }
    } else if let Some(hiding) = hiding {
        Observation::Hidden { chat, hiding }
    } else if held.listed {
        let complete = get(Field::Complete).flag() == Some(true);
        Observation::Presence { chat, reports: held.reports, complete }
    } else {
        Observation::Unknown
    };
    let (id, stamp) = (held.fields.0.get(Field::Id as u8).text(), stamp_of(held.fields.0.get(Field::At as u8)));
    let received = stamp_of(held.fields.0.get(Field::ReceivedAt as u8));
    Ok(Told::Observation(
        Box::new(Envelope { id, stamp, own: [None, None], aliases: Vec::new(), observation }),
        received,
    ))
}

/// Scalars with a beginning.
struct Held<'a>(Fields<'a>);

impl Default for Held<'_> {
    fn default() -> Self {
        Self(Fields::EMPTY)
    }
}

/// What an observation holds.
#[derive(Default)]
struct Observed<'a> {
    fields: Held<'a>,
    reports: Few<Report<'a>>,
    /// Whether a list of people stands there, however empty.
    listed: bool,
}

impl<'a> Sink<'a> for Observed<'a> {
    fn keep(&mut self, field: u8, scalar: Scalar<'a>) {
        self.fields.0.keep(field, scalar);
    }

    fn list_begins(&mut self, list: u8) {
        self.listed |= list == PRESENCES;
    }

    fn item_ends(&mut self, _: u8) {
        let mut take = |field: Field| self.fields.0.take(field as u8);
        let participant = address_of(take(Field::Participant));
        let word = take(Field::Word).text().map_or(Word::Unknown, word_of);
        let (last_seen, began) = (stamp_of(take(Field::SeenAt)), stamp_of(take(Field::BeganAt)));
        if let Some(participant) = participant {
            self.reports.push(Report { participant, word, last_seen, began });
        }
    }
}
