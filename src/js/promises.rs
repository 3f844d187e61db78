//! Promises that wait for something numbered, each with the signal that gives it up.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use super::client::Client;
use super::wait::Shape;
use crate::browser::listeners::{PlatformListener, on_abort};
use crate::machine::error::{Error, ErrorCode};
use crate::machine::sorted_map::SortedMap;

struct Waiting {
    resolve: Function,
    reject: Function,
    /// What an answer looks like, where there is more than one way.
    shape: Option<Shape>,
    /// Ends with the promise.
    _signal: Option<PlatformListener>,
}

/// Begins something, and hands on the number under which its end will come.
pub(super) type Begin<'b> = &'b mut dyn FnMut(&Rc<Client>, &dyn Fn(u64));

/// Promises of one kind.
#[derive(Default)]
pub(super) struct Promises(RefCell<SortedMap<u64, Waiting>>);

impl Promises {
    /// Settles a promise; one that was given up is not there any more.
    #[inline(never)]
    pub(super) fn settle(&self, number: u64, settle: &dyn Fn(Option<Shape>) -> Result<JsValue, JsValue>) {
        let Some(waiting) = self.0.borrow_mut().remove(&number) else { return };
        // A promise's own functions do not throw.
        let _ = match settle(waiting.shape) {
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
    #[inline(never)]
    pub(super) fn promise(
        client: &Rc<Client>,
        list: fn(&Client) -> &Self,
        shape: Option<Shape>,
        signal: Option<&AbortSignal>,
        begin: Begin<'_>,
        give_up: fn(&Rc<Client>, u64),
    ) -> Promise {
        if signal.is_some_and(AbortSignal::aborted) {
            return Promise::reject(&client.error(&aborted()));
        }
        Promise::new(&mut |resolve, reject| {
            begin(client, &|number| {
                let hook = signal.and_then(|signal| {
                    let client = Rc::downgrade(client);
                    on_abort(signal, move || {
                        if let Some(client) = client.upgrade() {
                            give_up(&client, number);
                            list(&client).settle(number, &|_| Err(client.error(&aborted())));
                        }
                    })
                });
                let waiting = Waiting { resolve: resolve.clone(), reject: reject.clone(), shape, _signal: hook };
                list(client).0.borrow_mut().insert(number, waiting);
            });
        })
    }
}

fn aborted() -> Error {
    Error::new(ErrorCode::Aborted, "the call was aborted")
}
