//! `WaAPI`: what the account lets others see, and how that is changed.

use serde_json::{Value, json};
use wa_presence_simulator::traffic::call::{Answer, Request};

use crate::gateway::{ANA, Gateway};
use crate::hosted::body;
use crate::waapi::{access, act, gateway, of, presence};

/// The settings in an answer of two envelopes.
fn settings(answer: &Answer) -> Value {
    let body = body(answer);
    assert_eq!((&body["status"], &body["data"]["status"]), (&json!("success"), &json!("success")), "{body}");
    body["data"]["data"]["settings"].clone()
}

fn set(gateway: &mut Gateway, category: &str, value: &str) -> Answer {
    act(gateway, "set-privacy-setting", &format!(r#"{{"category":"{category}","value":"{value}"}}"#))
}

fn get(gateway: &mut Gateway) -> Value {
    settings(&act(gateway, "get-privacy-settings", "{}"))
}

#[test]
fn every_category_takes_its_values_and_leaves_the_others_alone() {
    let mut gateway = gateway();
    let mut expected = json!({ "lastSeen": "all", "online": "all", "profilePicture": "all", "readReceipts": "all" });
    assert_eq!(get(&mut gateway), expected);
    for (category, values) in [
        ("lastSeen", ["none", "contact_blacklist", "all", "contacts"].as_slice()),
        ("online", &["match_last_seen", "all"]),
        ("profilePicture", &["none", "contact_blacklist", "all", "contacts"]),
        ("readReceipts", &["all", "none"]),
    ] {
        for value in values {
            expected[category] = json!(value);
            assert_eq!(settings(&set(&mut gateway, category, value)), expected);
            assert_eq!(get(&mut gateway), expected);
        }
    }
}

#[test]
fn a_setting_does_what_the_control_surface_does() {
    let mut gateway = gateway();
    gateway.subscribe(ANA);
    gateway.advance(300);
    gateway.frames.clear();
    set(&mut gateway, "lastSeen", "none");
    gateway.ana("online");
    gateway.control("POST", "act", r#"{"person":"Ana","does":"offline","lastSeen":1794999000}"#);
    assert_eq!(gateway.words(), ["online", "offline"]);
    assert_eq!(gateway.frames[1].json()["payload"]["presences"][0]["lastSeen"], Value::Null);
    set(&mut gateway, "online", "match_last_seen");
    gateway.ana("online");
    assert_eq!(gateway.words(), ["online", "offline"], "and nothing more");
    assert_eq!(presence(&act(&mut gateway, "get-chat-presence", &of(ANA, r#","timeoutMs":0"#)))["deny"], true);
    set(&mut gateway, "lastSeen", "contacts");
    gateway.ana("online");
    assert_eq!(gateway.words(), ["online", "offline", "online"]);
}

#[test]
fn the_log_shows_what_is_hidden_and_the_control_surface_hides_it_as_well() {
    let mut gateway = gateway();
    set(&mut gateway, "readReceipts", "none");
    let log = gateway.control("GET", "log", "");
    assert_eq!(log["privacy"], json!({ "lastSeen": "all", "online": "all", "readReceipts": "none" }));
    assert_eq!(log["counts"]["setPrivacy"], 1);
    gateway.control("POST", "privacy", r#"{"readReceipts":"all"}"#);
    assert_eq!(get(&mut gateway)["readReceipts"], "all");
}

#[test]
fn exceptions_may_be_given_and_a_form_does_as_well_as_json() {
    let mut gateway = gateway();
    let sent = format!(r#"{{"category":"lastSeen","value":"contact_blacklist","disallowedList":["{ANA}"]}}"#);
    let answer = act(&mut gateway, "set-privacy-setting", &sent);
    assert_eq!(settings(&answer)["lastSeen"], "contact_blacklist");
    let (id, bearer) = access(&gateway);
    let request = Request::new("POST", &format!("/api/v1/instances/{id}/client/action/set-privacy-setting"));
    let form = "category=lastSeen&value=contacts&disallowedList%5B%5D=15550200001%40c.us";
    let (_, answer) = gateway.ask(request.with_header("Authorization", &bearer).with_form(form));
    assert_eq!(settings(&answer)["lastSeen"], "contacts");
}

#[test]
fn what_is_no_setting_is_refused_and_changes_nothing() {
    let mut gateway = gateway();
    // The framework looks before the instance is asked.
    for status in ["WORKING", "STARTING"] {
        gateway.control("POST", "status", &format!(r#"{{"status":"{status}"}}"#));
        for (sent, field) in [
            (r#"{"value":"all"}"#, "category"),
            (r#"{"category":"lastSeen"}"#, "value"),
            (r#"{"category":7,"value":"all"}"#, "category"),
            (r#"{"category":"lastSeen","value":true}"#, "value"),
            (r#"{"category":"shoeSize","value":"all"}"#, "category"),
            (r#"{"category":"lastSeen","value":"match_last_seen"}"#, "value"),
            (r#"{"category":"online","value":"none"}"#, "value"),
            (r#"{"category":"readReceipts","value":"contacts"}"#, "value"),
            (r#"{"category":"lastSeen","value":"none","disallowedList":"Ana"}"#, "disallowedList"),
        ] {
            let answer = act(&mut gateway, "set-privacy-setting", sent);
            assert_eq!(answer.status, 422, "{sent}");
            let refusal = body(&answer);
            assert_eq!(refusal["errors"][field][0], refusal["message"], "{sent}: {refusal}");
        }
    }
    assert_eq!(body(&set(&mut gateway, "lastSeen", "none"))["message"], "instance not ready");
    gateway.control("POST", "status", r#"{"status":"WORKING"}"#);
    assert_eq!(get(&mut gateway)["lastSeen"], "all");
}
