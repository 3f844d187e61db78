//! Answers to calls: a failure may come with HTTP 200, and what was asked for lies in an envelope or two.

use super::facts::{Came, Facts, Told};
use super::refusal::{Sentences, refusal};
use super::shapes::{ANSWER, Field};
use crate::gateway::http::Response;
use crate::gateway::lenient::{Scalar, Sink, read, wrong_shape};
use crate::gateway::words::{meaning_of, session_state_of};
use crate::gateway::{Answer, Call, ChatReports, SessionInfo};
use crate::machine::SessionState;
use crate::machine::error::Error;
use crate::machine::id::{Address, Id};
use crate::machine::knowledge::Hiding;

/// Whether a setting shares something with anybody.
const SHARES: [(&str, bool); 4] = [("all", true), ("contacts", true), ("contact_blacklist", true), ("none", false)];

/// Reads the answer to a call.
///
/// # Errors
/// The gateway's refusal as a typed error, whatever its status; `malformed` where the body is not what the call promises.
pub fn answer<'a>(call: &Call, response: &'a Response) -> Result<Answer<'a>, Error> {
    let mut held = Held { facts: Facts::EMPTY, said: Sentences::default(), refused: false };
    let shaped = read(&response.body, &ANSWER, &mut held);
    if shaped.is_err() {
        // What a body told before it turned out to be none is worth nothing.
        held = Held { facts: Facts::EMPTY, said: Sentences::default(), refused: false };
    }
    let is_object = matches!(shaped, Ok(true));
    if held.refused || !(200..300).contains(&response.status) {
        return Err(refusal(response, &held.said));
    }
    let answer = match call {
        Call::Set(_) | Call::StartTyping(_) | Call::StopTyping(_) => return Ok(Answer::Done),
        // Never made.
        Call::GetAll | Call::LookUp(_) => return Ok(Answer::Done),
        // It says what is known, if it says anything.
        Call::Subscribe(chat) => return Ok(held.chat(chat).filter(|_| is_object).unwrap_or(Answer::Done)),
        Call::Get(chat) => held.chat(chat).filter(|_| is_object).ok_or("a presence"),
        Call::Snapshot(_) if held.facts.null && !held.facts.found => Ok(Answer::NotSubscribed),
        Call::Snapshot(chat) => held.chat(chat).filter(|_| is_object).ok_or("a presence or null"),
        Call::Session if is_object => Ok(held.session()),
        Call::Session => Err("an instance"),
        Call::Privacy | Call::SetPrivacy(_) => held.privacy().ok_or("privacy settings"),
    };
    let error = match (answer, shaped) {
        (Ok(answer), _) => return Ok(answer),
        (Err(_), Err(error)) => error,
        (Err(expected), Ok(_)) => wrong_shape(expected, &response.body),
    };
    Err(Error { status: Some(response.status), ..error })
}

/// What an answer holds.
struct Held<'a> {
    facts: Facts<'a>,
    said: Sentences,
    /// Whether one of the envelopes says that it was not carried out.
    refused: bool,
}

impl<'a> Sink<'a> for Held<'a> {
    fn keep(&mut self, field: u8, scalar: Scalar<'a>) {
        let failed = || scalar.text().is_some_and(|status| status.eq_ignore_ascii_case("error"));
        self.refused |= field == Field::Status as u8 && failed();
        self.facts.keep(field, scalar);
    }

    fn text(&mut self, field: u8, text: &str) {
        self.said.add(field, text);
    }

    fn list_begins(&mut self, list: u8) {
        self.facts.list_begins(list);
    }

    fn item_ends(&mut self, list: u8) {
        self.facts.item_ends(list);
    }
}

impl<'a> Held<'a> {
    fn get(&self, field: Field) -> Scalar<'a> {
        field.of(&self.facts.fields)
    }

    /// The chat is the one that was asked for, under the name it was asked by: WaAPI tells nobody's other id.
    fn chat(&self, asked: &Id) -> Option<Answer<'a>> {
        let chat = Address::from(asked).into_owned();
        if !self.facts.found {
            // Asking subscribed to it, and there is nothing to say yet.
            let unheard = ChatReports { chat, reports: Default::default(), complete: false };
            return self.facts.null.then_some(Answer::Chat(unheard));
        }
        let Told { denied, reports, complete } = self.facts.of_chat(&chat, Came::Read);
        Some(if denied {
            Answer::Hidden { chat, hiding: Hiding::Deny }
        } else {
            Answer::Chat(ChatReports { chat, reports, complete })
        })
    }

    fn session(&self) -> Answer<'a> {
        let status = self.get(Field::InstanceStatus).text();
        Answer::Session(SessionInfo {
            state: status.map_or(SessionState::Unknown, session_state_of),
            status: status.unwrap_or_default(),
            own_presence: None,
            engine: None,
            own: Vec::new(),
        })
    }

    fn privacy(&self) -> Option<Answer<'a>> {
        let [last_seen, online, reads] =
            [Field::SharesLastSeen, Field::SharesOnline, Field::SharesReads].map(|field| self.get(field).text());
        if last_seen.is_none() && online.is_none() && reads.is_none() {
            return None;
        }
        let shares = |setting: Option<&str>| meaning_of(setting?, &SHARES);
        let shares_last_seen = shares(last_seen);
        let follows = online.is_some_and(|online| online.eq_ignore_ascii_case("match_last_seen"));
        let shares_online = if follows { shares_last_seen } else { shares(online) };
        Some(Answer::Privacy { shares_last_seen, shares_online, shares_reads: shares(reads) })
    }
}
