//! `Ghost`: our account kept unseen until closed, as the caller holds it.

use std::cell::Cell;
use std::rc::{Rc, Weak};

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};

use super::client::Client;
use super::object::{list, object, or_null, word};
use super::rest::Rest;

/// Keeps our account unseen; declared in `types/own.d.ts`.
#[wasm_bindgen(skip_typescript)]
pub struct Ghost {
    client: Weak<Client>,
    open: Cell<bool>,
    price: JsValue,
    read_receipts: Promise,
}

impl Ghost {
    pub(super) fn begin(client: &Rc<Client>, hides_reads: bool) -> Self {
        client.driver.with(|session, _, now| session.haunt(true, now));
        let (price, how) =
            client.driver.read(|session| (session.price_of_hiding(), session.how_to_hide_reads().map(word)));
        let price = list(price.iter().map(|(code, detail)| object(&[("code", word(code)), ("detail", word(detail))])));
        let read_receipts = if hides_reads && how.is_none() {
            let call =
                Rest::new(Rc::clone(client)).set_privacy(&word("readReceipts"), &word("none"), &JsValue::UNDEFINED);
            future_to_promise(async move {
                JsFuture::from(call).await?;
                Ok(receipts(true, None))
            })
        } else {
            Promise::resolve(&receipts(false, how))
        };
        Self { client: Rc::downgrade(client), open: Cell::new(true), price, read_receipts }
    }
}

#[wasm_bindgen]
impl Ghost {
    /// What it costs.
    #[wasm_bindgen(getter, skip_typescript)]
    pub fn price(&self) -> JsValue {
        self.price.clone()
    }

    /// What became of the read receipts.
    #[wasm_bindgen(getter, js_name = readReceipts, skip_typescript)]
    pub fn read_receipts(&self) -> Promise {
        self.read_receipts.clone()
    }

    /// Claims count again.
    #[wasm_bindgen(skip_typescript)]
    pub fn close(&self) {
        if self.open.replace(false)
            && let Some(client) = self.client.upgrade()
        {
            client.driver.with(|session, _, now| session.haunt(false, now));
        }
    }
}

fn receipts(changed: bool, how: Option<JsValue>) -> JsValue {
    object(&[("changed", JsValue::from_bool(changed)), ("how", or_null(how))])
}
