//! `WaAPI`: its actions, and what they know.

use serde_json::{Value, json};
use wa_presence_simulator::face::waha::Engine;
use wa_presence_simulator::traffic::call::{Answer, Request};
use wa_presence_simulator::world::population::Population;

use crate::gateway::{ANA, Gateway};
use crate::hosted::body;

pub(crate) fn access(gateway: &Gateway) -> (u64, String) {
    let session = gateway.simulator.session("default").expect("it is there");
    (session.waapi.id, format!("Bearer {}", session.waapi.token))
}

fn action(gateway: &Gateway, action: &str, body: &str) -> Request {
    let (id, bearer) = access(gateway);
    let request = Request::new("POST", &format!("/api/v1/instances/{id}/client/action/{action}"));
    request.with_header("Authorization", &bearer).with_json(body)
}

pub(crate) fn act(gateway: &mut Gateway, name: &str, body: &str) -> Answer {
    timed(gateway, name, body).1
}

fn timed(gateway: &mut Gateway, name: &str, body: &str) -> (u64, Answer) {
    let request = action(gateway, name, body);
    gateway.ask(request)
}

pub(crate) fn status(gateway: &mut Gateway) -> Answer {
    let (id, bearer) = access(gateway);
    let request = Request::new("GET", &format!("/api/v1/instances/{id}/client/status"));
    gateway.ask(request.with_header("Authorization", &bearer)).1
}

