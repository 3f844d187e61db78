//! `for await (const snapshot of watch)`: every snapshot from now on, the latest where the reader is slow.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::{Rc, Weak};

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;

use super::client::Client;
use super::object::{extend, open_object};
use super::watch::Watching;
use crate::browser::listeners::ListenerId;

/// One reader: at most one of `latest` and `waiting` holds something.
#[derive(Default)]
pub(super) struct Reader {
    latest: RefCell<Option<JsValue>>,
    waiting: RefCell<VecDeque<Function>>,
    ended: RefCell<bool>,
}

impl Reader {
    fn offer(&self, snapshot: JsValue) {
        let waiting = self.waiting.borrow_mut().pop_front();
        match waiting {
            Some(resolve) => settle(&resolve, &step(Some(&snapshot))),
            None => *self.latest.borrow_mut() = Some(snapshot),
        }
    }

    /// Nothing more comes.
    pub(super) fn end(&self) {
        self.ended.replace(true);
        let waiting = std::mem::take(&mut *self.waiting.borrow_mut());
        for resolve in waiting {
            settle(&resolve, &step(None));
        }
    }

    fn next(&self) -> Promise {
        if let Some(snapshot) = self.latest.borrow_mut().take() {
            return Promise::resolve(&step(Some(&snapshot)));
        }
        if *self.ended.borrow() {
            return Promise::resolve(&step(None));
        }
        Promise::new(&mut |resolve, _| self.waiting.borrow_mut().push_back(resolve))
    }
}

/// What hears for a reader; ends with the last handle that reads.
struct Listening {
    reader: Rc<Reader>,
    /// The client that calls it, under this number.
    at: Option<(Weak<Client>, ListenerId)>,
}

impl Listening {
    fn stop(&self) {
        self.reader.end();
        if let Some((client, id)) = &self.at
            && let Some(client) = client.upgrade()
        {
            client.of_chats.remove(*id);
        }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The iterator behind `Watch[Symbol.asyncIterator]`.
#[wasm_bindgen(skip_typescript)]
pub struct SnapshotIterator {
    listening: Rc<Listening>,
}

impl SnapshotIterator {
    pub(super) fn open(client: Option<&Rc<Client>>, watching: &Rc<Watching>) -> Self {
        let reader = Rc::new(Reader::default());
        let Some(client) = client else {
            reader.end();
            return Self { listening: Rc::new(Listening { reader, at: None }) };
        };
        watching.add_reader(&reader);
        let heard = Rc::downgrade(&reader);
        let hear = Closure::<dyn Fn(JsValue)>::new(move |snapshot| {
            if let Some(reader) = heard.upgrade() {
                reader.offer(snapshot);
            }
        });
        let function: Function = hear.into_js_value().unchecked_into();
        let id = client.of_chats.add(watching.number(), function);
        Self { listening: Rc::new(Listening { reader, at: Some((Rc::downgrade(client), id)) }) }
    }
}

#[wasm_bindgen]
impl SnapshotIterator {
    /// The next snapshot.
    #[wasm_bindgen(skip_typescript)]
    pub fn next(&self) -> Promise {
        self.listening.reader.next()
    }

    /// Leaves the loop.
    #[wasm_bindgen(js_name = return, skip_typescript)]
    pub fn leave(&self, value: &JsValue) -> Promise {
        self.listening.stop();
        let last = step(None);
        extend(&last, &[("value", value.clone())]);
        Promise::resolve(&last)
    }

    /// An iterator is its own iterable.
    #[wasm_bindgen(js_name = "[Symbol.asyncIterator]", skip_typescript)]
    pub fn iterate(&self) -> Self {
        Self { listening: Rc::clone(&self.listening) }
    }
}

/// `{ value, done }`.
fn step(value: Option<&JsValue>) -> JsValue {
    let done = JsValue::from_bool(value.is_none());
    open_object(&[("value", value.cloned().unwrap_or(JsValue::UNDEFINED)), ("done", done)])
}

fn settle(resolve: &Function, step: &JsValue) {
    // A promise's own resolve function does not throw.
    let _ = resolve.call1(&JsValue::UNDEFINED, step);
}
