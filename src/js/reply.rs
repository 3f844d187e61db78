//! Answers to `rest` calls as frozen plain objects, in the shape of `types.d.ts`.

use js_sys::{Array, Object};
use serde::Serialize;
use wasm_bindgen::JsValue;

use super::convert::{Name, frozen, number, session_state};
use crate::machine::observation::Word;
use crate::session::{ChatState, Reply};

#[derive(Serialize)]
struct JsChatPresence<'a> {
    chat: &'a str,
    presences: Vec<JsEntry<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsEntry<'a> {
    participant: &'a str,
    presence: Name,
    last_seen_at_ms: Option<f64>,
}

#[derive(Serialize)]
struct JsSession<'a> {
    status: &'a str,
    state: Name,
    presence: Option<Name>,
    engine: Option<&'a str>,
}

#[derive(Serialize)]
struct JsIds<'a> {
    lid: Option<&'a str>,
    contact: Option<&'a str>,
}

/// The answer to a `rest` call.
pub(super) fn to_js(reply: &Reply) -> JsValue {
    match reply {
        Reply::Done => JsValue::UNDEFINED,
        Reply::Chat(chat) => frozen(&chat_presence(chat)),
        Reply::Chats(chats) => {
            let all: Array = chats.iter().map(|chat| frozen(&chat_presence(chat))).collect();
            Object::freeze(&all).into()
        }
        Reply::Session { state, status, own_presence, engine } => frozen(&JsSession {
            status,
            state: session_state(*state),
            presence: own_presence.map(|online| Name(if online { "online" } else { "offline" })),
            engine: engine.as_deref(),
        }),
        Reply::Ids { lid, contact } => {
            frozen(&JsIds { lid: lid.as_ref().map(|id| id.as_str()), contact: contact.as_ref().map(|id| id.as_str()) })
        }
    }
}

fn chat_presence(chat: &ChatState) -> JsChatPresence<'_> {
    let presences = chat
        .presences
        .iter()
        .map(|entry| JsEntry {
            participant: entry.participant.as_str(),
            presence: match entry.word {
                Word::Online => Name("online"),
                Word::Offline => Name("offline"),
                Word::Typing => Name("typing"),
                Word::Recording => Name("recording"),
                Word::Paused => Name("paused"),
                Word::Unknown => Name("unknown"),
            },
            last_seen_at_ms: entry.last_seen.map(|at| number(at.as_ms())),
        })
        .collect();
    JsChatPresence { chat: chat.chat.as_str(), presences }
}
