//! A phone number, a token and a keyed URL go in everywhere; no error, log or report shows them.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::browser_support::{
    Client, Reports, asked, callback, connect, envelope, everything_of, ingesting, js, presence, sleep, try_connect,
};

const NUMBER: &str = "4915112345678";
const TOKEN: &str = "key_CanaryTokenThatNobodyMaySee";
const KEYED_URL: &str = "https://canary-host.example/ws?x-api-key=key_CanaryTokenThatNobodyMaySee";

/// What must not be said, and what would be said of it at worst.
const CANARIES: [&str; 4] = [NUMBER, TOKEN, "CanaryToken", "canary-host"];

#[track_caller]
fn is_discreet(said: &str) {
    for canary in CANARIES {
        assert!(!said.contains(canary), "{canary} was said: {said}");
    }
}

#[track_caller]
fn refuses<T>(result: Result<T, JsValue>) {
    let Err(error) = result else { return };
    is_discreet(&everything_of(&error));
}

#[test]
fn no_refusal_repeats_what_it_refuses() {
    for secret in [NUMBER, TOKEN, KEYED_URL] {
        let quoted = format!("'{secret}'");
        for options in [
            quoted.clone(),
            format!("{{ gateway: {quoted} }}"),
            format!("{{ gateway: {{ kind: {quoted} }} }}"),
            format!("{{ gateway: {{ kind: 'ingest' }}, typingTtlMs: {quoted} }}"),
            format!("{{ gateway: {{ kind: 'ingest' }}, onError: {quoted} }}"),
            format!("{{ gateway: {{ kind: 'ingest' }}, aliases: {{ {quoted}: {quoted} }} }}"),
            format!("{{ gateway: {{ kind: 'ingest' }}, aliases: {{ '{NUMBER}@c.us': '{NUMBER}@c.us' }} }}"),
            format!("{{ gateway: {{ kind: 'waha', baseUrl: {quoted} }} }}"),
            format!("{{ gateway: {{ kind: 'waha', baseUrl: 'https://u:{secret}@canary-host.example' }} }}"),
            format!("{{ gateway: {{ kind: 'waha', baseUrl: 'https://waha.example', session: '{secret}/' }} }}"),
            format!("{{ gateway: {{ kind: 'waha', baseUrl: 'https://waha.example', apiKey: [{quoted}] }} }}"),
            format!("{{ gateway: {{ kind: 'waha', baseUrl: 'https://waha.example', feed: {quoted} }} }}"),
        ] {
            assert!(try_connect(&options).is_err(), "{options}");
            refuses(try_connect(&options));
        }
    }
}

#[test]
async fn no_call_repeats_its_arguments() {
    let client = ingesting();
    let none = &JsValue::UNDEFINED;
    for secret in [format!("{NUMBER} "), format!("{NUMBER}@@c.us"), format!("{TOKEN}!"), KEYED_URL.to_owned()] {
        let value = JsValue::from(secret.as_str());
        refuses(client.watch(&value, none));
        refuses(client.watch(&"1@c.us".into(), &js(&format!("{{ priority: '{secret}' }}"))));
        refuses(client.snapshot(&value));
        refuses(client.ingest(&value));
        refuses(client.ingest(&js(&format!("['{secret}']"))));
        refuses(client.add_alias(&value, &value));
        refuses(client.set_watched(&js(&format!("[{{ chat: '{secret}' }}]"))));
        refuses(client.set_watched(&js(&format!("'{secret}'"))));
        refuses(client.listen(&value, none));
        let rest = client.rest();
        for method in ["get", "subscribe", "startTyping", "stopTyping", "lookUp", "set"] {
            refuses(asked(&rest, method, std::slice::from_ref(&value)).await);
        }
        refuses(asked(&rest, "get", &[format!("{NUMBER}@c.us").into()]).await);
    }
    client.end();
}

#[test]
fn no_broken_body_is_quoted() {
    let client = ingesting();
    for body in [
        format!("{{\"id\":\"{NUMBER}@c.us\""),
        NUMBER.to_owned(),
        format!("\"{TOKEN}\""),
        format!("[\"{KEYED_URL}\"]"),
        format!("{{\"{NUMBER}\": x"),
        presence(&format!("{NUMBER}@c.us"), &format!("{NUMBER}@c.us"), "typing").replace("}]}", ""),
        envelope("presence.update", &format!("\"{NUMBER}@c.us\"")),
    ] {
        refuses(client.ingest(&body.as_str().into()));
    }
    client.end();
}

#[test]
async fn nothing_is_logged_or_reported_with_a_secret_in_it() {
    let reports = Reports::new();
    let said = Rc::<RefCell<String>>::default();
    let kept = Rc::clone(&said);
    let on_error = callback(move |error, _| kept.borrow_mut().push_str(&everything_of(&error)));
    // Nothing answers there, so that everything that can fail does.
    let options =
        js(&format!("{{ gateway: {{ kind: 'waha', baseUrl: 'http://127.0.0.1:2/canary-host', apiKey: '{TOKEN}' }} }}"));
    js_sys::Reflect::set(&options, &"onError".into(), &on_error).expect("a fresh object");
    let client: Client = wasm_bindgen::JsCast::unchecked_into(JsValue::from(
        wa_presence::js::connect(&options).expect("options in order"),
    ));
    client.follow(&format!("{NUMBER}@c.us"));
    refuses(asked(&client.rest(), "get", &[format!("{NUMBER}@c.us").into()]).await);
    sleep(300).await;
    client.end();
    let broken = connect(&format!(
        "{{ gateway: {{ kind: 'waha', baseUrl: 'http://127.0.0.1:2', apiKey: () => {{ throw new Error('{TOKEN}'); }} }} }}"
    ));
    sleep(50).await;
    broken.end();
    reports.restore();
    assert!(!said.borrow().is_empty(), "something failed");
    is_discreet(&said.borrow());
    for line in reports.logged().iter().chain(reports.messages().iter()) {
        is_discreet(&line.as_string().unwrap_or_default());
    }
}
