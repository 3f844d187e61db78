//! What the hosted gateways share: instances, limits, leases, privacy, the log.

use serde_json::{Value, json};
use wa_presence_simulator::control;
use wa_presence_simulator::face::waha::Engine;
use wa_presence_simulator::traffic::call::{Answer, Request};

use crate::gateway::{ANA, Gateway};
use crate::{waapi, wawp};

pub(crate) fn body(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("no JSON: {}", answer.body))
}

pub(crate) fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    answer.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

fn create(gateway: &mut Gateway, body: &str) -> (u16, Value) {
    let request = Request::new("POST", "/_control/sessions").with_json(body);
    let answer = control::handle(&mut gateway.simulator, &request, gateway.now);
    (answer.status, serde_json::from_str(&answer.body).expect("control answers JSON"))
}

/// Subscribes to ever other chats, on one face, until one is refused.
fn subscribe_until_refused(gateway: &mut Gateway, subscribe: fn(&mut Gateway, &str) -> Answer) -> (usize, Answer) {
    for number in 0..200 {
        let answer = subscribe(gateway, &format!("1555{number:07}@c.us"));
        if answer.status >= 400 {
            return (number, answer);
        }
    }
    panic!("never refused");
}

fn by_wawp(gateway: &mut Gateway, chat: &str) -> Answer {
    wawp::post(gateway, &format!("/v2/presence/{chat}/subscribe"), "{}")
}

