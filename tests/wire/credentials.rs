//! Keys: asked for once, once more when refused, and never in a loop.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::Reflect;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::browser_support::{ANA, Client, Heard, asked, at, eventually, js, refused, sleep, text};
use crate::gateway::{Gateway, connect_object, listening, open};

/// A client whose key comes from a function that is given the number of the asking, from 1; and how often it was asked.
fn with_keys(gateway: &Gateway, errors: &Heard, give: impl Fn(u32) -> JsValue + 'static) -> (Client, Rc<Cell<u32>>) {
    let times = Rc::<Cell<u32>>::default();
    let asked = Rc::clone(&times);
    let fetch = Closure::<dyn Fn() -> Result<JsValue, JsValue>>::new(move || {
        asked.set(asked.get() + 1);
        let given = give(asked.get());
        if given.is_instance_of::<js_sys::Error>() { Err(given) } else { Ok(given) }
    });
    let options = gateway.options("", "");
    Reflect::set(&at(&options, "gateway"), &"apiKey".into(), &fetch.into_js_value()).expect("a plain object");
    Reflect::set(&options, &"onError".into(), &errors.function).expect("a plain object");
    (connect_object(&options), times)
}

/// No call comes any more.
async fn all_is_quiet(gateway: &Gateway) {
    sleep(200).await;
    let calls = gateway.all_calls().await;
    // Longer than the first wait before any retry.
    sleep(2_500).await;
    assert_eq!(gateway.all_calls().await, calls, "no further traffic");
}

#[test]
async fn a_wrong_key_is_asked_for_twice_then_all_traffic_stops() {
    let Some(gateway) = Gateway::open().await else { return };
    let errors = Heard::new();
    let (client, times) = with_keys(&gateway, &errors, |_| "key_wrong".into());
    client.follow(ANA);
    eventually("unauthorized", 5_000, || text(&client.connection(), "state") == "unauthorized").await;
    assert_eq!(text(&client.connection(), "reason"), "refused");
    all_is_quiet(&gateway).await;
    assert_eq!(times.get(), 2, "once at the start, once when it was refused");
    assert_eq!(errors.all("code"), ["unauthorized"], "said once");
    assert_eq!(text(&errors.last(), "status"), "401");
    let calls = gateway.all_calls().await;
    refused(asked(&client.rest(), "session", &[]).await, "unauthorized");
    assert_eq!(gateway.all_calls().await, calls, "a call is refused here, not there");
    gateway.forget(client).await;
}

#[test]
async fn a_key_that_is_a_text_is_not_tried_again() {
    let Some(gateway) = Gateway::open().await else { return };
    let client = gateway.connect_with("apiKey: 'key_wrong'", "");
    eventually("unauthorized", 5_000, || text(&client.connection(), "state") == "unauthorized").await;
    gateway.forget(client).await;
}

#[test]
async fn no_key_where_one_is_needed_is_unauthorized_too() {
    let Some(gateway) = Gateway::open().await else { return };
    let client = gateway.connect_with("apiKey: undefined", "");
    eventually("unauthorized", 5_000, || text(&client.connection(), "state") == "unauthorized").await;
    gateway.forget(client).await;
}

#[test]
async fn a_key_that_is_replaced_when_refused_goes_unnoticed() {
    let Some(gateway) = Gateway::open().await else { return };
    let (errors, good) = (Heard::new(), gateway.key());
    let (client, times) =
        with_keys(&gateway, &errors, move |n| if n == 1 { "key_stale".into() } else { good.as_str().into() });
    let chat = client.follow(ANA);
    open(&client).await;
    gateway.subscribed(ANA).await;
    gateway.act("Ana", "typing").await;
    eventually("typing", 2_000, || chat.activity() == "typing").await;
    assert_eq!((times.get(), errors.count()), (2, 0));
    gateway.forget(client).await;
}

#[test]
async fn a_key_that_comes_later_is_waited_for() {
    let Some(gateway) = Gateway::open().await else { return };
    let (errors, good) = (Heard::new(), gateway.key());
    let (client, times) = with_keys(&gateway, &errors, move |_| {
        js(&format!("new Promise((resolve) => setTimeout(() => resolve('{good}'), 400))"))
    });
    let call = crate::browser_support::promise_of(&client.rest(), "session", &[]);
    sleep(200).await;
    assert_eq!(gateway.all_calls().await, 0, "nothing is sent without its key");
    let session = wasm_bindgen_futures::JsFuture::from(call).await.expect("a call waits for the key");
    assert_eq!(text(&session, "state"), "working");
    assert_eq!((times.get(), errors.count()), (1, 0));
    gateway.forget(client).await;
}

