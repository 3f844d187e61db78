//! What the people of a session see of the account: in the moment, and as it changed.

use serde_json::{Value, json};
use wa_presence_simulator::control;
use wa_presence_simulator::face::waha::Engine;
use wa_presence_simulator::time::Instant;
use wa_presence_simulator::traffic::call::Request;

use crate::gateway::{ANA, Gateway};
use crate::{waapi, wawp};

const CREW: &str = "120363000000009999@g.us";

/// A gateway on which the account is not online by itself, with Ana and Bo, of whom only Ana is in a group.
fn gateway() -> Gateway {
    let mut gateway = Gateway::with_ana(Engine::Gows);
    gateway.control("POST", "people", r#"{"name":"Bo","id":"15550200002@c.us","lid":"990000000002@lid"}"#);
    gateway.control("POST", "groups", &format!(r#"{{"name":"Crew","id":"{CREW}","members":["Ana"]}}"#));
    gateway
}

fn sees(gateway: &mut Gateway, query: &str) -> Value {
    gateway.control("GET", &format!("view?{query}"), "")
}

fn online(gateway: &mut Gateway, who: &str) -> Value {
    sees(gateway, &format!("person={who}"))["online"].clone()
}

/// What Ana sees in her direct chat.
fn activity(gateway: &mut Gateway) -> Value {
    sees(gateway, "person=Ana")["chats"][0]["activity"].clone()
}

/// Everything that was seen so far: where, and what. Everywhere is null.
fn seen(gateway: &mut Gateway) -> Vec<(Value, Value)> {
    let changes = gateway.control("GET", "view/changes", "");
    let changes = changes.as_array().cloned().unwrap_or_default();
    changes.iter().map(|change| (change["chat"].clone(), change["shows"].clone())).collect()
}

/// The activities that were seen so far, without where.
fn activities(gateway: &mut Gateway) -> Vec<Value> {
    seen(gateway).into_iter().filter(|(chat, _)| !chat.is_null()).map(|(_, shows)| shows).collect()
}

fn shortcut(gateway: &mut Gateway, which: &str, chat: &str) {
    let (_, answer) = gateway.post(&format!("/api/{which}"), &format!(r#"{{"session":"default","chatId":"{chat}"}}"#));
    assert_eq!(answer.status, 201);
}

fn set(gateway: &mut Gateway, presence: &str, chat: &str) {
    let body = format!(r#"{{"presence":"{presence}","chatId":"{chat}"}}"#);
    assert_eq!(gateway.post("/api/default/presence", &body).1.status, 201);
}

#[test]
fn nobody_sees_anything_of_who_does_nothing() {
    let mut gateway = gateway();
    let idle = |chat| json!({ "chat": chat, "activity": "none", "sinceMs": null, "untilMs": null, "repeats": null });
    let expected = json!({ "person": ANA, "online": false, "chats": [idle(ANA), idle(CREW)] });
    assert_eq!(sees(&mut gateway, "person=Ana"), expected);
    assert_eq!(gateway.control("GET", "view/changes", ""), json!([]));
    let mut marked = Gateway::with_ana(Engine::Noweb);
    assert_eq!(online(&mut marked, "Ana"), true, "connecting alone shows it online there");
    assert_eq!(marked.control("GET", "view/changes", ""), json!([]), "where it began is no change");
}

/// Makes a call about Ana's chat on the face that its path belongs to; a bare word is an action.
fn call(gateway: &mut Gateway, path: &str, more: &str) {
    let body = format!(r#"{{"session":"default","chatId":"{ANA}"{more}}}"#);
    let answer = match path.split('/').nth(1) {
        None => waapi::act(gateway, path, &body),
        Some("api") => gateway.post(path, &body).1,
        Some(_) => wawp::post(gateway, path, &body),
    };
    assert!(answer.status < 300, "{path}: {}", answer.body);
}

#[test]
fn typing_and_recording_show_in_their_chat_until_they_are_ended_on_every_face() {
    let (presence, v1, v2) = ("/api/default/presence", "/wp-json/awp/v1/presence", "/v2/presence");
    let paused = r#","presence":"paused""#;
    for (start, how, stop, so, shows) in [
        ("/api/startTyping", "", "/api/stopTyping", "", "typing"),
        (presence, r#","presence":"typing""#, presence, paused, "typing"),
        (presence, r#","presence":"recording""#, "/api/stopTyping", "", "recording"),
        (v1, r#","presence":"composing""#, v1, paused, "typing"),
        (v1, r#","presence":"recording""#, "/wp-json/awp/v1/stopTyping", "", "recording"),
        (v2, r#","status":"typing""#, v2, r#","status":"paused""#, "typing"),
        ("/wp-json/awp/v1/startTyping", "", v1, paused, "typing"),
        ("/v2/send/start-typing", "", "/v2/send/stop-typing", "", "typing"),
        ("send-typing", "", "send-stop-typing", "", "typing"),
    ] {
        let mut gateway = gateway();
        call(&mut gateway, start, how);
        assert_eq!(activity(&mut gateway), shows, "{start} {how}");
        call(&mut gateway, stop, so);
        assert_eq!(activity(&mut gateway), "none", "{stop} {so}");
        assert_eq!(activities(&mut gateway), [shows, "none"], "{start} {how}");
    }
}

#[test]
fn an_activity_that_nobody_repeats_ends_after_25_s() {
    let mut gateway = gateway();
    let began = gateway.now.as_ms();
    shortcut(&mut gateway, "startTyping", ANA);
    let chat = sees(&mut gateway, "person=Ana")["chats"][0].clone();
    let expected = json!({
        "chat": ANA, "activity": "typing", "sinceMs": began, "untilMs": began + 25_000, "repeats": 0,
    });
    assert_eq!(chat, expected);
    gateway.advance_to(Instant::from_ms(began + 24_999));
    assert_eq!(activity(&mut gateway), "typing");
    gateway.advance(60_000);
    assert_eq!(activity(&mut gateway), "none");
    let changes = gateway.control("GET", "view/changes?after=1", "");
    let expected = json!([
        { "number": 2, "atMs": began, "chat": ANA, "shows": "typing" },
        { "number": 3, "atMs": began + 25_000, "chat": ANA, "shows": "none" },
        { "number": 4, "atMs": began + 25_000, "chat": null, "shows": "offline" },
    ]);
    assert_eq!(changes, expected, "at the moment it ended, however late anybody asks");
}

#[test]
fn an_activity_fades_by_its_own_time_where_being_online_does_not() {
    let mut gateway = gateway();
    let began = gateway.now.as_ms();
    waapi::act(&mut gateway, "send-typing", &waapi::of(ANA, ""));
    gateway.advance(60_000);
    let expected = json!([
        { "number": 1, "atMs": began, "chat": ANA, "shows": "typing" },
        { "number": 2, "atMs": began + 25_000, "chat": ANA, "shows": "none" },
    ]);
    assert_eq!(gateway.control("GET", "view/changes", ""), expected);
}

#[test]
fn who_repeats_an_activity_keeps_it_up_and_changes_nothing() {
    let mut gateway = gateway();
    let began = gateway.now.as_ms();
    for _ in 0..4 {
        set(&mut gateway, "typing", ANA);
        gateway.advance(20_000);
    }
    let chat = sees(&mut gateway, "person=Ana")["chats"][0].clone();
    assert_eq!((&chat["sinceMs"], &chat["repeats"]), (&json!(began), &json!(3)));
    assert_eq!(activities(&mut gateway), ["typing"]);
    set(&mut gateway, "recording", ANA);
    let chat = sees(&mut gateway, "person=Ana")["chats"][0].clone();
    assert_eq!((&chat["activity"], &chat["repeats"]), (&json!("recording"), &json!(0)));
    assert_eq!(activities(&mut gateway), ["typing", "recording"], "one takes the other's place");
}

#[test]
fn a_lost_connection_ends_everything_at_once() {
    let mut gateway = gateway();
    set(&mut gateway, "typing", ANA);
    set(&mut gateway, "recording", CREW);
    gateway.control("POST", "status", r#"{"status":"STARTING","then":"WORKING","afterMs":1000}"#);
    assert_eq!((online(&mut gateway, "Ana"), activity(&mut gateway)), (json!(false), json!("none")));
    gateway.advance(60_000);
    let (typing, recording, none) = (json!("typing"), json!("recording"), json!("none"));
    let expected = [
        (Value::Null, json!("online")),
        (json!(ANA), typing),
        (json!(CREW), recording),
        (json!(CREW), none.clone()),
        (json!(ANA), none),
        (Value::Null, json!("offline")),
    ];
    assert_eq!(seen(&mut gateway), expected, "and nothing ends twice");
}

#[test]
fn a_message_of_the_owner_ends_their_typing_in_its_chat_only() {
    let mut gateway = gateway();
    set(&mut gateway, "typing", ANA);
    set(&mut gateway, "typing", CREW);
    gateway.control("POST", "act", r#"{"person":"Ana","does":"message"}"#);
    assert_eq!(activity(&mut gateway), "typing", "hers says nothing of theirs");
    gateway.control("POST", "act", r#"{"person":"Ana","does":"message","fromMe":true}"#);
    let chats = sees(&mut gateway, "person=Ana")["chats"].clone();
    assert_eq!((&chats[0]["activity"], &chats[1]["activity"]), (&json!("none"), &json!("typing")));
}

#[test]
fn being_online_shows_for_25_s_after_a_call_or_as_long_as_it_was_set() {
    let mut gateway = gateway();
    gateway.subscribe(ANA);
    assert_eq!(online(&mut gateway, "Ana"), true);
    gateway.advance(25_000);
    assert_eq!(online(&mut gateway, "Ana"), false);
    waapi::act(&mut gateway, "send-presence-available", "{}");
    gateway.advance(600_000);
    assert_eq!(online(&mut gateway, "Ana"), true);
    waapi::act(&mut gateway, "send-presence-available", "{}");
    wawp::post(&mut gateway, "/v2/presence", r#"{"presence":"offline"}"#);
    let shown: Vec<Value> = seen(&mut gateway).into_iter().map(|(_, shows)| shows).collect();
    assert_eq!(shown, ["online", "offline", "online", "offline"]);
}

#[test]
fn who_hides_being_online_is_not_seen_online_and_is_seen_typing_all_the_same() {
    let mut gateway = gateway();
    set(&mut gateway, "typing", ANA);
    gateway.control("POST", "privacy", r#"{"lastSeen":"none","online":"match_last_seen"}"#);
    assert_eq!((online(&mut gateway, "Ana"), activity(&mut gateway)), (Value::Null, json!("typing")));
    gateway.control("POST", "privacy", r#"{"online":"all"}"#);
    assert_eq!(online(&mut gateway, "Ana"), true);
    let shown: Vec<Value> = seen(&mut gateway).into_iter().map(|(_, shows)| shows).collect();
    assert_eq!(shown, ["online", "typing", "offline", "online"]);
}

#[test]
fn who_hides_their_own_is_not_shown_ours() {
    let mut gateway = gateway();
    gateway.control("POST", "people", r#"{"name":"Hana","id":"15550200004@c.us","hidesPresence":true}"#);
    gateway.subscribe(ANA);
    set(&mut gateway, "typing", "15550200004@c.us");
    let hana = sees(&mut gateway, "person=Hana");
    assert_eq!((&hana["online"], &hana["chats"][0]["activity"]), (&Value::Null, &json!("typing")));
    assert_eq!(online(&mut gateway, "Ana"), true);
}

#[test]
fn a_chat_is_one_under_all_its_names() {
    let mut gateway = gateway();
    set(&mut gateway, "typing", "990000000002@lid");
    for query in ["person=Bo", "person=990000000002@lid", "person=15550200002%40c.us", "person=Bo&chat=Bo"] {
        let bo = sees(&mut gateway, query);
        assert_eq!(bo["chats"].as_array().map(Vec::len), Some(1), "{query}");
        assert_eq!((&bo["person"], &bo["chats"][0]["activity"]), (&json!("15550200002@c.us"), &json!("typing")));
    }
    set(&mut gateway, "paused", "15550200002");
    assert_eq!(activities(&mut gateway), ["typing", "none"]);
    assert_eq!(activity(&mut gateway), "none", "and another's chat is another");
}

#[test]
fn a_group_is_seen_by_its_members_alone() {
    let mut gateway = gateway();
    shortcut(&mut gateway, "startTyping", CREW);
    for group in ["Crew", CREW] {
        let chats = sees(&mut gateway, &format!("person=Ana&chat={group}"))["chats"].clone();
        assert_eq!(chats.as_array().map(Vec::len), Some(1));
        assert_eq!((&chats[0]["chat"], &chats[0]["activity"]), (&json!(CREW), &json!("typing")));
    }
    assert_eq!(activity(&mut gateway), "none", "her direct chat is another");
    for (query, status) in [
        ("view?person=Bo&chat=Crew", 404),
        ("view?person=Ana&chat=Elsewhere", 404),
        ("view?person=Carla", 404),
        ("view", 400),
        ("view/changes?after=then", 400),
        ("view/of", 404),
    ] {
        let request = Request::new("GET", &format!("/_control/sessions/default/{query}"));
        let answer = control::handle(&mut gateway.simulator, &request, gateway.now);
        assert_eq!(answer.status, status, "{query} {}", answer.body);
    }
}

#[test]
fn where_nobody_is_nobody_sees_anything_nor_when_a_call_fails() {
    let mut gateway = gateway();
    for nobody in ["15550299999@c.us", "120363000000000001@newsletter", "120363000000008888@g.us"] {
        set(&mut gateway, "typing", nobody);
    }
    gateway.control("POST", "fail", r#"{"status":500,"times":3}"#);
    gateway.post("/api/startTyping", &format!(r#"{{"session":"default","chatId":"{ANA}"}}"#));
    wawp::post(&mut gateway, "/v2/send/start-typing", &waapi::of(ANA, ""));
    waapi::act(&mut gateway, "send-typing", &waapi::of(ANA, ""));
    assert_eq!(activities(&mut gateway), Vec::<Value>::new());
    waapi::act(&mut gateway, "send-typing", &waapi::of(ANA, ""));
    assert_eq!(activities(&mut gateway), ["typing"]);
}

#[test]
fn the_last_256_changes_are_kept_and_numbers_go_on() {
    let mut gateway = gateway();
    for _ in 0..200 {
        set(&mut gateway, "typing", ANA);
        set(&mut gateway, "paused", ANA);
    }
    let numbers = |changes: &Value| -> Vec<u64> {
        let changes = changes.as_array().cloned().unwrap_or_default();
        changes.iter().filter_map(|change| change["number"].as_u64()).collect()
    };
    let all = numbers(&gateway.control("GET", "view/changes", ""));
    assert_eq!(all, (146..=401).collect::<Vec<_>>(), "with being online that makes 401");
    assert_eq!(numbers(&gateway.control("GET", "view/changes?after=399", "")), [400, 401]);
    gateway.control("DELETE", "log", "");
    assert_eq!(numbers(&gateway.control("GET", "view/changes?after=400", "")), [401], "the log is another list");
}
