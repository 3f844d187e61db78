//! What events that concern the account hold, and what is answered: a bag of scalars, some lists, a sentence.

use super::WITHHELD;
use super::events::{Reach, Standing};
use super::shapes::{CAPABILITIES, Fact, MESSAGE, PRESENCES};
use super::words::{CODES, SESSION_STATES, count_of, stamp_of};
use crate::gateway::lenient::{Fields, Scalar, Sink, Then, read as walk, wrong_shape};
use crate::gateway::redact::redact;
use crate::gateway::words::{address_of, meaning_of, word_of};
use crate::gateway::{Capabilities, Capability, http, waha};
use crate::machine::Budget;
use crate::machine::error::{Error, ErrorCode};
use crate::machine::few::Few;
use crate::machine::observation::{Report, SessionState, Word};
use crate::machine::time::{Instant, UnixMs};

/// What an event that concerns the account holds, or an answer.
pub(super) struct Facts<'a> {
    fields: Fields<'a>,
    pub(super) capabilities: Vec<Capability>,
    pub(super) places: Vec<usize>,
    pub(super) reports: Few<Report<'a>>,
    /// Whether a list of people stands there, however empty.
    pub(super) listed: bool,
    message: String,
}

impl<'a> Facts<'a> {
    pub(super) const EMPTY: Self = Self {
        fields: Fields::EMPTY,
        capabilities: Vec::new(),
        places: Vec::new(),
        reports: Few::None,
        listed: false,
        message: String::new(),
    };

    pub(super) fn read(data: &'a [u8], shape: &'static Then) -> Result<Self, Error> {
        let mut facts = Self::EMPTY;
        if walk(data, shape, &mut facts)? { Ok(facts) } else { Err(wrong_shape("an object", data)) }
    }

    pub(super) fn get(&self, fact: Fact) -> Scalar<'a> {
        fact.of(&self.fields)
    }

    pub(super) fn expires(&self) -> Option<UnixMs> {
        stamp_of(self.get(Fact::ExpiresAt))
    }

    pub(super) fn standing(&self) -> Standing {
        let text = |fact| self.get(fact).text();
        let reach = match (text(Fact::Connection), text(Fact::Reason)) {
            (Some("open") | None, _) => Reach::Open,
            (Some("unauthorized"), _) => Reach::Refused,
            (_, Some("unreachable")) => Reach::Unreachable,
            _ => Reach::Dropped,
        };
        let session = text(Fact::Session).and_then(|word| meaning_of(word, SESSION_STATES));
        let engine = waha::capabilities(text(Fact::Engine)).engine;
        let passed_on = self.capabilities.iter().filter(|capability| !WITHHELD.contains(capability)).copied();
        let capabilities: Vec<_> = passed_on.chain([Capability::Feed]).collect();
        Standing {
            reach,
            session: session.unwrap_or(SessionState::Unknown),
            capabilities: Capabilities::of(engine, &capabilities),
        }
    }

    pub(super) fn budget(&self, instant: &dyn Fn(UnixMs) -> Instant) -> (Budget, u64, usize) {
        let count = |fact| usize::try_from(count_of(self.get(fact))).unwrap_or(usize::MAX);
        let budget = Budget {
            spent: count(Fact::Spent),
            limit: count_of(self.get(Fact::Limit)),
            waiting: count(Fact::Waiting),
            in_flight: count(Fact::InFlight),
            next_at: stamp_of(self.get(Fact::NextAt)).map(instant),
        };
        (budget, count_of(self.get(Fact::CallsToday)), count(Fact::Watched))
    }

    /// The refusal; `answered` is the status it came with.
    pub(super) fn error(&self, answered: Option<u16>) -> Error {
        let told = self.get(Fact::Status).number().and_then(|status| u16::try_from(status).ok());
        let code = self.get(Fact::Code).text().and_then(|word| meaning_of(word, CODES));
        let code = code.unwrap_or_else(|| http::code_of(answered.or(told).unwrap_or(502)));
        let retry_after_ms = self.get(Fact::RetryAfter).number().and_then(|ms| u64::try_from(ms).ok());
        // That the gateway refuses the owner's credential says nothing of our ticket, which 401 would.
        let owners = code == ErrorCode::Unauthorized && answered != Some(401);
        let status = if owners { Some(502) } else { told.or(answered) };
        let message = redact(&self.message);
        let message = if owners { "the gateway refuses the relay's credential".to_owned() } else { message };
        Error { code, message, status, retry_after_ms }
    }
}

impl<'a> Sink<'a> for Facts<'a> {
    fn keep(&mut self, field: u8, scalar: Scalar<'a>) {
        self.fields.keep(field, scalar);
    }

    fn text(&mut self, field: u8, text: &str) {
        if field == MESSAGE {
            self.message.push_str(text);
        }
    }

    fn list_begins(&mut self, list: u8) {
        self.listed |= list == PRESENCES;
    }

    fn item_ends(&mut self, list: u8) {
        let mut take = |fact: Fact| self.fields.take(fact as u8);
        if list == CAPABILITIES {
            let name = take(Fact::Capability).text().unwrap_or_default();
            self.capabilities.extend(Capability::named(name));
        } else if list == PRESENCES {
            let participant = address_of(take(Fact::Participant));
            let word = take(Fact::Word).text().map_or(Word::Unknown, word_of);
            let last_seen = stamp_of(take(Fact::SeenAt));
            if let Some(participant) = participant {
                self.reports.push(Report { participant, word, last_seen, began: None });
            }
        } else if let Some(place) = take(Fact::Place).number() {
            self.places.extend(usize::try_from(place).ok());
        }
    }
}
