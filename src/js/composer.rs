//! `Composer`: how others see us in one chat, as the caller holds it.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use wasm_bindgen::prelude::*;
use web_sys::{AbortSignal, EventTarget};

use super::client::Client;
use super::object::word;
use super::options;
use crate::browser::listeners::{PlatformListener, on_abort};
use crate::gateway::Capability;
use crate::machine::error::{Error, ErrorCode};
use crate::machine::id::Id;
use crate::machine::sorted_map::SortedMap;
use crate::machine::time::Instant;
use crate::patterns::composer::{ComposerId, Composers};

/// What a composer shares with the inputs it follows.
struct Composing {
    client: Weak<Client>,
    id: ComposerId,
    chat: Id,
    open: Cell<bool>,
    /// Inputs that are followed, by number.
    inputs: RefCell<SortedMap<u32, Vec<PlatformListener>>>,
    attached: Cell<u32>,
    signal: RefCell<Option<PlatformListener>>,
}

impl Composing {
    fn with(&self, change: impl FnOnce(&mut Composers, ComposerId, Instant)) {
        if let Some(client) = self.client.upgrade().filter(|_| self.open.get()) {
            client.driver.with(|session, _, now| change(&mut session.patterns_mut().composers, self.id, now));
        }
    }

    fn stop(&self) {
        self.with(|composers, id, _| composers.stop(id));
    }

    /// An input that holds a text is being written in; one that was emptied is not.
    fn hear_input(&self, input: &JsValue) {
        let text = ["value", "textContent"].into_iter().find_map(|key| property(input, key)?.as_string());
        if text.is_some_and(|text| text.is_empty()) {
            self.stop();
        } else {
            self.with(Composers::keystroke);
        }
    }

    fn hear_end(&self, _: &JsValue) {
        self.stop();
    }

    fn close(&self) {
        self.with(|composers, id, _| composers.close(id));
        self.open.set(false);
        let inputs = self.inputs.borrow_mut().take();
        drop(inputs);
        let signal = self.signal.borrow_mut().take();
        drop(signal);
    }
}

/// One who composes in a chat; declared in `types/own.d.ts`.
#[wasm_bindgen(skip_typescript)]
pub struct Composer {
    composing: Rc<Composing>,
}

impl Composer {
    pub(super) fn open(client: &Rc<Client>, chat: &Id, signal: Option<&AbortSignal>) -> Result<Self, JsValue> {
        let opened = client.driver.with(|session, _, _| session.open_composer(chat));
        let id = opened.map_err(|error| client.error(&error))?;
        let composing = Rc::new(Composing {
            client: Rc::downgrade(client),
            id,
            chat: client.driver.read(|session| session.machine().canonical_id(chat)),
            open: Cell::new(true),
            inputs: RefCell::default(),
            attached: Cell::new(0),
            signal: RefCell::default(),
        });
        if let Some(signal) = signal {
            let weak = Rc::downgrade(&composing);
            let hook = on_abort(signal, move || {
                if let Some(composing) = weak.upgrade() {
                    composing.close();
                }
            });
            *composing.signal.borrow_mut() = hook;
        }
        Ok(Self { composing })
    }
}

#[wasm_bindgen]
impl Composer {
    /// The chat's canonical id.
    #[wasm_bindgen(getter, skip_typescript)]
    pub fn chat(&self) -> String {
        self.composing.chat.as_str().to_owned()
    }

    /// What the chat is shown of us.
    #[wasm_bindgen(getter, skip_typescript)]
    pub fn shows(&self) -> JsValue {
        let client = self.composing.client.upgrade().filter(|_| self.composing.open.get());
        let shown = client
            .and_then(|client| client.driver.read(|session| session.patterns().composers.shows(self.composing.id)));
        word(shown.map_or("none", |kind| kind.as_str()))
    }

    /// A key was pressed.
    #[wasm_bindgen(skip_typescript)]
    pub fn keystroke(&self) {
        self.composing.with(Composers::keystroke);
    }

    /// A voice note is being recorded.
    #[wasm_bindgen(skip_typescript)]
    pub fn record(&self) -> Result<(), JsValue> {
        let Some(client) = self.composing.client.upgrade() else { return Ok(()) };
        if !client.driver.read(|session| session.capabilities().has(Capability::Recording)) {
            let message = "this gateway can show that we type, not that we record";
            return Err(client.error(&Error::new(ErrorCode::Unsupported, message)));
        }
        self.composing.with(Composers::record);
        Ok(())
    }

    /// Somebody works on an answer.
    #[wasm_bindgen(skip_typescript)]
    pub fn work(&self) {
        self.composing.with(Composers::work);
    }

    /// The message went out.
    #[wasm_bindgen(skip_typescript)]
    pub fn sent(&self) {
        self.stop();
    }

    /// They stopped.
    #[wasm_bindgen(skip_typescript)]
    pub fn stop(&self) {
        self.composing.stop();
    }

    /// Follows an input.
    #[wasm_bindgen(skip_typescript)]
    pub fn attach(&self, input: &JsValue) -> Result<JsValue, JsValue> {
        let Some(target) = input.dyn_ref::<EventTarget>() else {
            return Err(options::refuse("input", "an element", input));
        };
        let form = property(input, "form").and_then(|form| form.dyn_into::<EventTarget>().ok());
        let follow = |target: &EventTarget, event, hear: fn(&Composing, &JsValue)| {
            let (composing, input) = (Rc::downgrade(&self.composing), input.clone());
            PlatformListener::new(target.clone(), event, move || {
                if let Some(composing) = composing.upgrade() {
                    hear(&composing, &input);
                }
            })
        };
        let listeners = [
            follow(target, "input", Composing::hear_input),
            follow(target, "blur", Composing::hear_end),
            form.and_then(|form| follow(&form, "submit", Composing::hear_end)),
        ];
        let composing = &self.composing;
        let number = composing.attached.replace(composing.attached.get() + 1);
        if composing.open.get() {
            composing.inputs.borrow_mut().insert(number, listeners.into_iter().flatten().collect());
        }
        let weak = Rc::downgrade(composing);
        let detach = move || {
            let Some(composing) = weak.upgrade() else { return };
            let listeners = composing.inputs.borrow_mut().remove(&number);
            if listeners.is_some() {
                composing.stop();
            }
        };
        Ok(Closure::<dyn Fn()>::new(detach).into_js_value())
    }

    /// Composes no more.
    #[wasm_bindgen(skip_typescript)]
    pub fn close(&self) {
        self.composing.close();
    }
}

fn property(object: &JsValue, key: &str) -> Option<JsValue> {
    js_sys::Reflect::get(object, &JsValue::from_str(key)).ok().filter(|value| !value.is_undefined() && !value.is_null())
}
