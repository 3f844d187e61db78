//! Lines in `localStorage` that the clients of one account leave for each other.
//!
//! Each client keeps one line under a name of its own, so that none overwrites another's. Where there is no storage, or it is
//! forbidden or full, the others learn nothing, and nothing fails. A worker never has any, and says so.

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Storage;

use super::driver::Driver;
use super::globals;
use crate::machine::error::{Error, ErrorCode};
use crate::text::push_u64;

/// Whether this is a worker, which has no storage of the kind that is used here.
pub(crate) fn is_missing() -> bool {
    let has = |name: &str| Reflect::has(&js_sys::global(), &JsValue::from_str(name)).unwrap_or(false);
    has("WorkerGlobalScope") && !has("localStorage")
}

impl Driver {
    /// What is different without storage is said once: nothing fails that could tell of it.
    pub(super) fn say_what_storage_lacks(&self) {
        let spends = self.read(|session| session.gateway_kind() != "ingest");
        let observer = self.observer.borrow().clone().filter(|_| spends && is_missing());
        let message =
            "no storage in workers: what is spent and claimed here no other client knows, nor the next one here";
        observer.iter().for_each(|observer| observer.failed(&Error::new(ErrorCode::Unsupported, message)));
    }
}

/// One client's line among those of its account.
pub(crate) struct Lines {
    storage: Option<Storage>,
    /// What the names of all lines of this account begin with.
    prefix: String,
    own: String,
}

impl Lines {
    /// Lines about something, of an account named so that nobody can read which it is.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "any 53 bits will do")]
    pub(crate) fn about(what: &str, account: &str) -> Self {
        // Reading the property throws where storage is forbidden.
        let storage = Reflect::get(&js_sys::global(), &JsValue::from_str("localStorage")).ok();
        let storage = storage.filter(JsValue::is_object).map(JsCast::unchecked_into);
        let mut prefix = String::new();
        for part in ["wa-presence:", what, ":", account, ":"] {
            prefix.push_str(part);
        }
        let mut own = prefix.clone();
        push_u64((globals::random() * 9_007_199_254_740_992.0) as u64, &mut own);
        Self { storage, prefix, own }
    }

    /// What the others left, each with its name.
    pub(crate) fn others(&self) -> Vec<(String, String)> {
        let Some(storage) = &self.storage else { return Vec::new() };
        let names = Object::keys(storage.unchecked_ref::<Object>());
        let names = Array::from(&names).iter().filter_map(|name| name.as_string()).collect::<Vec<_>>();
        let others = names.into_iter().filter(|name| name.starts_with(&self.prefix) && *name != self.own);
        others.filter_map(|name| storage.get_item(&name).ok().flatten().map(|line| (name, line))).collect()
    }

    /// Leaves our own line.
    pub(crate) fn write(&self, line: &str) {
        if let Some(storage) = &self.storage {
            let _ = storage.set_item(&self.own, line);
        }
    }

    /// Removes somebody's line. What cannot be removed is read again next time.
    pub(crate) fn remove(&self, name: &str) {
        if let Some(storage) = &self.storage {
            let _ = storage.remove_item(name);
        }
    }

    /// Removes our own.
    pub(crate) fn forget(&self) {
        self.remove(&self.own);
    }
}
