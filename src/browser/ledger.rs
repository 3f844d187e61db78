//! The ledger in `localStorage`: what every tab and every reload of this account spent.
//!
//! Each client keeps one line under a name of its own, so that none overwrites another's. A page without storage spends on its
//! own account.

use std::cell::Cell;

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Storage;

use super::globals;
use crate::machine::time::{Instant, UnixMs};
use crate::session::{Session, last_of};
use crate::text::push_u64;

/// A line that nobody wrote for this long is a closed tab's, in ms: subscriptions are renewed more often.
const STALE_MS: u64 = 3_600_000;

pub(crate) struct Ledger {
    storage: Option<Storage>,
    /// What the names of all lines of this account begin with.
    prefix: String,
    own: String,
    /// Calls written down so far.
    written: Cell<u64>,
}

impl Ledger {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "any 53 bits will do")]
    pub(crate) fn of(session: &Session) -> Self {
        // Reading the property throws where storage is forbidden.
        let storage = Reflect::get(&js_sys::global(), &JsValue::from_str("localStorage")).ok();
        let storage = storage.filter(JsValue::is_object).map(JsCast::unchecked_into);
        let mut prefix = "wa-presence:budget:".to_owned();
        prefix.push_str(&session.ledger_name());
        prefix.push(':');
        let mut own = prefix.clone();
        push_u64((globals::random() * 9_007_199_254_740_992.0) as u64, &mut own);
        Self { storage, prefix, own, written: Cell::new(0) }
    }

    /// Reads what the others wrote, and clears away what nobody will write again.
    pub(crate) fn read(&self, session: &mut Session, wall: UnixMs, now: Instant) {
        let Some(storage) = &self.storage else { return };
        let names = Object::keys(storage.unchecked_ref::<Object>());
        let mut lines = Vec::new();
        for name in Array::from(&names).iter().filter_map(|name| name.as_string()) {
            if !name.starts_with(&self.prefix) || name == self.own {
                continue;
            }
            let Ok(Some(line)) = storage.get_item(&name) else { continue };
            if last_of(&line).is_none_or(|at| wall.as_ms().saturating_sub(at.as_ms()) > STALE_MS) {
                session.adopt_ledger(&line, wall);
                // What cannot be removed is read again next time.
                let _ = storage.remove_item(&name);
            } else {
                lines.push(line);
            }
        }
        session.learn_ledgers(lines.iter().map(String::as_str), wall, now);
    }

    /// Writes down what we spent, where that is news, and reads what the others did: a client of the same page is told of no
    /// change in storage.
    pub(crate) fn write(&self, session: &mut Session, wall: UnixMs, now: Instant) {
        let calls = session.machine().counters().subscribe_calls;
        if self.written.replace(calls) == calls {
            return;
        }
        if let Some(storage) = &self.storage {
            // A full or forbidden storage: the others do not learn of it.
            let _ = storage.set_item(&self.own, &session.ledger(wall, now));
        }
        self.read(session, wall, now);
    }

    /// Removes our own line.
    pub(crate) fn forget(&self) {
        if let Some(storage) = &self.storage {
            let _ = storage.remove_item(&self.own);
        }
    }
}
