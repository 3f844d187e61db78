//! What a page knew, in `sessionStorage`: its own tab reads it when it is loaded again, and nobody else can.
//!
//! Where there is no such storage, or it is forbidden or full, everything is asked for again, and nothing fails.

use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Storage;

use super::driver::Driver;
use crate::session::Session;

pub(crate) struct Kept {
    /// Nothing where nothing is to be kept.
    storage: Option<Storage>,
    name: String,
}

impl Kept {
    pub(crate) fn of(session: &Session, wanted: bool) -> Self {
        // Reading the property throws where storage is forbidden.
        let storage = Reflect::get(&js_sys::global(), &JsValue::from_str("sessionStorage")).ok();
        // Whose bodies are ingested nobody says: what one account's were must not become another's.
        let wanted = wanted && session.gateway_kind() != "ingest";
        let storage = storage.filter(|storage| wanted && storage.is_object()).map(JsCast::unchecked_into);
        let mut name = "wa-presence:kept:".to_owned();
        name.push_str(&session.ledger_name());
        Self { storage, name }
    }

    /// Removes it.
    pub(crate) fn forget(&self) {
        if let Some(storage) = &self.storage {
            let _ = storage.remove_item(&self.name);
        }
    }
}

impl Driver {
    /// Writes down what is known: the page may be gone at any moment.
    pub(super) fn keep(&self) {
        let Some(storage) = &self.kept.storage else { return };
        let (now, wall) = self.time();
        let record = self.read(|session| session.record(wall, now));
        let _ = storage.set_item(&self.kept.name, &record);
    }

    /// Takes over what this tab knew before it was loaded again.
    pub(super) fn recall(&self) {
        let kept = self.kept.storage.as_ref().and_then(|storage| storage.get_item(&self.kept.name).ok().flatten());
        let Some(record) = kept else { return };
        let (now, wall) = self.time();
        self.session.borrow_mut().recall(&record, wall, now);
    }
}
