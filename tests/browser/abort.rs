//! An `AbortSignal` ends what it was given to, whenever it aborts.

use js_sys::{Object, Reflect};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test as test;
use web_sys::AbortController;

use crate::browser_support::{ANA, BEN, Heard, asked, ingesting, js, refused, rested};

const NONE: JsValue = JsValue::UNDEFINED;

fn controller() -> (AbortController, JsValue) {
    let controller = AbortController::new().expect("browsers have it");
    let options = Object::new();
    Reflect::set(&options, &"signal".into(), &controller.signal()).expect("a fresh object");
    (controller, options.into())
}

#[test]
async fn a_watch_ends_when_its_signal_aborts() {
    let client = ingesting();
    let (controller, options) = controller();
    let chat = client.watch(&ANA.into(), &options).expect("a chat");
    let heard = chat.heard();
    rested().await;
    client.says(ANA, "typing");
    controller.abort();
    assert_eq!(client.chats().length(), 0);
    client.says(ANA, "offline");
    assert_eq!(heard.count(), 1);
    controller.abort();
    chat.close();
    client.end();
}

#[test]
async fn a_signal_that_has_aborted_ends_things_before_they_begin() {
    let client = ingesting();
    let (controller, options) = controller();
    controller.abort();
    let chat = client.watch(&ANA.into(), &options).expect("a handle, closed already");
    assert_eq!(client.chats().length(), 0);
    assert_eq!(chat.id(), ANA);
    let (one, all, connection) = (Heard::new(), Heard::new(), Heard::new());
    let open = client.followed(ANA).await;
    open.listen(&one.function, &options).expect("a listener, gone already");
    client.listen(&all.function, &options).expect("a listener, gone already");
    client.listen_connection(&connection.function, &options).expect("a listener, gone already");
    client.says(ANA, "typing");
    client.end();
    assert_eq!((one.count(), all.count(), connection.count()), (0, 0, 0));
}

#[test]
async fn listeners_end_with_their_signal_and_the_watch_goes_on() {
    let client = ingesting();
    let (controller, options) = controller();
    let chat = client.followed(ANA).await;
    let (one, all, connection) = (Heard::new(), Heard::new(), Heard::new());
    let unlisten = chat.listen(&one.function, &options).expect("a listener");
    client.listen(&all.function, &options).expect("a listener");
    client.listen_connection(&connection.function, &options).expect("a listener");
    let steady = chat.heard();
    controller.abort();
    client.says(ANA, "typing");
    unlisten.call0(&NONE).expect("ending it again is harmless");
    client.end();
    assert_eq!((one.count(), all.count(), connection.count(), steady.count()), (0, 0, 0, 1));
}

#[test]
async fn a_listener_may_abort_its_own_signal() {
    let client = ingesting();
    let (controller, options) = controller();
    let chat = client.watch(&ANA.into(), &options).expect("a chat");
    let once = Heard::then(move |_| controller.abort());
    chat.listen(&once.function, &options).expect("a listener");
    let second = chat.heard();
    rested().await;
    client.says(ANA, "typing");
    assert_eq!((once.count(), second.count()), (1, 0));
    assert_eq!(client.chats().length(), 0);
    client.end();
}

#[test]
fn an_abort_gives_no_reason_away_and_takes_any() {
    let client = ingesting();
    for reason in ["new Error('why')", "'a text'", "undefined", "{ any: 'thing' }"] {
        let (controller, options) = controller();
        client.watch(&BEN.into(), &options).expect("a chat");
        controller.abort_with_reason(&js(reason));
        assert_eq!(client.chats().length(), 0, "{reason}");
    }
    client.end();
}

#[test]
async fn a_call_with_a_signal_that_has_aborted_is_not_made() {
    let client = ingesting();
    let (controller, options) = controller();
    controller.abort();
    let rest = client.rest();
    let chat = JsValue::from(ANA);
    for (method, arguments) in [
        ("get", vec![chat.clone(), options.clone()]),
        ("getAll", vec![options.clone()]),
        ("subscribe", vec![chat.clone(), options.clone()]),
        ("set", vec!["online".into(), options.clone()]),
        ("set", vec!["typing".into(), chat.clone(), options.clone()]),
        ("startTyping", vec![chat.clone(), options.clone()]),
        ("stopTyping", vec![chat.clone(), options.clone()]),
        ("session", vec![options.clone()]),
        ("lookUp", vec![chat.clone(), options.clone()]),
    ] {
        assert_eq!(refused(asked(&rest, method, &arguments).await, "aborted"), "the call was aborted", "{method}");
    }
    client.end();
}

#[test]
fn what_is_no_signal_is_refused() {
    let client = ingesting();
    for wrong in ["{ signal: {} }", "{ signal: 1 }", "{ signal: null }", "{ signal: new AbortController() }"] {
        let message = refused(client.watch(&ANA.into(), &js(wrong)), "invalid-option");
        assert!(message.starts_with("options.signal: expected an AbortSignal, found "), "{message}");
    }
    assert_eq!(client.chats().length(), 0, "a refused watch leaves nothing behind");
    client.end();
}
