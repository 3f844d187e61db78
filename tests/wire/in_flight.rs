//! Calls that are under way when somebody loses patience.

use js_sys::{Object, Reflect};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test as test;
use web_sys::AbortController;

use crate::browser_support::{ANA, asked, js, now, promise_of, refused, settled_within, sleep, text};
use crate::gateway::Gateway;

fn controller() -> (AbortController, JsValue) {
    let controller = AbortController::new().expect("browsers have it");
    let options = Object::new();
    Reflect::set(&options, &"signal".into(), &controller.signal()).expect("a fresh object");
    (controller, options.into())
}

#[test]
async fn aborting_a_slow_call_settles_it_at_once_whatever_the_reason() {
    let Some(gateway) = Gateway::open().await else { return };
    let client = gateway.caller();
    for reason in ["undefined", "'a text'", "new Error('why')", "null"] {
        gateway.fail("/presence", 200, "[]", r#""delayMs":5000,"#).await;
        let (controller, options) = controller();
        let call = promise_of(&client.rest(), "getAll", &[options]);
        sleep(150).await;
        let began = now();
        controller.abort_with_reason(&js(reason));
        let settled = settled_within(call, 1_000).await.expect("it settles at once");
        assert_eq!(refused(settled, "aborted"), "the call was aborted", "{reason}");
        assert!(now() - began < 300.0);
        controller.abort();
    }
    asked(&client.rest(), "session", &[]).await.expect("the next call is as good as any");
    gateway.forget(client).await;
}

#[test]
async fn an_abort_after_the_answer_changes_nothing() {
    let Some(gateway) = Gateway::open().await else { return };
    let client = gateway.caller();
    let (controller, options) = controller();
    let session = asked(&client.rest(), "session", &[options]).await.expect("the gateway answers");
    controller.abort();
    assert_eq!(text(&session, "state"), "working");
    gateway.forget(client).await;
}

#[test]
async fn aborting_one_call_leaves_the_others() {
    let Some(gateway) = Gateway::open().await else { return };
    let client = gateway.caller();
    gateway.fail("/presence", 200, "[]", r#""delayMs":600,"times":2,"#).await;
    let (controller, options) = controller();
    let (one, other) = (promise_of(&client.rest(), "getAll", &[options]), promise_of(&client.rest(), "getAll", &[]));
    sleep(100).await;
    controller.abort();
    refused(JsFuture::from(one).await, "aborted");
    JsFuture::from(other).await.expect("the other one is answered");
    gateway.forget(client).await;
}

#[test]
async fn closing_rejects_every_call_in_flight_with_closed() {
    let Some(gateway) = Gateway::open().await else { return };
    let client = gateway.caller();
    gateway.fail("/", 200, "[]", r#""delayMs":5000,"times":9,"#).await;
    let rest = client.rest();
    let calls = [
        promise_of(&rest, "getAll", &[]),
        promise_of(&rest, "get", &[ANA.into()]),
        promise_of(&rest, "set", &["online".into()]),
    ];
    sleep(150).await;
    client.end();
    for call in calls {
        let settled = settled_within(call, 500).await.expect("it settles at once");
        assert_eq!(refused(settled, "closed"), "the client was closed");
    }
    gateway.forget(client).await;
}

#[test]
async fn a_call_waits_for_a_session_that_is_starting() {
    let Some(gateway) = Gateway::open().await else { return };
    let client = gateway.caller();
    gateway.control("status", r#"{"status":"STARTING","then":"WORKING","afterMs":1200}"#).await;
    let began = now();
    asked(&client.rest(), "getAll", &[]).await.expect("WAHA holds the call until it can answer");
    assert!((900.0..4_000.0).contains(&(now() - began)), "{} ms", now() - began);
    gateway.forget(client).await;
}

#[test]
async fn a_call_to_a_session_that_is_stopped_is_not_ready_after_five_seconds() {
    let Some(gateway) = Gateway::open().await else { return };
    let client = gateway.caller();
    gateway.set_status("STOPPED").await;
    let began = now();
    let message = refused(asked(&client.rest(), "getAll", &[]).await, "not-ready");
    assert!(message.contains("STOPPED"), "{message}");
    assert!(
        (4_500.0..8_000.0).contains(&(now() - began)),
        "{} ms: whoever gives up earlier never learns why",
        now() - began
    );
    gateway.forget(client).await;
}