fn by_waapi(gateway: &mut Gateway, chat: &str) -> Answer {
    waapi::act(gateway, "get-chat-presence", &format!(r#"{{"chatId":"{chat}","waitForData":false}}"#))
}

#[test]
fn instances_follow_from_seed_and_name_unless_they_are_given() {
    let mut gateway = Gateway::with_ana(Engine::Noweb);
    let (_, two) = create(&mut gateway, r#"{"name":"two"}"#);
    let (_, again) = create(&mut gateway, r#"{"name":"two"}"#);
    let (_, three) = create(&mut gateway, r#"{"name":"three"}"#);
    assert_eq!(two, again);
    assert_ne!((&two["wawp"], &two["waapi"]), (&three["wawp"], &three["waapi"]));
    let id = two["wawp"]["instanceId"].as_str().unwrap_or_default();
    assert!(id.len() == 12 && id.chars().all(|letter| letter.is_ascii_alphanumeric()), "{id}");
    assert!(two["waapi"]["instanceId"].is_u64() && two["waapi"]["token"].is_string());
    let given = r#"{"name":"four","wawp":{"instanceId":"ABCDEFGH0123","accessToken":"t"},"waapi":{"instanceId":5,"token":"u"}}"#;
    let (_, four) = create(&mut gateway, given);
    assert_eq!(four["wawp"], json!({ "instanceId": "ABCDEFGH0123", "accessToken": "t" }));
    assert_eq!(four["waapi"], json!({ "instanceId": 5, "token": "u" }));
    assert_eq!(
        create(&mut gateway, r#"{"name":"five","waapi":{"instanceId":5}}"#).0,
        400,
        "no two sessions are one instance"
    );
}

#[test]
fn the_faces_share_their_people_and_not_their_paths() {
    let mut gateway = Gateway::with_ana(Engine::Noweb);
    by_wawp(&mut gateway, ANA);
    gateway.advance(300);
    gateway.frames.clear();
    gateway.ana("typing");
    assert_eq!(gateway.words(), ["typing"], "WAHA's socket hears what Wawp subscribed to");
    let (_, _) = create(&mut gateway, r#"{"name":"v1"}"#);
    assert_eq!(gateway.get("/api/v1/presence").1.status, 200, "a session of WAHA's may be called v1");
}

#[test]
fn the_51st_subscription_within_60_s_is_refused_on_both_hosted_faces() {
    for (face, subscribe) in [("wawp", by_wawp as fn(&mut Gateway, &str) -> Answer), ("waapi", by_waapi)] {
        let mut gateway = Gateway::with_ana(Engine::Noweb);
        let (allowed, refusal) = subscribe_until_refused(&mut gateway, subscribe);
        assert_eq!((allowed, refusal.status), (50, 429), "{face}");
        let wait: u64 = header(&refusal, "retry-after").and_then(|wait| wait.parse().ok()).expect("it says how long");
        assert!((55..=60).contains(&wait), "{face}: {wait}");
        gateway.advance(wait * 1_000);
        assert!(subscribe(&mut gateway, ANA).status < 300, "{face}: as long as it said");
    }
}

#[test]
fn a_refusal_keeps_how_long_to_wait_to_itself_when_told() {
    for subscribe in [by_wawp as fn(&mut Gateway, &str) -> Answer, by_waapi] {
        let mut gateway = Gateway::with_ana(Engine::Noweb);
        gateway.control("POST", "limit", r#"{"subscribesPerMinute":3,"retryAfter":false}"#);
        let (allowed, refusal) = subscribe_until_refused(&mut gateway, subscribe);
        assert_eq!((allowed, refusal.status, header(&refusal, "retry-after")), (3, 429, None));
    }
}

#[test]
fn reads_failures_and_refusals_count_as_subscriptions_and_snapshots_do_not() {
    let mut gateway = Gateway::with_ana(Engine::Noweb);
    gateway.control("POST", "limit", r#"{"subscribesPerMinute":4}"#);
    gateway.control("POST", "fail", r#"{"status":500}"#);
    assert_eq!(by_wawp(&mut gateway, ANA).status, 500);
    assert_eq!(wawp::get(&mut gateway, &format!("/v2/presence/{ANA}")).status, 200);
    assert_eq!(
        waapi::act(&mut gateway, "get-chat-presence", r#"{"chatId":"bogus"}"#).status,
        200,
        "by its inner status"
    );
    let snapshot = format!(r#"{{"chatId":"{ANA}"}}"#);
    for _ in 0..5 {
        assert_eq!(waapi::act(&mut gateway, "get-chat-presence-snapshot", &snapshot).status, 200);
    }
    assert_eq!(by_waapi(&mut gateway, ANA).status, 200, "the fourth");
    assert_eq!(by_wawp(&mut gateway, ANA).status, 429);
    gateway.advance(40_000);
    assert_eq!(by_wawp(&mut gateway, ANA).status, 429);
    gateway.advance(30_000);
    assert_eq!(by_wawp(&mut gateway, ANA).status, 201, "two refusals are left in the window");
    assert_eq!(by_wawp(&mut gateway, ANA).status, 201);
    assert_eq!(by_wawp(&mut gateway, ANA).status, 201);
    assert_eq!(by_wawp(&mut gateway, ANA).status, 429, "with the refusal of 30 s ago that makes four");
}

#[test]
fn waha_has_no_limit_unless_told() {
    let mut gateway = Gateway::with_ana(Engine::Noweb);
    for number in 0..120 {
        gateway.subscribe(&format!("1555{number:07}@c.us"));
    }
    gateway.control("POST", "limit", r#"{"subscribesPerMinute":1}"#);
    gateway.subscribe(ANA);
    let (_, refusal) = gateway.get(&format!("/api/default/presence/{ANA}"));
    assert_eq!((refusal.status, header(&refusal, "retry-after")), (429, Some("60")));
    assert_eq!(body(&refusal)["statusCode"], 429);
}

#[test]
fn no_limit_at_all_can_be_told() {
    let mut gateway = Gateway::with_ana(Engine::Noweb);
    gateway.control("POST", "limit", r#"{"subscribesPerMinute":0}"#);
    for number in 0..120 {
        assert_eq!(by_wawp(&mut gateway, &format!("1555{number:07}@c.us")).status, 201);
    }
}

#[test]
fn who_hides_last_seen_is_not_told_others_and_is_still_told_that_they_are_online() {
    let mut gateway = Gateway::with_ana(Engine::Noweb);
    assert_eq!(
        gateway.control("POST", "privacy", r#"{"lastSeen":"none"}"#),
        json!({ "lastSeen": "none", "online": "all", "readReceipts": "all" })
    );
    gateway.subscribe(ANA);
    gateway.advance(300);
    gateway.frames.clear();
    gateway.ana("online");
    gateway.control("POST", "act", r#"{"person":"Ana","does":"offline","lastSeen":1794999000}"#);
    assert_eq!(gateway.words(), ["online", "offline"]);
    assert_eq!(gateway.frames[1].json()["payload"]["presences"][0]["lastSeen"], Value::Null);
}

#[test]
fn who_hides_being_online_hears_of_nobody_but_sees_them_type() {
    let mut gateway = Gateway::with_ana(Engine::Noweb);
    gateway.control("POST", "privacy", r#"{"lastSeen":"none","online":"match_last_seen"}"#);
    gateway.subscribe(ANA);
    gateway.advance(300);
    for does in ["online", "typing", "offline"] {
        gateway.ana(does);
    }
    assert_eq!(gateway.words(), ["typing"]);
    gateway.control("POST", "privacy", r#"{"lastSeen":"contacts"}"#);
    gateway.ana("online");
    assert_eq!(gateway.words(), ["typing", "online"], "to match what some may see hides nothing");
}

#[test]
fn the_log_counts_hosted_calls_under_the_same_names() {
    let mut gateway = Gateway::with_ana(Engine::Noweb);
    by_wawp(&mut gateway, ANA);
    wawp::get(&mut gateway, &format!("/wp-json/awp/v1/presence/{ANA}"));
    wawp::post(&mut gateway, "/v2/presence", r#"{"presence":"online"}"#);
    wawp::post(&mut gateway, "/v2/send/start-typing", &format!(r#"{{"chatId":"{ANA}"}}"#));
    wawp::get(&mut gateway, "/v2/session/info");
    let chat = format!(r#"{{"chatId":"{ANA}"}}"#);
    for action in ["get-chat-presence", "get-chat-presence-snapshot", "send-stop-typing", "get-privacy-settings"] {
        waapi::act(&mut gateway, action, &chat);
    }
    waapi::status(&mut gateway);
    let log = gateway.control("GET", "log", "");
    let counts = json!({
        "chatPresence": 2, "getSession": 2, "privacy": 1, "setPresence": 1, "snapshot": 1, "startTyping": 1, "stopTyping": 1,
        "subscribe": 1, "ws": 1,
    });
    assert_eq!(log["counts"], counts);
    let subscribe = log["calls"].as_array().and_then(|calls| calls.iter().find(|call| call["route"] == "subscribe"));
    assert_eq!(subscribe.map(|call| (&call["chat"], &call["status"])), Some((&json!(ANA), &json!(201))));
}

#[test]
fn what_the_hosted_controls_do_not_know_is_refused() {
    let mut gateway = Gateway::with_ana(Engine::Noweb);
    for (verb, body) in [
        ("privacy", r#"{"lastSeen":"friends"}"#),
        ("privacy", r#"{"readReceipts":"contacts"}"#),
        ("limit", r#"{"perMinute":3}"#),
        ("wawp", r#"{"missing":"yaml"}"#),
        ("waapi", r#"{"notReady":"maybe"}"#),
        ("webhooks", r#"{"url":"http://127.0.0.1:9/","face":"waapi","shape":"W2"}"#),
        ("webhooks", r#"{"url":"http://127.0.0.1:9/","face":"baileys"}"#),
    ] {
        let request = Request::new("POST", &format!("/_control/sessions/default/{verb}")).with_json(body);
        assert_eq!(control::handle(&mut gateway.simulator, &request, gateway.now).status, 400, "{verb} {body}");
    }
}
