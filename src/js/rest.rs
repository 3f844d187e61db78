//! `presence.rest`: every endpoint as one call that returns a promise.

use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::prelude::*;

use super::client::Client;
use super::options::{self, Options};
use super::promises::Promises;
use crate::gateway::{Call, OwnPresence};
use crate::session::RequestId;

/// The typed calls; declared in `types/rest.d.ts`.
#[wasm_bindgen(skip_typescript)]
pub struct Rest {
    client: Rc<Client>,
}

impl Rest {
    pub(super) const fn new(client: Rc<Client>) -> Self {
        Self { client }
    }

    #[inline(never)]
    fn call(&self, call: Result<Call, JsValue>, options: &JsValue) -> Promise {
        match self.begin(call, options) {
            Ok(promise) => promise,
            Err(error) => Promise::reject(&error),
        }
    }

    #[inline(never)]
    fn begin(&self, call: Result<Call, JsValue>, options: &JsValue) -> Result<Promise, JsValue> {
        self.client.open()?;
        let call = call?;
        let mut options = Options::new("options", options)?;
        let signal = options.signal()?;
        options.finish()?;
        let mut call = Some(call);
        let mut begin = |client: &Rc<Client>, noted: &dyn Fn(u64)| {
            if let Some(call) = call.take() {
                client.driver.begin(|session, _| session.call(call).number(), noted);
            }
        };
        let list: fn(&Client) -> &Promises = |client| &client.callers;
        Ok(Promises::promise(&self.client, list, None, signal.as_ref(), &mut begin, |client, number| {
            client.driver.abort(RequestId::numbered(number));
        }))
    }
}

#[wasm_bindgen]
impl Rest {
    /// Reads one chat's presence.
    #[wasm_bindgen(skip_typescript)]
    pub fn get(&self, chat: &JsValue, options: &JsValue) -> Promise {
        self.call(options::chat(chat).map(Call::Get), options)
    }

    /// Reads what the gateway remembers of a chat.
    #[wasm_bindgen(skip_typescript)]
    pub fn snapshot(&self, chat: &JsValue, options: &JsValue) -> Promise {
        self.call(options::chat(chat).map(Call::Snapshot), options)
    }

    /// Reads every chat's presence.
    #[wasm_bindgen(js_name = getAll, skip_typescript)]
    pub fn get_all(&self, options: &JsValue) -> Promise {
        self.call(Ok(Call::GetAll), options)
    }

    /// Asks to be told of a chat's presence.
    #[wasm_bindgen(skip_typescript)]
    pub fn subscribe(&self, chat: &JsValue, options: &JsValue) -> Promise {
        self.call(options::chat(chat).map(Call::Subscribe), options)
    }

    /// Says how we are: `set("online")`, or `set("typing", chat)`.
    #[wasm_bindgen(skip_typescript)]
    pub fn set(&self, presence: &JsValue, chat: &JsValue, options: &JsValue) -> Promise {
        let word = presence.as_string().unwrap_or_default();
        match word.as_str() {
            "online" => self.call(Ok(Call::Set(OwnPresence::Online)), chat),
            "offline" => self.call(Ok(Call::Set(OwnPresence::Offline)), chat),
            "typing" => self.call(options::chat(chat).map(|id| Call::Set(OwnPresence::Typing(id))), options),
            "recording" => self.call(options::chat(chat).map(|id| Call::Set(OwnPresence::Recording(id))), options),
            "paused" => self.call(options::chat(chat).map(|id| Call::Set(OwnPresence::Paused(id))), options),
            _ => {
                let expected = "\"online\", \"offline\", \"typing\", \"recording\" or \"paused\"";
                Promise::reject(&options::refuse("presence", expected, presence))
            }
        }
    }

    /// Shows "typing…" in a chat.
    #[wasm_bindgen(js_name = startTyping, skip_typescript)]
    pub fn start_typing(&self, chat: &JsValue, options: &JsValue) -> Promise {
        self.call(options::chat(chat).map(Call::StartTyping), options)
    }

    /// Stops showing it.
    #[wasm_bindgen(js_name = stopTyping, skip_typescript)]
    pub fn stop_typing(&self, chat: &JsValue, options: &JsValue) -> Promise {
        self.call(options::chat(chat).map(Call::StopTyping), options)
    }

    /// How the session is.
    #[wasm_bindgen(skip_typescript)]
    pub fn session(&self, options: &JsValue) -> Promise {
        self.call(Ok(Call::Session), options)
    }

    /// What we share of our own presence.
    #[wasm_bindgen(skip_typescript)]
    pub fn privacy(&self, options: &JsValue) -> Promise {
        self.call(Ok(Call::Privacy), options)
    }

    /// Changes what we share.
    #[wasm_bindgen(js_name = setPrivacy, skip_typescript)]
    pub fn set_privacy(&self, setting: &JsValue, value: &JsValue, options: &JsValue) -> Promise {
        self.call(options::privacy(setting, value).map(Call::SetPrivacy), options)
    }

    /// The other id of a person.
    #[wasm_bindgen(js_name = lookUp, skip_typescript)]
    pub fn look_up(&self, person: &JsValue, options: &JsValue) -> Promise {
        self.call(options::chat(person).map(Call::LookUp), options)
    }
}
