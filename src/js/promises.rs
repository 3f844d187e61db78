//! Promises that wait for something numbered, each with what belongs to it and the signal that gives it up.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use super::client::Client;
use crate::browser::listeners::{PlatformListener, on_abort};
use crate::machine::error::{Error, ErrorCode};
use crate::machine::sorted_map::{Key, SortedMap};

struct Waiting<T> {
    resolve: Function,
    reject: Function,
    with: T,
    /// Ends with the promise.
    _signal: Option<PlatformListener>,
}

/// Promises of one kind.
pub(super) struct Promises<K, T>(RefCell<SortedMap<K, Waiting<T>>>);

impl<K, T> Default for Promises<K, T> {
    fn default() -> Self {
        Self(RefCell::default())
    }
}

impl<K: Key + Copy + 'static, T: Copy + 'static> Promises<K, T> {
    /// Settles a promise; one that was given up is not there any more.
    pub(super) fn settle(&self, key: K, settle: impl FnOnce(T) -> Result<JsValue, JsValue>) {
        let Some(waiting) = self.0.borrow_mut().remove(&key) else { return };
        // A promise's own functions do not throw.
        let _ = match settle(waiting.with) {
            Ok(value) => waiting.resolve.call1(&JsValue::UNDEFINED, &value),
            Err(error) => waiting.reject.call1(&JsValue::UNDEFINED, &error),
        };
    }

    /// Rejects all that wait.
    pub(super) fn reject_all(&self, error: &JsValue) {
        let waiting: Vec<_> = self.0.borrow_mut().take().collect();
        for (_, waiting) in waiting {
            let _ = waiting.reject.call1(&JsValue::UNDEFINED, error);
        }
    }

    /// A promise for what `begin` begins, under the number it hands on. Aborting the signal rejects it and calls `give_up`.
    pub(super) fn promise(
        client: &Rc<Client>,
        list: fn(&Client) -> &Self,
        with: T,
        signal: Option<&AbortSignal>,
        begin: impl FnOnce(&Rc<Client>, &dyn Fn(K)),
        give_up: fn(&Rc<Client>, K),
    ) -> Promise {
        if signal.is_some_and(AbortSignal::aborted) {
            return Promise::reject(&client.error(&aborted()));
        }
        let mut begin = Some(begin);
        Promise::new(&mut |resolve, reject| {
            let Some(begin) = begin.take() else { return };
            begin(client, &|key| {
                let hook = signal.and_then(|signal| {
                    let client = Rc::downgrade(client);
                    on_abort(signal, move || {
                        if let Some(client) = client.upgrade() {
                            give_up(&client, key);
                            list(&client).settle(key, |_| Err(client.error(&aborted())));
                        }
                    })
                });
                let waiting = Waiting { resolve: resolve.clone(), reject: reject.clone(), with, _signal: hook };
                list(client).0.borrow_mut().insert(key, waiting);
            });
        })
    }
}

fn aborted() -> Error {
    Error::new(ErrorCode::Aborted, "the call was aborted")
}
