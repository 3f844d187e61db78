//! Answers to calls.

use serde::Deserialize;

use super::refusal::refusal;
use super::reports::Reports;
use super::{address_of, session_state_of};
use crate::gateway::http::Response;
use crate::gateway::lenient::{List, Object, Scalar, read, wrong_shape};
use crate::gateway::{Answer, Call, ChatReports, SessionInfo};
use crate::machine::SessionState;
use crate::machine::error::Error;
use crate::machine::id::{Address, IdKind};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Chat<'a> {
    #[serde(borrow)]
    id: Scalar<'a>,
    #[serde(borrow)]
    presences: Reports<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Session<'a> {
    #[serde(borrow)]
    status: Scalar<'a>,
    #[serde(borrow)]
    presence: Scalar<'a>,
    #[serde(borrow)]
    engine: Object<Engine<'a>>,
    #[serde(borrow)]
    me: Object<Me<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Engine<'a> {
    #[serde(borrow)]
    engine: Scalar<'a>,
}

/// The account behind the session; absent until somebody scanned the code.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Me<'a> {
    #[serde(borrow)]
    pub(super) id: Scalar<'a>,
    #[serde(borrow)]
    pub(super) lid: Scalar<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Ids<'a> {
    #[serde(borrow)]
    lid: Scalar<'a>,
    #[serde(borrow)]
    pn: Scalar<'a>,
}

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
        Call::Get(_) => one_chat(body),
        Call::GetAll => all_chats(body),
        Call::Session => session(body),
        Call::LookUp(_) => alias(body),
    };
    answer.map_err(|error| Error { status: Some(response.status), ..error })
}

fn one_chat(body: &[u8]) -> Result<Answer<'_>, Error> {
    let Object(chat) = read::<Object<Chat<'_>>>(body)?;
    let reports = chat.and_then(reports_of).ok_or_else(|| wrong_shape("a chat with its id", body))?;
    Ok(Answer::Chat(reports))
}

fn all_chats(body: &[u8]) -> Result<Answer<'_>, Error> {
    let List(chats) = read::<List<Object<Chat<'_>>>>(body)?;
    let chats = chats.ok_or_else(|| wrong_shape("a list of chats", body))?;
    let chats = chats.into_iter().filter_map(|Object(chat)| chat.and_then(reports_of));
    Ok(Answer::Chats(chats.filter(|chat| !is_list_index(chat.chat.as_str())).collect()))
}

fn reports_of(chat: Chat<'_>) -> Option<ChatReports<'_>> {
    Some(ChatReports { chat: address_of(chat.id)?, reports: chat.presences.list.unwrap_or_default() })
}

/// GOWS lists the positions of its chats in place of their ids: `0@c.us`, `1@c.us`, … Nobody's number is that short.
fn is_list_index(id: &str) -> bool {
    id.strip_suffix("@c.us").is_some_and(|user| user.len() <= 4 && user.bytes().all(|byte| byte.is_ascii_digit()))
}

fn session(body: &[u8]) -> Result<Answer<'_>, Error> {
    let Object(session) = read::<Object<Session<'_>>>(body)?;
    let Session { status, presence, engine, me } = session.ok_or_else(|| wrong_shape("a session", body))?;
    let status = status.text();
    let me = me.0.unwrap_or_default();
    Ok(Answer::Session(SessionInfo {
        state: status.map_or(SessionState::Unknown, session_state_of),
        status: status.unwrap_or_default(),
        own_presence: presence.text().and_then(|word| match word {
            "online" => Some(true),
            "offline" => Some(false),
            _ => None,
        }),
        engine: engine.0.and_then(|engine| engine.engine.text()),
        own: [me.id, me.lid].into_iter().filter_map(address_of).collect(),
    }))
}

fn alias(body: &[u8]) -> Result<Answer<'_>, Error> {
    let Object(ids) = read::<Object<Ids<'_>>>(body)?;
    let Ids { lid, pn } = ids.ok_or_else(|| wrong_shape("a pair of ids", body))?;
    let of_kind = |scalar, kind| address_of(scalar).filter(|id: &Address<'_>| id.kind() == kind);
    Ok(Answer::Alias { lid: of_kind(lid, IdKind::Lid), contact: of_kind(pn, IdKind::Contact) })
}
