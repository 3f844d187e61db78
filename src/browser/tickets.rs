//! What a relay's ticket says of itself: whose it is, so that tabs of one person share a stream and those of two never do, and when it
//! ends. Nothing is checked, and nothing follows from it but what this browser asks for: the relay judges.

use std::rc::Rc;

use js_sys::{JSON, Reflect};
use wasm_bindgen::prelude::*;

use super::driver::Driver;
use super::tabs;
use crate::gateway::http::Secret;
use crate::machine::time::UnixMs;
use crate::session::Session;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch)]
    fn atob(text: &str) -> Result<String, JsValue>;
}

impl Driver {
    /// The application gave a ticket: the first decides with which tabs a stream is shared. Says when it ends.
    pub(super) fn read_ticket(self: &Rc<Self>, ticket: &Secret) -> Option<UnixMs> {
        if self.read(Session::gateway_kind) != "relay" {
            return None;
        }
        let claims = claims(ticket.reveal()).unwrap_or_default();
        // It throws where they are no object.
        let claim = |name: &str| Reflect::get(&claims, &JsValue::from_str(name)).ok();
        if self.shares_by_ticket.take() {
            self.share_with(claim("sub").and_then(|subject| subject.as_string()));
        }
        let seconds = claim("exp")?.as_f64().filter(|seconds| (0.0..4e9).contains(seconds))?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "its range was looked at")]
        Some(UnixMs::from_ms(seconds as u64 * 1_000))
    }

    /// Shares with tabs of the same subject; without one with those that have the same key, and without either with none.
    fn share_with(self: &Rc<Self>, subject: Option<String>) {
        if subject.is_none() && self.share_key.borrow().is_empty() {
            return;
        }
        {
            let mut key = self.share_key.borrow_mut();
            // A line feed is in no key that somebody typed.
            key.push('\n');
            key.push_str(&subject.unwrap_or_default());
        }
        let now = self.time().0;
        tabs::share(&mut self.session.borrow_mut(), now);
        self.join_tabs();
    }
}

/// The claims of a JWT, as the object that they are.
fn claims(ticket: &str) -> Option<JsValue> {
    let payload = ticket.split('.').nth(1)?.replace('-', "+").replace('_', "/");
    JSON::parse(&atob(&payload).ok()?).ok().filter(JsValue::is_object)
}
