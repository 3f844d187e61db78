//! A gateway that is not there: said once, tried again, never an exception.

use std::rc::Rc;

use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::browser_support::{
    ANA, Heard, asked, connect, eventually, refused, same, text, without_channels, without_locks,
};

/// Nobody has listened on port 2 since 1983, and browsers do try it, unlike port 1.
const NOWHERE: &str = "{ gateway: { kind: 'waha', baseUrl: 'http://127.0.0.1:2' } }";

#[test]
async fn the_connection_says_unreachable_and_everything_else_goes_on() {
    let client = connect(NOWHERE);
    assert_eq!(
        (text(&client.connection(), "state"), text(&client.connection(), "reason")),
        ("connecting".into(), "null".into())
    );
    let heard = Rc::new(Heard::new());
    client.listen_connection(&heard.function, &JsValue::UNDEFINED).expect("a listener");
    let chat = client.followed(ANA).await;
    eventually("unreachable", 5_000, || text(&client.connection(), "reason") == "unreachable").await;
    assert_eq!(text(&client.connection(), "state"), "connecting", "it was never open");
    assert!(same(&heard.last(), &client.connection()), "listeners get the object that can be read");
    assert!(same(&client.connection(), &client.connection()));
    // Webhooks still come in by the page's own backend.
    client.says(ANA, "typing");
    assert_eq!(chat.activity(), "typing");
    let message = refused(asked(&client.rest(), "session", &[]).await, "network");
    assert_eq!(message, "no answer from the gateway: it is unreachable, or the browser blocked the request");
    client.end();
    assert_eq!(text(&client.connection(), "state"), "closed");
}

#[test]
async fn it_is_said_once_and_not_at_every_try() {
    let errors = Rc::new(Heard::new());
    let options = crate::browser_support::js(NOWHERE);
    js_sys::Reflect::set(&options, &"onError".into(), &errors.function).expect("a fresh object");
    let client: crate::browser_support::Client = wasm_bindgen::JsCast::unchecked_into(JsValue::from(
        wa_presence::js::connect(&options).expect("options in order"),
    ));
    client.follow(ANA);
    eventually("an error", 3_000, || errors.count() > 0).await;
    crate::browser_support::sleep(2_700).await;
    assert_eq!(errors.all("code"), ["network"]);
    client.end();
}

#[test]
async fn a_call_in_flight_is_rejected_also_when_a_listener_closes_the_client() {
    let client = connect(NOWHERE);
    let chat = client.followed(ANA).await;
    let inside = client.clone();
    let heard = Heard::then(move |_| inside.end());
    chat.listen(&heard.function, &JsValue::UNDEFINED).expect("a listener");
    let call = crate::browser_support::promise_of(&client.rest(), "session", &[]);
    client.says(ANA, "typing");
    assert_eq!(heard.count(), 1);
    let waited = crate::browser_support::settled_within(call, 1_000).await;
    refused(waited.expect("the promise never settles"), "closed");
}

#[test]
async fn a_call_in_flight_is_rejected_when_the_client_closes() {
    let client = connect(NOWHERE);
    let call = crate::browser_support::promise_of(&client.rest(), "session", &[]);
    client.end();
    refused(wasm_bindgen_futures::JsFuture::from(call).await, "closed");
}

#[test]
async fn a_page_that_may_not_share_with_other_tabs_calls_for_itself() {
    for forbid in [without_locks, without_channels] {
        let undo = forbid();
        let client = connect(NOWHERE);
        client.follow(ANA);
        eventually("unreachable", 5_000, || text(&client.connection(), "reason") == "unreachable").await;
        undo.call0(&JsValue::UNDEFINED).expect("nothing that throws");
        client.end();
    }
}
