//! What the browser suites share: the API as JavaScript sees it, listeners that remember, and bodies as WAHA sends them.
//!
//! Everything goes through JavaScript: a test that called the Rust functions would not see what a page sees.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

pub(crate) const ANA: &str = "15550001111@c.us";
pub(crate) const ANA_LID: &str = "900000001@lid";
pub(crate) const BEN: &str = "15550002222@c.us";
pub(crate) const TEAM: &str = "120363000000000001@g.us";

#[wasm_bindgen]
extern "C" {
    /// `Presence` of types/client.d.ts.
    #[derive(Clone)]
    pub(crate) type Client;
    #[wasm_bindgen(method, catch)]
    pub(crate) fn watch(this: &Client, chat: &JsValue, options: &JsValue) -> Result<Chat, JsValue>;
    #[wasm_bindgen(method, catch, js_name = setWatched)]
    pub(crate) fn set_watched(this: &Client, chats: &JsValue) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    pub(crate) fn listen(this: &Client, callback: &JsValue, options: &JsValue) -> Result<Function, JsValue>;
    #[wasm_bindgen(method, catch, js_name = listenConnection)]
    pub(crate) fn listen_connection(this: &Client, callback: &JsValue, options: &JsValue) -> Result<Function, JsValue>;
    #[wasm_bindgen(method, catch)]
    pub(crate) fn snapshot(this: &Client, chat: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method)]
    pub(crate) fn chats(this: &Client) -> Array;
    #[wasm_bindgen(method, catch)]
    pub(crate) fn ingest(this: &Client, body: &JsValue) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch, js_name = addAlias)]
    pub(crate) fn add_alias(this: &Client, lid: &JsValue, contact: &JsValue) -> Result<(), JsValue>;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn connection(this: &Client) -> JsValue;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn counters(this: &Client) -> JsValue;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn budget(this: &Client) -> JsValue;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn capabilities(this: &Client) -> JsValue;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn rest(this: &Client) -> JsValue;
    #[wasm_bindgen(method, catch)]
    pub(crate) fn close(this: &Client, options: &JsValue) -> Result<(), JsValue>;

    /// `Watch` of types/client.d.ts.
    #[derive(Clone)]
    pub(crate) type Chat;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn id(this: &Chat) -> String;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn snapshot(this: &Chat) -> JsValue;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn priority(this: &Chat) -> String;
    #[wasm_bindgen(method, setter, catch)]
    pub(crate) fn set_priority(this: &Chat, priority: &JsValue) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    pub(crate) fn listen(this: &Chat, callback: &JsValue, options: &JsValue) -> Result<Function, JsValue>;
    #[wasm_bindgen(method)]
    pub(crate) fn close(this: &Chat);
}

#[wasm_bindgen(module = "/tests/browser_support/page.js")]
extern "C" {
    #[wasm_bindgen(js_name = sleep)]
    fn sleeping(ms: u32) -> Promise;
    #[wasm_bindgen(js_name = everythingOf)]
    pub(crate) fn everything_of(error: &JsValue) -> String;
    #[wasm_bindgen(js_name = notFrozen)]
    pub(crate) fn not_frozen(value: &JsValue) -> Option<String>;
    /// The calendar goes on and the monotonic clock stands still, as while the lid is closed; then the page is woken.
    #[wasm_bindgen(js_name = passTime)]
    pub(crate) fn pass_time(ms: u32);
    #[wasm_bindgen(js_name = restoreTime)]
    pub(crate) fn restore_time();
    /// The platform refuses locks, until the function that comes back is called.
    #[wasm_bindgen(js_name = withoutLocks)]
    pub(crate) fn without_locks() -> Function;
    #[wasm_bindgen(js_name = withoutChannels)]
    pub(crate) fn without_channels() -> Function;
    pub(crate) fn exchange(method: &str, url: &str, body: Option<String>) -> Promise;

    pub(crate) type Timers;
    #[wasm_bindgen(constructor)]
    pub(crate) fn new() -> Timers;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn live(this: &Timers) -> u32;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn most(this: &Timers) -> u32;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn made(this: &Timers) -> u32;
    #[wasm_bindgen(method)]
    pub(crate) fn restore(this: &Timers);

    pub(crate) type Reports;
    #[wasm_bindgen(constructor)]
    pub(crate) fn new() -> Reports;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn messages(this: &Reports) -> Array;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn logged(this: &Reports) -> Array;
    #[wasm_bindgen(method)]
    pub(crate) fn restore(this: &Reports);
}

