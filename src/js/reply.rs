//! Answers to `rest` calls as frozen plain objects, in the shape of `types/rest.d.ts`.

use wasm_bindgen::JsValue;

use super::convert::number;
use super::object::{list, object, or_null, word};
use crate::machine::id::Id;
use crate::session::{ChatEntry, ChatState, Reply};

/// The answer to a `rest` call.
pub(super) fn to_js(reply: &Reply) -> JsValue {
    match reply {
        Reply::Done => JsValue::UNDEFINED,
        Reply::Chat(chat) => chat_presence(chat),
        Reply::Chats(chats) => list(chats.iter().map(chat_presence)),
        Reply::Session { state, status, own_presence, engine } => object(&[
            ("status", JsValue::from_str(status)),
            ("state", word(state.as_str())),
            ("presence", or_null(own_presence.map(|online| word(if online { "online" } else { "offline" })))),
            ("engine", or_null(engine.as_deref().map(JsValue::from_str))),
        ]),
        Reply::Privacy { shares_last_seen, shares_online, shares_reads } => {
            let flag = |shares: &Option<bool>| or_null(shares.map(JsValue::from_bool));
            object(&[
                ("sharesLastSeen", flag(shares_last_seen)),
                ("sharesOnline", flag(shares_online)),
                ("sharesReads", flag(shares_reads)),
            ])
        }
        Reply::Ids { lid, contact } => object(&[("lid", id(lid.as_ref())), ("contact", id(contact.as_ref()))]),
    }
}

fn id(id: Option<&Id>) -> JsValue {
    or_null(id.map(|id| JsValue::from_str(id.as_str())))
}

fn chat_presence(chat: &ChatState) -> JsValue {
    object(&[("chat", JsValue::from_str(chat.chat.as_str())), ("presences", list(chat.presences.iter().map(entry)))])
}

fn entry(entry: &ChatEntry) -> JsValue {
    object(&[
        ("participant", JsValue::from_str(entry.participant.as_str())),
        ("presence", word(entry.word.as_str())),
        ("lastSeenAtMs", or_null(entry.last_seen.map(|at| number(at.as_ms())))),
    ])
}