pub(crate) fn of(chat: &str, more: &str) -> String {
    format!(r#"{{"chatId":"{chat}"{more}}}"#)
}

/// The presence in an answer of two envelopes.
pub(crate) fn presence(answer: &Answer) -> Value {
    let body = body(answer);
    assert_eq!((&body["status"], &body["data"]["status"]), (&json!("success"), &json!("success")), "{body}");
    body["data"]["data"]["presence"].clone()
}

pub(crate) fn gateway() -> Gateway {
    Gateway::with_ana(Engine::Noweb)
}

/// A gateway that has subscribed to Ana and heard what she shows.
fn watching() -> Gateway {
    let mut gateway = gateway();
    act(&mut gateway, "get-chat-presence", &of(ANA, ""));
    gateway
}

fn snapshot(gateway: &mut Gateway, chat: &str) -> Value {
    presence(&act(gateway, "get-chat-presence-snapshot", &of(chat, "")))
}

#[test]
fn a_call_is_held_until_something_is_known_and_answers_at_once_when_it_is() {
    let mut gateway = gateway();
    gateway.ana("online");
    let (took, answer) = timed(&mut gateway, "get-chat-presence", &of(ANA, ""));
    assert!((40..=256).contains(&took), "as long as WhatsApp takes: {took} ms");
    let told = presence(&answer);
    assert_eq!((&told["chatId"], &told["isGroup"]), (&json!(ANA), &json!(false)));
    assert_eq!((&told["hasData"], &told["deny"], &told["isOnline"]), (&json!(true), &json!(false), &json!(true)));
    assert_eq!(told["chatstate"]["type"], "available");
    let (took, _) = timed(&mut gateway, "get-chat-presence", &of(ANA, ""));
    assert!(took <= 6, "{took} ms");
}

#[test]
fn a_held_call_ends_after_its_time_with_nothing() {
    for (more, least) in [("", 1_500), (r#","timeoutMs":4000"#, 4_000), (r#","waitForData":false"#, 0)] {
        let mut gateway = gateway();
        gateway.control("POST", "people", r#"{"name":"Bo","id":"15550200002@c.us","hidesPresence":true}"#);
        let (took, answer) = timed(&mut gateway, "get-chat-presence", &of("15550200002@c.us", more));
        assert!((least..=least + 6).contains(&took), "{more}: {took} ms");
        assert_eq!(presence(&answer)["hasData"], false);
    }
}

#[test]
fn a_form_does_as_well_as_json() {
    let mut gateway = gateway();
    let (id, bearer) = access(&gateway);
    let request = Request::new("POST", &format!("/api/v1/instances/{id}/client/action/get-chat-presence"));
    let form = "chatId=15550200009%40c.us&waitForData=0&timeoutMs=3000";
    let (took, answer) = gateway.ask(request.with_header("Authorization", &bearer).with_form(form));
    assert!(took <= 6, "{took} ms");
    assert_eq!(presence(&answer)["chatId"], "15550200009@c.us");
}

#[test]
fn a_snapshot_is_null_until_the_chat_was_subscribed_and_subscribes_to_nothing() {
    let mut gateway = gateway();
    let answer = body(&act(&mut gateway, "get-chat-presence-snapshot", &of(ANA, "")));
    assert_eq!((&answer["data"]["status"], &answer["data"]["data"]), (&json!("success"), &Value::Null));
    assert_eq!(gateway.control("GET", "log", "")["watching"], json!([]));
    act(&mut gateway, "get-chat-presence", &of(ANA, r#","waitForData":false"#));
    assert_eq!(snapshot(&mut gateway, ANA)["hasData"], false, "subscribed, and nothing heard yet");
    gateway.advance(300);
    assert_eq!(snapshot(&mut gateway, ANA)["hasData"], true);
}

#[test]
fn a_snapshot_follows_what_somebody_does() {
    let mut gateway = watching();
    gateway.ana("online");
    gateway.ana("typing");
    let typing = snapshot(&mut gateway, ANA);
    assert_eq!((&typing["isOnline"], &typing["chatstate"]["type"]), (&json!(true), &json!("typing")));
    let began = typing["chatstate"]["t"].as_u64();
    assert_eq!(began, Some((1_795_000_000_000 + gateway.now.as_ms()) / 1_000));
    gateway.ana("paused");
    assert_eq!(snapshot(&mut gateway, ANA)["chatstate"]["type"], "available");
    gateway.ana("recording");
    assert_eq!(snapshot(&mut gateway, ANA)["chatstate"]["type"], "recording_audio");
    gateway.ana("message");
    assert_eq!(snapshot(&mut gateway, ANA)["chatstate"]["type"], "available", "a message ends it");
    gateway.control("POST", "act", r#"{"person":"Ana","does":"offline","lastSeen":1794999000}"#);
    let gone = snapshot(&mut gateway, ANA);
    assert_eq!((&gone["isOnline"], &gone["lastSeen"]), (&json!(false), &json!(1_794_999_000)));
    assert_eq!(gone["chatstate"], json!({ "type": "unavailable", "t": 1_794_999_000 }));
}

#[test]
fn a_group_has_lists_and_no_chatstate() {
    let mut gateway = gateway();
    gateway.control("POST", "people", r#"{"name":"Bo","id":"15550200002@c.us"}"#);
    let group = "120363000000000009@g.us";
    let founded = format!(r#"{{"name":"Crew","id":"{group}","members":["Ana","Bo"]}}"#);
    gateway.control("POST", "groups", &founded);
    act(&mut gateway, "get-chat-presence", &of(group, r#","waitForData":false"#));
    gateway.control("POST", "act", r#"{"person":"Ana","does":"typing","chat":"Crew"}"#);
    gateway.control("POST", "act", r#"{"person":"Bo","does":"recording","chat":"Crew"}"#);
    let told = snapshot(&mut gateway, group);
    assert_eq!((&told["isGroup"], &told["chatstate"], &told["isOnline"]), (&json!(true), &Value::Null, &json!(false)));
    assert_eq!(
        (&told["typingParticipants"], &told["recordingParticipants"]),
        (&json!([ANA]), &json!(["15550200002@c.us"]))
    );
    gateway.ana("online");
    assert_eq!(snapshot(&mut gateway, group)["isOnline"], true, "at least one member is");
}

#[test]
fn who_hides_is_denied_and_seen_typing_all_the_same() {
    let mut gateway = gateway();
    gateway.control("POST", "people", r#"{"name":"Bo","id":"15550200002@c.us","hidesPresence":true,"online":true}"#);
    let hidden = presence(&act(&mut gateway, "get-chat-presence", &of("15550200002@c.us", "")));
    assert_eq!(
        (&hidden["deny"], &hidden["hasData"], &hidden["isOnline"]),
        (&json!(true), &json!(false), &json!(false))
    );
    gateway.control("POST", "act", r#"{"person":"Bo","does":"typing"}"#);
    let typing = snapshot(&mut gateway, "15550200002@c.us");
    assert_eq!((&typing["deny"], &typing["hasData"]), (&json!(true), &json!(true)));
    assert_eq!(typing["chatstate"]["type"], "typing");
}

#[test]
fn who_hides_their_own_is_denied_everybodys() {
    let mut gateway = watching();
    gateway.control("POST", "act", r#"{"person":"Ana","does":"offline","lastSeen":1794999000}"#);
    let before = snapshot(&mut gateway, ANA);
    assert_eq!((&before["deny"], &before["lastSeen"]), (&json!(false), &json!(1_794_999_000)));
    gateway.control("POST", "privacy", r#"{"lastSeen":"none"}"#);
    let denied = snapshot(&mut gateway, ANA);
    assert_eq!((&denied["deny"], &denied["hasData"], &denied["lastSeen"]), (&json!(true), &json!(true), &Value::Null));
    assert_eq!(denied["chatstate"], Value::Null, "its stamp would tell");
    gateway.control("POST", "privacy", r#"{"online":"match_last_seen"}"#);
    let denied = snapshot(&mut gateway, ANA);
    assert_eq!((&denied["deny"], &denied["hasData"]), (&json!(true), &json!(false)));
    let settings = body(&act(&mut gateway, "get-privacy-settings", "{}"))["data"]["data"]["settings"].clone();
    assert_eq!((&settings["lastSeen"], &settings["online"]), (&json!("none"), &json!("match_last_seen")));
}

#[test]
fn what_sends_says_so_and_moves_the_own_presence() {
    let mut gateway = gateway();
    for (name, result, online) in [
        ("send-presence-unavailable", json!({ "available": false }), false),
        ("send-presence-available", json!({ "available": true }), true),
        ("send-typing", json!({ "sendTyping": true }), true),
        ("send-stop-typing", json!({ "sendStopTyping": true }), true),
    ] {
        let answer = body(&act(&mut gateway, name, &of(ANA, "")));
        assert_eq!((&answer["status"], &answer["data"]), (&json!("success"), &result));
        assert_eq!(gateway.control("GET", "log", "")["ownPresence"], online, "{name}");
    }
}

#[test]
fn an_answer_lies_in_one_envelope_or_two_as_told() {
    let mut gateway = watching();
    for (envelope, path) in
        [("nested", "/data/data/presence"), ("single", "/data/presence"), ("flat", "/data/presence")]
    {
        gateway.control("POST", "waapi", &format!(r#"{{"envelope":"{envelope}"}}"#));
        let answer = body(&act(&mut gateway, "get-chat-presence-snapshot", &of(ANA, "")));
        assert_eq!(answer.pointer(path).map(|told| &told["chatId"]), Some(&json!(ANA)), "{envelope}");
        assert_eq!(answer["instanceId"].is_string(), envelope == "single", "{envelope}");
        let sent = body(&act(&mut gateway, "send-typing", &of(ANA, "")));
        assert_eq!(sent["data"]["status"].is_string(), envelope == "nested", "{envelope}");
    }
}

#[test]
fn the_state_of_the_instance_is_told_whatever_it_is() {
    let mut gateway = gateway();
    for (status_word, state) in [
        ("STARTING", "booting"),
        ("SCAN_QR_CODE", "qr"),
        ("FAILED", "auth_failure"),
        ("STOPPED", "disconnected"),
        ("WORKING", "ready"),
    ] {
        gateway.control("POST", "status", &format!(r#"{{"status":"{status_word}"}}"#));
        assert_eq!(body(&status(&mut gateway))["clientStatus"]["instanceStatus"], state);
    }
    let (id, bearer) = access(&gateway);
    let me = Request::new("GET", &format!("/api/v1/instances/{id}/client/me")).with_header("Authorization", &bearer);
    assert_eq!(body(&gateway.ask(me).1)["me"]["data"]["contactId"], "15550109999@c.us");
}

#[test]
fn a_call_that_is_held_learns_that_the_instance_went() {
    let mut gateway = gateway();
    gateway.control("POST", "people", r#"{"name":"Bo","id":"15550200002@c.us","hidesPresence":true}"#);
    let request = action(&gateway, "get-chat-presence", &of("15550200002@c.us", r#","timeoutMs":9000"#));
    let call = gateway.call(request);
    gateway.advance(2_000);
    assert!(gateway.answers.is_empty());
    gateway.control("POST", "status", r#"{"status":"STOPPED"}"#);
    let (number, _, answer) = gateway.answers.last().expect("it was answered").clone();
    assert_eq!((number, &body(&answer)["message"]), (call, &json!("instance not ready")));
}

#[test]
fn a_reconnect_forgets_every_subscription_and_all_it_told() {
    let mut gateway = watching();
    assert_eq!(snapshot(&mut gateway, ANA)["hasData"], true);
    gateway.control("POST", "status", r#"{"status":"STARTING","then":"WORKING","afterMs":1000}"#);
    gateway.advance(1_500);
    gateway.ana("typing");
    let answer = body(&act(&mut gateway, "get-chat-presence-snapshot", &of(ANA, "")));
    assert_eq!(answer["data"]["data"], Value::Null);
}

#[test]
fn a_subscription_lives_as_long_as_the_connection() {
    let mut gateway = watching();
    gateway.advance(600_000);
    gateway.ana("typing");
    assert_eq!(snapshot(&mut gateway, ANA)["chatstate"]["type"], "typing");
}

#[test]
fn the_people_of_the_demo_are_there_too() {
    let mut gateway = Gateway::new(Engine::Gows, Population::Demo);
    let fiona = presence(&act(&mut gateway, "get-chat-presence", &of("15550100001@c.us", "")));
    assert_eq!((&fiona["isOnline"], &fiona["deny"]), (&json!(true), &json!(false)));
    let hana = presence(&act(&mut gateway, "get-chat-presence", &of("15550100004@c.us", "")));
    assert_eq!(hana["deny"], true);
}