#[test]
async fn a_function_that_fails_says_so_and_is_not_asked_in_a_loop() {
    let Some(gateway) = Gateway::open().await else { return };
    for broken in ["new Error('no key today')", "Promise.reject(new Error('no key today'))", "undefined", "7", "null"] {
        let errors = Rc::new(Heard::new());
        let (client, times) = with_keys(&gateway, &errors, move |_| js(broken));
        let call = crate::browser_support::promise_of(&client.rest(), "session", &[]);
        eventually("unauthorized", 2_000, || text(&client.connection(), "state") == "unauthorized").await;
        refused(wasm_bindgen_futures::JsFuture::from(call).await, "unauthorized");
        eventually("an error", 1_000, || errors.count() > 0).await;
        sleep(100).await;
        assert!(errors.all("code").iter().all(|code| code == "unauthorized"), "{broken}: {:?}", errors.all("code"));
        assert_eq!(errors.all("message")[0], "gateway.apiKey: the function given failed", "{broken}");
        assert_eq!(errors.count(), 1, "{broken}: said once, not {:?}", errors.all("message"));
        assert_eq!(times.get(), 1, "{broken}");
        client.end();
    }
    assert_eq!(gateway.all_calls().await, 0);
    gateway.forget(gateway_free_client()).await;
}

fn gateway_free_client() -> Client {
    crate::browser_support::ingesting()
}

#[test]
async fn a_socket_closed_by_policy_is_a_refused_key() {
    let Some(gateway) = Gateway::open().await else { return };
    let client = gateway.connect();
    open(&client).await;
    gateway.control("disconnect", r#"{"code":1008,"reason":"Unauthorized"}"#).await;
    eventually("unauthorized", 3_000, || text(&client.connection(), "state") == "unauthorized").await;
    assert_eq!(text(&client.connection(), "reason"), "refused");
    gateway.forget(client).await;
}

#[test]
async fn a_socket_closed_by_policy_is_opened_with_the_next_key() {
    let Some(gateway) = Gateway::open().await else { return };
    let (errors, first, second) = (Heard::new(), gateway.key(), gateway.admin_key);
    let (client, times) =
        with_keys(&gateway, &errors, move |n| if n == 1 { first.as_str().into() } else { second.into() });
    let chat = client.follow(ANA);
    open(&client).await;
    gateway.control("disconnect", r#"{"code":1008,"reason":"Unauthorized"}"#).await;
    eventually("the next key", 2_000, || times.get() == 2).await;
    eventually("open again", 4_000, || text(&client.connection(), "state") == "open").await;
    gateway.subscribed(ANA).await;
    gateway.act("Ana", "typing").await;
    eventually("typing", 2_000, || chat.activity() == "typing").await;
    assert_eq!((times.get(), errors.count()), (2, 0));
    gateway.forget(client).await;
}

#[test]
async fn a_key_that_may_only_read_subscribes_by_reading() {
    let Some(gateway) = Gateway::open().await else { return };
    let client = gateway.connect_with(&format!("apiKey: '{}', lookUpIds: false", gateway.reader_key()), "");
    listening(&gateway).await;
    let chat = client.follow(ANA);
    gateway.subscribed(ANA).await;
    assert_eq!((gateway.calls("subscribe").await, gateway.calls("chatPresence").await), (1, 1));
    gateway.act("Ana", "typing").await;
    eventually("typing", 2_000, || chat.activity() == "typing").await;
    let second = client.follow(crate::browser_support::BEN);
    gateway.subscribed(crate::browser_support::BEN).await;
    assert_eq!(gateway.calls("subscribe").await, 1, "what was refused once is not tried with every chat");
    assert_eq!(text(&second.snapshot(), "kind"), "contact");
    refused(asked(&client.rest(), "startTyping", &[ANA.into()]).await, "forbidden");
    assert_eq!(text(&client.connection(), "state"), "open", "one thing forbidden is not the key refused");
    gateway.forget(client).await;
}
