//! All that a relay knows of a chat, and what may be claimed of it.

use super::events::Told;
use super::shapes::{DETAIL, KNOWLEDGE, Known, PARTICIPANTS, SNAPSHOT};
use super::words::{
    ACTIVITIES, AVAILABILITIES, BASES, ENDINGS, HIDINGS, LAPSES, REFUSALS, SEEN_BASES, WAITS, count_of, stamp_of,
};
use crate::gateway::lenient::{Fields, Scalar, Sink, Then, read as walk, wrong_shape};
use crate::gateway::redact::redact;
use crate::gateway::words::{address_of, meaning_of};
use crate::machine::error::Error;
use crate::machine::few::Few;
use crate::machine::id::Address;
use crate::machine::knowledge::{Hiding, Knowledge, Lapse, Refusal, Wait};
use crate::machine::presence::{Availability, LastKnown, LastSeen, LastSeenBasis};
use crate::machine::time::{Instant, UnixMs};
use crate::machine::typing::{EndedBy, LastActivity};
use crate::machine::{Lease, Memory, RelayedWord};

/// Reads a snapshot.
pub(super) fn snapshot<'a>(data: &'a [u8], instant: &dyn Fn(UnixMs) -> Instant) -> Result<Told<'a>, Error> {
    let mut held = Chat::read(data, &SNAPSHOT, instant)?;
    let chat = required(&held.fields, Known::Chat, data)?;
    let last_inbound = stamp_of(Known::LastInbound.of(&held.fields));
    Ok(Told::Snapshot { chat, memories: std::mem::take(&mut held.memories), last_inbound, word: held.word() })
}

/// Reads what may be claimed of a chat.
pub(super) fn knowledge<'a>(data: &'a [u8], instant: &dyn Fn(UnixMs) -> Instant) -> Result<Told<'a>, Error> {
    let held = Chat::read(data, &KNOWLEDGE, instant)?;
    let chat = required(&held.fields, Known::Chat, data)?;
    Ok(Told::Knowledge(chat, held.word().ok_or_else(|| wrong_shape("a state", data))?))
}

fn required<'a>(fields: &Fields<'a>, field: Known, data: &[u8]) -> Result<Address<'a>, Error> {
    address_of(field.of(fields)).ok_or_else(|| wrong_shape("the id of a chat", data))
}

/// What a snapshot holds, or what is told of a chat's knowledge.
struct Chat<'s, 'a> {
    fields: Fields<'a>,
    memories: Few<Memory<'a>>,
    detail: String,
    instant: &'s dyn Fn(UnixMs) -> Instant,
}

impl<'s, 'a> Chat<'s, 'a> {
    fn read(data: &'a [u8], shape: &'static Then, instant: &'s dyn Fn(UnixMs) -> Instant) -> Result<Self, Error> {
        let mut held = Self { fields: Fields::EMPTY, memories: Few::default(), detail: String::new(), instant };
        if walk(data, shape, &mut held)? { Ok(held) } else { Err(wrong_shape("an object", data)) }
    }

    fn at(&self, field: Known) -> Option<Instant> {
        stamp_of(field.of(&self.fields)).map(self.instant)
    }

    fn word(&self) -> Option<RelayedWord> {
        let reason = Known::Reason.of(&self.fields).text().unwrap_or_default();
        let knowledge = match Known::State.of(&self.fields).text()? {
            "unwatched" => Knowledge::Unwatched,
            "waiting" => Knowledge::Waiting(meaning_of(reason, WAITS).unwrap_or(Wait::Queued)),
            "live" => Knowledge::Live { vouched: Known::Vouched.of(&self.fields).flag() == Some(true) },
            "lapsed" => Knowledge::Lapsed(meaning_of(reason, LAPSES).unwrap_or(Lapse::Feed)),
            "hidden" => Knowledge::Hidden(meaning_of(reason, HIDINGS).unwrap_or(Hiding::Deny)),
            "refused" => Knowledge::Refused(meaning_of(reason, REFUSALS).unwrap_or(Refusal::Unsupported)),
            // Whatever comes after us claims nothing here.
            _ => Knowledge::Waiting(Wait::Silent),
        };
        let [sent_at, sure_until, max_until] =
            [Known::LeaseSentAt, Known::LeaseSureUntil, Known::LeaseMaxUntil].map(|field| self.at(field));
        let lease = match (sent_at, sure_until, max_until) {
            (Some(sent_at), Some(sure_until), Some(max_until)) => Some(Lease { sent_at, sure_until, max_until }),
            _ => None,
        };
        let detail = (!self.detail.is_empty()).then(|| redact(&self.detail));
        Some(RelayedWord { knowledge, detail, lease })
    }

    fn memory(&mut self) -> Option<Memory<'a>> {
        let participant = address_of(Known::Participant.of(&self.fields))?;
        let text = |field: Known| field.of(&self.fields).text();
        let availability = |field| text(field).and_then(|word| meaning_of(word, AVAILABILITIES)).unwrap_or_default();
        let kind = |field| text(field).and_then(|word| meaning_of(word, ACTIVITIES));
        let observed_at = self.at(Known::ObservedAt);
        let last_ended = (kind(Known::LastKind), self.at(Known::LastEndedAt));
        let last_activity = match last_ended {
            (Some(kind), Some(ended_at)) => {
                let ended_by = text(Known::LastEndedBy).and_then(|word| meaning_of(word, ENDINGS));
                Some(LastActivity { kind, ended_at, ended_by: ended_by.unwrap_or(EndedBy::Paused) })
            }
            _ => None,
        };
        let activity = match (kind(Known::Activity), self.at(Known::ActivitySince), self.at(Known::ActivityEnds)) {
            (Some(kind), Some(since), Some(until)) => Some((kind, since, until)),
            _ => None,
        };
        let seen_basis = text(Known::SeenBasis).and_then(|word| meaning_of(word, SEEN_BASES));
        let last_seen = stamp_of(Known::SeenAt.of(&self.fields))
            .map(|at| LastSeen { at, basis: seen_basis.unwrap_or(LastSeenBasis::Reported) });
        let lost = availability(Known::LostAvailability);
        let last_known = self.at(Known::LostAt).filter(|_| lost != Availability::Unknown);
        Some(Memory {
            participant,
            availability: availability(Known::Availability),
            basis: text(Known::Basis).and_then(|word| meaning_of(word, BASES)).unwrap_or_default(),
            certain: Known::Certain.of(&self.fields).flag() == Some(true),
            evidence_at: self.at(Known::AvailabilityAt).or(observed_at).unwrap_or_default(),
            observed_at,
            activity,
            last_activity,
            last_seen,
            last_known: last_known.map(|at| LastKnown { availability: lost, at }),
            lag_ms: count_of(Known::Lag.of(&self.fields)),
        })
    }
}

impl<'a> Sink<'a> for Chat<'_, 'a> {
    fn keep(&mut self, field: u8, scalar: Scalar<'a>) {
        self.fields.keep(field, scalar);
    }

    fn text(&mut self, field: u8, text: &str) {
        if field == DETAIL {
            self.detail.push_str(text);
        }
    }

    fn item_ends(&mut self, list: u8) {
        if list != PARTICIPANTS {
            return;
        }
        if let Some(memory) = self.memory() {
            self.memories.push(memory);
        }
        // The next one may lack what this one has.
        for field in Known::Participant as u8..=Known::Lag as u8 {
            self.fields.take(field);
        }
    }
}