// ---- Clients ------------------------------------------------------------------------------------------------------------

/// `connect` as a page calls it; `options` is JavaScript.
pub(crate) fn try_connect(options: &str) -> Result<Client, JsValue> {
    wa_presence::js::connect(&js(options)).map(|client| JsValue::from(client).unchecked_into())
}

pub(crate) fn connect(options: &str) -> Client {
    try_connect(options).unwrap_or_else(|error| panic!("connect refused: {}", text(&error, "message")))
}

/// A client that calls nothing.
pub(crate) fn ingesting() -> Client {
    connect("{ gateway: { kind: 'ingest' } }")
}

impl Client {
    pub(crate) fn follow(&self, chat: &str) -> Chat {
        self.watch(&chat.into(), &JsValue::UNDEFINED).expect("a chat that can be watched")
    }

    /// The same, once the watch's own first change is over: what comes next is told at once.
    pub(crate) async fn followed(&self, chat: &str) -> Chat {
        let chat = self.follow(chat);
        rested().await;
        chat
    }

    /// Takes in a presence of a contact, in its own chat, as of this moment.
    pub(crate) fn says(&self, chat: &str, word: &str) {
        self.takes(&presence(chat, chat, word));
    }

    pub(crate) fn takes(&self, body: &str) {
        self.ingest(&body.into()).expect("a body in order");
    }

    pub(crate) fn of(&self, chat: &str) -> JsValue {
        Client::snapshot(self, &chat.into()).expect("a chat id")
    }

    pub(crate) fn end(&self) {
        Client::close(self, &JsValue::UNDEFINED).expect("closing never fails");
    }
}

impl Chat {
    /// Listens with a memory.
    pub(crate) fn heard(&self) -> Heard {
        let heard = Heard::new();
        Chat::listen(self, &heard.function, &JsValue::UNDEFINED).expect("a listener");
        heard
    }

    pub(crate) fn activity(&self) -> String {
        text(&Chat::snapshot(self), "activity")
    }
}

// ---- Values -------------------------------------------------------------------------------------------------------------

/// A JavaScript expression.
pub(crate) fn js(code: &str) -> JsValue {
    js_sys::eval(&format!("({code})")).unwrap_or_else(|_| panic!("not JavaScript: {code}"))
}

/// What stands at a path such as `snapshot.participants.0.id`; `undefined` where nothing does.
pub(crate) fn at(value: &JsValue, path: &str) -> JsValue {
    path.split('.').fold(value.clone(), |value, key| {
        if value.is_object() { Reflect::get(&value, &key.into()).unwrap_or_default() } else { JsValue::UNDEFINED }
    })
}

/// What stands there as text; `null` and the like by their names.
pub(crate) fn text(value: &JsValue, path: &str) -> String {
    let found = at(value, path);
    found.as_string().unwrap_or_else(|| String::from(js_sys::JsString::from(js_string(&found))))
}

fn js_string(value: &JsValue) -> JsValue {
    js("String").unchecked_into::<Function>().call1(&JsValue::UNDEFINED, value).unwrap_or_default()
}

pub(crate) fn number(value: &JsValue, path: &str) -> f64 {
    at(value, path).as_f64().unwrap_or(f64::NAN)
}

/// The same object, not an equal one.
pub(crate) fn same(a: &JsValue, b: &JsValue) -> bool {
    js_sys::Object::is(a, b)
}

/// Calls a method that returns a promise, and waits for it.
pub(crate) async fn asked(object: &JsValue, method: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    JsFuture::from(promise_of(object, method, arguments)).await
}

pub(crate) fn promise_of(object: &JsValue, method: &str, arguments: &[JsValue]) -> Promise {
    let function: Function = at(object, method).dyn_into().unwrap_or_else(|_| panic!("no method {method}"));
    let arguments: Array = arguments.iter().collect();
    function.apply(object, &arguments).expect("errors come by the promise").unchecked_into()
}

/// How a promise settled; `None` when it did not in that time.
pub(crate) async fn settled_within(promise: Promise, ms: u32) -> Option<Result<JsValue, JsValue>> {
    let settled = Rc::<RefCell<Option<_>>>::default();
    let kept = Rc::clone(&settled);
    wasm_bindgen_futures::spawn_local(async move {
        let result = JsFuture::from(promise).await;
        *kept.borrow_mut() = Some(result);
    });
    let began = now();
    while settled.borrow().is_none() && now() - began < f64::from(ms) {
        sleep(10).await;
    }
    settled.take()
}

