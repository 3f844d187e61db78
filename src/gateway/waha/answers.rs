//! Answers to calls.

use super::refusal::refusal;
use super::reports::Reports;
use super::shapes::{CHAT, CHAT_LIST, CHATS, Field, IDS, PRESENCES, SESSION};
use crate::gateway::http::Response;
use crate::gateway::lenient::{Fields, Scalar, Sink, Then, read, wrong_shape};
use crate::gateway::words::{address_of, session_state_of};
use crate::gateway::{Answer, Call, ChatReports, SessionInfo};
use crate::machine::SessionState;
use crate::machine::error::Error;
use crate::machine::id::{Address, IdKind};

/// Reads the answer to a call.
///
/// # Errors
/// The gateway's refusal as a typed error; `malformed` where a 2xx body is not what the call promises.
pub fn answer<'a>(call: &Call, response: &'a Response) -> Result<Answer<'a>, Error> {
    if !(200..300).contains(&response.status) {
        return Err(refusal(response));
    }
    let body = response.body.as_slice();
    let answer = match call {
        // Empty from most engines, `{}` or `{"result":true}` from others: it says nothing the status did not.
        Call::Subscribe(_) | Call::Set(_) | Call::StartTyping(_) | Call::StopTyping(_) => Ok(Answer::Done),
        // Never made.
        Call::Privacy | Call::SetPrivacy(_) => Ok(Answer::Done),
        Call::Get(_) | Call::Snapshot(_) => one_chat(body),
        Call::GetAll => all_chats(body),
        Call::Session => session(body),
        Call::LookUp(_) => alias(body),
    };
    answer.map_err(|error| Error { status: Some(response.status), ..error })
}

/// What an answer holds.
struct Held<'a> {
    fields: Fields<'a>,
    reports: Reports<'a>,
    chats: Vec<ChatReports<'a>>,
}

impl<'a> Held<'a> {
    fn of(body: &'a [u8], shape: &'static Then, expected: &str) -> Result<Self, Error> {
        let mut held = Self { fields: Fields::EMPTY, reports: Reports::default(), chats: Vec::new() };
        if read(body, shape, &mut held)? { Ok(held) } else { Err(wrong_shape(expected, body)) }
    }

    /// The chat read last, if it has an id.
    fn take_chat(&mut self) -> Option<ChatReports<'a>> {
        let reports = std::mem::take(&mut self.reports).list.unwrap_or_default();
        Some(ChatReports { chat: address_of(Field::Id.take(&mut self.fields))?, reports, complete: false })
    }
}

impl<'a> Sink<'a> for Held<'a> {
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
        } else if list == CHATS
            && let Some(chat) = self.take_chat()
            && !is_list_index(chat.chat.as_str())
        {
            self.chats.push(chat);
        }
    }
}

fn one_chat(body: &[u8]) -> Result<Answer<'_>, Error> {
    const EXPECTED: &str = "a chat with its id";
    let chat = Held::of(body, &CHAT, EXPECTED)?.take_chat();
    chat.map(Answer::Chat).ok_or_else(|| wrong_shape(EXPECTED, body))
}

fn all_chats(body: &[u8]) -> Result<Answer<'_>, Error> {
    Ok(Answer::Chats(Held::of(body, &CHAT_LIST, "a list of chats")?.chats))
}

/// GOWS lists the positions of its chats in place of their ids: `0@c.us`, `1@c.us`, … Nobody's number is that short.
fn is_list_index(id: &str) -> bool {
    id.strip_suffix("@c.us").is_some_and(|user| user.len() <= 4 && user.bytes().all(|byte| byte.is_ascii_digit()))
}

fn session(body: &[u8]) -> Result<Answer<'_>, Error> {
    let fields = Held::of(body, &SESSION, "a session")?.fields;
    let status = Field::Status.of(&fields).text();
    Ok(Answer::Session(SessionInfo {
        state: status.map_or(SessionState::Unknown, session_state_of),
        status: status.unwrap_or_default(),
        own_presence: Field::OWN_PRESENCE.of(&fields).text().and_then(|word| match word {
            "online" => Some(true),
            "offline" => Some(false),
            _ => None,
        }),
        engine: Field::ENGINE.of(&fields).text(),
        own: [Field::MeId, Field::MeLid].into_iter().filter_map(|id| address_of(id.of(&fields))).collect(),
    }))
}

fn alias(body: &[u8]) -> Result<Answer<'_>, Error> {
    let fields = Held::of(body, &IDS, "a pair of ids")?.fields;
    let of_kind = |id: Field, kind| address_of(id.of(&fields)).filter(|id: &Address<'_>| id.kind() == kind);
    Ok(Answer::Alias { lid: of_kind(Field::LID, IdKind::Lid), contact: of_kind(Field::CONTACT, IdKind::Contact) })
}
