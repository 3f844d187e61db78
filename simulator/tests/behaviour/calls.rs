//! Calls: keys, waits, the four shapes of errors, the own presence.

use crate::gateway::{ANA, Gateway, KEY, SCOPED};
use serde_json::Value;
use wa_presence_simulator::face::waha::Engine;
use wa_presence_simulator::simulator::Config;
use wa_presence_simulator::time::Epoch;
use wa_presence_simulator::traffic::call::Request;
use wa_presence_simulator::traffic::webhook::Retries;
use wa_presence_simulator::world::population::Population;

const NOT_WORKING: &str = "Session status is not as expected. Try again later or restart the session";

fn empty() -> Gateway {
    Gateway::new(Engine::Noweb, Population::Empty)
}

fn status_after(answer: (u64, wa_presence_simulator::traffic::call::Answer)) -> (u64, u16, String) {
    (answer.0, answer.1.status, answer.1.body)
}

#[test]
fn a_stopped_session_is_waited_for_5_s_and_others_10_s() {
    for (status, wait) in [("STOPPED", 5_000), ("SCAN_QR_CODE", 10_000), ("STARTING", 10_000), ("FAILED", 10_000)] {
        let mut gateway = empty();
        gateway.control("POST", "status", &format!(r#"{{"status":"{status}"}}"#));
        let body =
            format!(r#"{{"error":"{NOT_WORKING}","session":"default","status":"{status}","expected":["WORKING"]}}"#);
        assert_eq!(status_after(gateway.get("/api/default/presence")), (wait, 422, body));
    }
}

#[test]
fn a_start_in_between_adds_both_waits() {
    let mut gateway = empty();
    gateway.control("POST", "status", r#"{"status":"STOPPED"}"#);
    let call = gateway.call(Request::new("GET", "/api/default/presence").with_key(KEY));
    gateway.advance(4_000);
    gateway.control("POST", "status", r#"{"status":"STARTING"}"#);
    gateway.advance(20_000);
    let (number, at, answer) = gateway.answers.last().expect("it was answered").clone();
    assert_eq!((number, at, answer.status), (call, 14_000, 422));
}

#[test]
fn a_call_that_waits_is_served_as_soon_as_the_session_works() {
    let mut gateway = empty();
    gateway.control("POST", "status", r#"{"status":"STARTING","then":"WORKING","afterMs":2300}"#);
    let (took, answer) = gateway.get("/api/default/presence");
    assert_eq!(answer.status, 200);
    assert!((2_300..2_310).contains(&took), "{took} ms");
}

#[test]
fn an_unknown_session_is_422_but_404_when_it_is_read() {
    let mut gateway = empty();
    let (took, status, body) = status_after(gateway.get("/api/nope/presence"));
    assert_eq!(
        (took, status, body.as_str()),
        (0, 422, r#"{"error":"Session \"nope\" does not exist","session":"nope"}"#)
    );
    assert_eq!(gateway.get("/api/sessions/nope").1.status, 404);
}

#[test]
fn without_a_good_key_everything_but_ping_is_401() {
    let mut gateway = empty();
    for request in [
        Request::new("GET", "/api/default/presence").with_key("wrong"),
        Request::new("GET", "/api/default/presence?x-api-key=admin").with_key(""),
        Request::new("GET", "/health").with_key("wrong"),
        Request::new("GET", "/api/no/such/route/at/all").with_key("wrong"),
    ] {
        let (_, answer) = gateway.ask(request);
        assert_eq!((answer.status, answer.body.as_str()), (401, r#"{"message":"Unauthorized","statusCode":401}"#));
    }
    assert_eq!(gateway.ask(Request::new("GET", "/ping").with_key("")).1.status, 200);
}

#[test]
fn the_query_carries_a_key_only_where_the_server_allows_it() {
    let config = Config {
        seed: 1,
        epoch: Epoch::default(),
        api_key: KEY.to_owned(),
        query_key: true,
        retries: Retries::default(),
    };
    let mut gateway = Gateway::with(config, Engine::Noweb, Population::Empty);
    let call = gateway.call(Request::new("GET", "/api/default/presence?x-api-key=admin"));
    gateway.advance(10);
    assert_eq!(
        gateway.answers.iter().find(|(number, _, _)| *number == call).map(|(_, _, answer)| answer.status),
        Some(200)
    );
}

#[test]
fn a_scoped_key_reaches_its_session_within_its_scopes() {
    let mut gateway = empty();
    gateway.control("POST", "keys", r#"{"key":"key_reader","scopes":["read"]}"#);
    let mut status =
        |method: &str, path: &str, key: &str| gateway.ask(Request::new(method, path).with_key(key)).1.status;
    let subscribe = format!("/api/default/presence/{ANA}/subscribe");
    assert_eq!(status("GET", "/api/default/presence", SCOPED), 200);
    assert_eq!(status("POST", &subscribe, SCOPED), 201);
    assert_eq!(status("GET", "/api/default/presence", "key_reader"), 200);
    assert_eq!(status("POST", &subscribe, "key_reader"), 403);
    assert_eq!(status("GET", "/api/other/presence", SCOPED), 403);
    assert_eq!(status("GET", "/api/sessions", SCOPED), 403);
}

#[test]
fn errors_come_in_their_four_shapes() {
    let mut gateway = empty();
    let presence = "/api/default/presence";
    for (path, body, status, expected) in [
        (
            presence,
            r#"{"presence":"online","chatId":"1@c.us"}"#,
            400,
            r#"{"detail":"'online' presence works on the global scope and doesn't require 'chatId' field."}"#,
        ),
        (presence, r#"{"presence":"typing"}"#, 400, r#"{"detail":"'typing' presence requires 'chatId' field."}"#),
        (presence, "{}", 400, r#"{"detail":"'undefined' presence requires 'chatId' field."}"#),
        (
            presence,
            "{presence",
            400,
            r#"{"message":"Expected property name or '}' in JSON at position 1","error":"Bad Request","statusCode":400}"#,
        ),
        (
            "/api/startTyping",
            r#"{"chatId":"1@c.us"}"#,
            400,
            r#"{"message":"Session name is required","error":"Bad Request","statusCode":400}"#,
        ),
        (
            "/api/stopPresence",
            "{}",
            404,
            r#"{"message":"Cannot POST /api/stopPresence","error":"Not Found","statusCode":404}"#,
        ),
    ] {
        let (_, answer) = gateway.post(path, body);
        assert_eq!((answer.status, answer.body.as_str()), (status, expected));
    }
}

#[test]
fn a_crash_echoes_the_request() {
    let mut gateway = empty();
    let (_, answer) = gateway.ask(Request::new("POST", "/api/default/presence"));
    let body: Value = serde_json::from_str(&answer.body).expect("it is JSON");
    assert_eq!(answer.status, 500);
    assert_eq!(body["exception"]["message"], "Cannot read properties of undefined (reading 'presence')");
    assert_eq!(body["request"]["path"], "/api/default/presence");
    assert!(body["timestamp"].as_str().is_some_and(|iso| iso.starts_with("2026-") && iso.ends_with('Z')));
    let (_, answer) = gateway.post("/api/startTyping", r#"{"session":"default"}"#);
    assert!(answer.body.contains("(reading 'includes')") && answer.body.contains(r#""body":{"session":"default"}"#));
}

#[test]
fn an_act_shows_the_account_online_for_25_s() {
    let mut gateway = Gateway::new(Engine::Gows, Population::Empty);
    let presence = |gateway: &mut Gateway| {
        let (_, answer) = gateway.get("/api/sessions/default");
        serde_json::from_str::<Value>(&answer.body).expect("it is JSON")["presence"].clone()
    };
    assert_eq!(presence(&mut gateway), Value::Null);
    gateway.get("/api/default/presence");
    assert_eq!(presence(&mut gateway), Value::Null, "reading the cache is no act");
    gateway.post("/api/startTyping", r#"{"session":"default","chatId":"1@c.us"}"#);
    assert_eq!(presence(&mut gateway), "online");
    gateway.advance(24_900);
    assert_eq!(presence(&mut gateway), "online");
    gateway.advance(200);
    assert_eq!(presence(&mut gateway), "offline");
    gateway.post("/api/default/presence", r#"{"presence":"online"}"#);
    gateway.advance(60_000);
    assert_eq!(presence(&mut gateway), "online", "who says so stays online");
}

#[test]
fn failures_strike_the_calls_they_are_meant_for() {
    let mut gateway = empty();
    let fault = r#"{"status":503,"body":{"oops":1},"times":2,"delayMs":700,"route":"POST /api/default/presence/"}"#;
    gateway.control("POST", "fail", fault);
    assert_eq!(gateway.get("/api/default/presence").1.status, 200);
    let subscribe = format!("/api/default/presence/{ANA}/subscribe");
    for (wait, status) in [(700, 503), (700, 503)] {
        let (took, answer) = gateway.post(&subscribe, "");
        assert_eq!((took, answer.status, answer.body.as_str()), (wait, status, r#"{"oops":1}"#));
    }
    assert_eq!(gateway.post(&subscribe, "").1.status, 201);
}