/// That a call was refused with this code; returns its message.
#[track_caller]
pub(crate) fn refused<T>(result: Result<T, JsValue>, code: &str) -> String {
    let Err(error) = result else { panic!("expected {code}, but it succeeded") };
    assert!(error.is_instance_of::<js_sys::Error>(), "an Error, not a bare value");
    assert_eq!(text(&error, "name"), "PresenceError");
    assert_eq!(text(&error, "code"), code, "{}", text(&error, "message"));
    text(&error, "message")
}

// ---- Listeners ----------------------------------------------------------------------------------------------------------

/// A callback that remembers its arguments.
pub(crate) struct Heard {
    pub(crate) function: JsValue,
    calls: Rc<RefCell<Vec<[JsValue; 2]>>>,
}

impl Heard {
    pub(crate) fn new() -> Self {
        Self::then(|_| ())
    }

    /// Also does something, with the first argument in hand.
    pub(crate) fn then(mut act: impl FnMut(&JsValue) + 'static) -> Self {
        let calls = Rc::<RefCell<Vec<_>>>::default();
        let kept = Rc::clone(&calls);
        let function = callback(move |first, second| {
            kept.borrow_mut().push([first.clone(), second]);
            act(&first);
        });
        Self { function, calls }
    }

    pub(crate) fn count(&self) -> usize {
        self.calls.borrow().len()
    }

    /// The first argument of the last call.
    pub(crate) fn last(&self) -> JsValue {
        self.calls.borrow().last().map_or(JsValue::UNDEFINED, |[first, _]| first.clone())
    }

    /// The second argument of the last call.
    pub(crate) fn last_change(&self) -> JsValue {
        self.calls.borrow().last().map_or(JsValue::UNDEFINED, |[_, second]| second.clone())
    }

    /// A member of the first argument, over all calls.
    pub(crate) fn all(&self, path: &str) -> Vec<String> {
        self.calls.borrow().iter().map(|[first, _]| text(first, path)).collect()
    }
}

/// A JavaScript function that may be re-entered.
pub(crate) fn callback(act: impl FnMut(JsValue, JsValue) + 'static) -> JsValue {
    let act = RefCell::new(act);
    Closure::<dyn Fn(JsValue, JsValue)>::new(move |first, second| {
        // Re-entered, it keeps still: the call under way does what is to be done.
        if let Ok(mut act) = act.try_borrow_mut() {
            act(first, second);
        }
    })
    .into_js_value()
}

// ---- Time ---------------------------------------------------------------------------------------------------------------

pub(crate) async fn sleep(ms: u32) {
    JsFuture::from(sleeping(ms)).await.expect("sleeping never fails");
}

/// Waits until a chat that has just spoken may speak again.
pub(crate) async fn rested() {
    sleep(110).await;
}

pub(crate) fn now() -> f64 {
    js_sys::Date::now()
}

/// Waits until something is so; fails, naming it, when it takes too long.
#[track_caller]
pub(crate) fn eventually<'a>(
    what: &'a str,
    within_ms: u32,
    so: impl Fn() -> bool + 'a,
) -> impl Future<Output = f64> + 'a {
    let caller = std::panic::Location::caller();
    async move {
        let began = now();
        while !so() {
            assert!(now() - began < f64::from(within_ms), "{caller}: {what}: not within {within_ms} ms");
            sleep(10).await;
        }
        now() - began
    }
}

// ---- Bodies -------------------------------------------------------------------------------------------------------------

thread_local! {
    static NEXT_EVENT: Cell<u32> = const { Cell::new(0) };
}

/// A `presence.update` as of this moment.
pub(crate) fn presence(chat: &str, participant: &str, word: &str) -> String {
    let presences = format!(r#"[{{"participant":"{participant}","lastKnownPresence":"{word}","lastSeen":null}}]"#);
    envelope("presence.update", &format!(r#"{{"id":"{chat}","presences":{presences}}}"#))
}

/// An envelope with an id of its own.
pub(crate) fn envelope(event: &str, payload: &str) -> String {
    let n = NEXT_EVENT.replace(NEXT_EVENT.get() + 1);
    let at = now();
    format!(r#"{{"id":"evt_{n}","timestamp":{at},"event":"{event}","session":"default","payload":{payload}}}"#)
}
