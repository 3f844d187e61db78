//! The control surface: breaking the wire on purpose, and counting what came.

use crate::gateway::{ANA, Gateway, KEY};
use serde_json::{Value, json};
use wa_presence_simulator::control;
use wa_presence_simulator::face::waha::Engine;
use wa_presence_simulator::traffic::call::Request;
use wa_presence_simulator::world::population::Population;

fn watched() -> Gateway {
    let mut gateway = Gateway::with_ana(Engine::Noweb);
    gateway.subscribe(ANA);
    gateway.advance(300);
    gateway.frames.clear();
    gateway
}

#[test]
fn events_are_lost_doubled_overtaken_and_delayed_as_told() {
    let mut gateway = watched();
    gateway.control("POST", "delivery", r#"{"dropNext":1}"#);
    gateway.ana("typing");
    gateway.ana("paused");
    assert_eq!(gateway.words(), ["paused"]);

    let mut gateway = watched();
    gateway.control("POST", "delivery", r#"{"duplicateNext":1}"#);
    gateway.ana("typing");
    gateway.ana("paused");
    assert_eq!(gateway.words(), ["typing", "typing", "paused"]);
    assert_eq!(gateway.frames[0].text, gateway.frames[1].text);

    let mut gateway = watched();
    gateway.control("POST", "delivery", r#"{"reorderNext":1}"#);
    gateway.ana("typing");
    gateway.ana("paused");
    assert_eq!(gateway.words(), ["paused", "typing"]);
    gateway.control("POST", "delivery", r#"{"reorderNext":1}"#);
    gateway.ana("recording");
    gateway.advance(2_000);
    assert_eq!(gateway.words().last().map(String::as_str), Some("recording"), "nothing overtook it");

    let mut gateway = watched();
    gateway.control("POST", "delivery", r#"{"delayMs":400}"#);
    let began = gateway.now.as_ms();
    gateway.ana("typing");
    gateway.advance(1_000);
    assert_eq!(gateway.frames[0].at_ms - began, 400);
}

#[test]
fn a_wrong_clock_shows_in_the_stamps_and_nowhere_else() {
    let mut gateway = watched();
    gateway.control("POST", "clock", r#"{"skewMs":-600000}"#);
    gateway.ana("typing");
    let stamp = gateway.frames[0].json()["timestamp"].as_u64().unwrap_or_default();
    assert_eq!(stamp, 1_795_000_000_000 + gateway.frames[0].at_ms - 600_000);
}

#[test]
fn anything_can_be_injected() {
    let mut gateway = watched();
    gateway.control("POST", "inject", r#"{"frames":["not json"],"duplicate":1}"#);
    let payload = json!({ "id": ANA, "presences": [{ "participant": ANA, "lastSeen": null }] });
    let event = json!({ "events": [{ "event": "presence.update", "payload": payload }], "delayMs": 50 });
    gateway.control("POST", "inject", &event.to_string());
    gateway.advance(100);
    let texts: Vec<&str> = gateway.frames.iter().map(|frame| frame.text.as_str()).collect();
    assert_eq!(texts[..2], ["not json", "not json"]);
    assert_eq!(gateway.frames[2].json()["payload"], payload);
    assert_eq!(gateway.frames[2].json()["engine"], "NOWEB");
}

#[test]
fn the_log_counts_calls_and_sockets() {
    let mut gateway = watched();
    gateway.subscribe("15550200007@c.us");
    gateway.get(&format!("/api/default/presence/{ANA}"));
    let log = gateway.control("GET", "log", "");
    assert_eq!(log["openSockets"], 1);
    assert_eq!(log["watching"], json!([ANA, "15550200007@c.us"]));
    assert_eq!(log["counts"], json!({ "chatPresence": 1, "subscribe": 2, "ws": 1 }));
    let call = &log["calls"][2];
    assert_eq!(
        (&call["route"], &call["chat"], &call["status"]),
        (&json!("subscribe"), &json!("15550200007@c.us"), &json!(201))
    );
    gateway.control("DELETE", "log", "");
    assert_eq!(gateway.control("GET", "log", "")["counts"], json!({}));
}

#[test]
fn sessions_are_strangers_to_each_other() {
    let mut gateway = watched();
    let body =
        r#"{"name":"two","engine":"GOWS","population":"demo","scopedKeys":[{"key":"key_two","scopes":["read"]}]}"#;
    let request = Request::new("POST", "/_control/sessions").with_json(body);
    assert_eq!(control::handle(&mut gateway.simulator, &request, gateway.now).status, 200);
    gateway.open("x-api-key=key_two&session=two");
    gateway.ask(Request::new("POST", "/api/two/presence/15550100001@c.us/subscribe").with_key(KEY));
    gateway.advance(5_000);
    let sessions: Vec<Value> = gateway.frames.iter().map(|frame| frame.json()["session"].clone()).collect();
    assert!(!sessions.is_empty() && sessions.iter().all(|session| session == "two"));
    let request = Request::new("DELETE", "/_control/sessions/two");
    assert_eq!(control::handle(&mut gateway.simulator, &request, gateway.now).body, r#"{"deleted":true}"#);
}

#[test]
fn the_demo_has_twelve_people_and_two_groups_with_faces() {
    let mut gateway = Gateway::new(Engine::Noweb, Population::Demo);
    let people = control::handle(&mut gateway.simulator, &Request::new("GET", "/_control/people"), gateway.now);
    let people: Vec<Value> = serde_json::from_str(&people.body).expect("it is a list");
    let groups = people.iter().filter(|entry| entry["members"].is_array()).count();
    assert_eq!((people.len() - groups, groups), (12, 2));
    assert!(
        people
            .iter()
            .all(|entry| entry["avatar"].as_str().is_some_and(|avatar| avatar.starts_with("data:image/svg+xml,")))
    );
    assert!(people.iter().any(|entry| entry["name"] == "Forgetful Fiona"));
    assert_eq!(people.iter().filter(|entry| entry["lid"].is_string()).count(), 2);
}

#[test]
fn what_is_not_understood_is_refused_with_the_reason() {
    let mut gateway = watched();
    for (path, body, status) in [
        ("/_control/sessions/default/act", r#"{"person":"Ana","does":"dance"}"#, 400),
        ("/_control/sessions/default/act", r#"{"person":"Ana","does":"typing","wher":"x"}"#, 400),
        ("/_control/sessions/default/act", r#"{"person":"Bo","does":"typing"}"#, 404),
        ("/_control/sessions/nope/act", r#"{"person":"Ana","does":"typing"}"#, 404),
        ("/_control/sessions", r#"{"name":"a b"}"#, 400),
        ("/_control/elsewhere", "{}", 404),
    ] {
        let answer = control::handle(&mut gateway.simulator, &Request::new("POST", path).with_json(body), gateway.now);
        assert_eq!(answer.status, status, "{path} {body} {}", answer.body);
    }
}
