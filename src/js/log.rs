//! `ActivityLog`: what happened lately, as entries and as NDJSON.

use std::rc::Rc;

use wasm_bindgen::prelude::*;

use super::client::Client;
use super::convert::{Wall, number};
use super::object::{list, object, or_null, word};
use super::options::{self, Options};
use crate::machine::id::Id;
use crate::patterns::log::Entry;

/// What happened lately; declared in `types/conversation.d.ts`.
#[wasm_bindgen(skip_typescript)]
pub struct ActivityLog {
    client: Rc<Client>,
}

impl ActivityLog {
    pub(super) const fn new(client: Rc<Client>) -> Self {
        Self { client }
    }

    /// The chat by the id under which it is kept.
    fn chat(&self, chat: &JsValue) -> Result<Option<Id>, JsValue> {
        if chat.is_undefined() {
            return Ok(None);
        }
        let id = options::chat(chat)?;
        Ok(Some(self.client.driver.read(|session| session.machine().canonical_id(&id))))
    }
}

#[wasm_bindgen]
impl ActivityLog {
    /// The entries of one chat, or of all.
    #[wasm_bindgen(skip_typescript)]
    pub fn entries(&self, chat: &JsValue) -> Result<JsValue, JsValue> {
        self.client.intact()?;
        let chat = self.chat(chat)?;
        let (now, wall) = self.client.driver.time();
        Ok(self.client.driver.read(|session| {
            let entries = session.patterns().log.entries(chat.as_ref().map(Id::as_str));
            list(entries.map(|entry| to_js(&entry, Wall { wall, now })))
        }))
    }

    /// The same, one JSON object a line.
    #[wasm_bindgen(js_name = toNdjson, skip_typescript)]
    pub fn to_ndjson(&self, options: &JsValue) -> Result<String, JsValue> {
        self.client.intact()?;
        let mut options = Options::new("options", options)?;
        let chat = options.get("chat")?.unwrap_or(JsValue::UNDEFINED);
        let ids = options.switch("ids", false)?;
        options.finish()?;
        let chat = self.chat(&chat)?;
        let (now, wall) = self.client.driver.time();
        let chat = chat.as_ref().map(Id::as_str);
        Ok(self.client.driver.read(|session| session.patterns().log.to_ndjson(chat, ids, wall, now)))
    }

    /// Entries that had to make room.
    #[wasm_bindgen(getter, skip_typescript)]
    pub fn dropped(&self) -> JsValue {
        number(self.client.driver.read(|session| session.patterns().log.dropped()))
    }

    /// Forgets everything.
    #[wasm_bindgen(skip_typescript)]
    pub fn clear(&self) {
        self.client.driver.with(|session, _, _| session.patterns_mut().log.clear());
    }
}

fn to_js(entry: &Entry<'_>, wall: Wall) -> JsValue {
    object(&[
        ("atMs", wall.of(entry.at)),
        ("chat", JsValue::from_str(entry.chat.as_str())),
        ("participant", or_null(entry.participant.as_ref().map(|id| JsValue::from_str(id.as_str())))),
        ("event", word(entry.event)),
        ("reason", or_null(entry.reason.map(word))),
        ("lagMs", number(entry.lag_ms)),
    ])
}
