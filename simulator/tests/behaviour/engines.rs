//! What the engines do differently.

use crate::gateway::{ANA, Gateway};
use serde_json::Value;
use wa_presence_simulator::control;
use wa_presence_simulator::face::waha::Engine;
use wa_presence_simulator::traffic::call::Request;
use wa_presence_simulator::world::population::Population;

fn told_around_a_message(engine: Engine, before: &str) -> Vec<(String, Option<String>, u64)> {
    let mut gateway = Gateway::with_ana(engine);
    gateway.subscribe(ANA);
    gateway.advance(1_000);
    gateway.ana(before);
    gateway.frames.clear();
    let began = gateway.now.as_ms();
    gateway.ana("message");
    gateway.advance(100);
    gateway.frames.iter().map(|frame| (frame.event(), frame.word(), frame.at_ms - began)).collect()
}

fn update(word: &str) -> (String, Option<String>, u64) {
    ("presence.update".to_owned(), Some(word.to_owned()), 0)
}

fn messages() -> [(String, Option<String>, u64); 2] {
    [("message".to_owned(), None, 2), ("message.any".to_owned(), None, 2)]
}

#[test]
fn noweb_invents_online_2_ms_before_the_message_of_someone_typing() {
    let [message, any] = messages();
    assert_eq!(told_around_a_message(Engine::Noweb, "typing"), [update("online"), message, any]);
}

#[test]
fn noweb_invents_nothing_for_someone_recording() {
    assert_eq!(told_around_a_message(Engine::Noweb, "recording"), messages());
}

#[test]
fn gows_invents_paused_for_typing_and_recording() {
    for activity in ["typing", "recording"] {
        let [message, any] = messages();
        assert_eq!(told_around_a_message(Engine::Gows, activity), [update("paused"), message, any]);
    }
}

#[test]
fn nothing_is_invented_when_the_message_comes_under_the_other_id() {
    let mut gateway = Gateway::with_ana(Engine::Noweb);
    gateway.control("POST", "people", r#"{"name":"Lidia","id":"15550200003","lid":"990000000003@lid"}"#);
    gateway.subscribe("15550200003");
    gateway.control("POST", "act", r#"{"person":"Lidia","does":"typing"}"#);
    gateway.frames.clear();
    gateway.control("POST", "act", r#"{"person":"Lidia","does":"message","shownAsLid":false}"#);
    gateway.advance(10);
    assert!(gateway.words().is_empty());
    assert_eq!(gateway.events("message").len(), 1);
}

#[test]
fn noweb_keeps_a_typing_for_ever_and_gows_for_an_hour() {
    for (engine, kept) in [(Engine::Noweb, true), (Engine::Gows, false)] {
        let mut gateway = Gateway::with_ana(engine);
        gateway.subscribe(ANA);
        gateway.advance(1_000);
        gateway.ana("typing");
        gateway.advance(3_600_000);
        let (_, answer) = gateway.get("/api/default/presence");
        assert_eq!(answer.body.contains("typing") || answer.body.contains("0@c.us"), kept, "{}", answer.body);
    }
}

#[test]
fn the_list_of_gows_has_indices_for_ids_and_no_presences() {
    let mut gateway = Gateway::with_ana(Engine::Gows);
    gateway.control("POST", "people", r#"{"name":"Bo","id":"15550200002"}"#);
    gateway.subscribe(ANA);
    gateway.subscribe("15550200002");
    gateway.advance(1_000);
    let (_, answer) = gateway.get("/api/default/presence/");
    assert_eq!(answer.body, r#"[{"id":"0@c.us"},{"id":"1@c.us"}]"#);
}

#[test]
fn the_list_of_noweb_has_what_is_known() {
    let mut gateway = Gateway::with_ana(Engine::Noweb);
    assert_eq!(gateway.get("/api/default/presence").1.body, "[]");
    gateway.subscribe(ANA);
    gateway.advance(300);
    gateway.ana("typing");
    let expected = format!(
        r#"[{{"id":"{ANA}","presences":[{{"participant":"{ANA}","lastKnownPresence":"typing","lastSeen":null}}]}}]"#
    );
    assert_eq!(gateway.get("/api/default/presence").1.body, expected);
}

#[test]
fn reading_one_chat_sleeps_when_noweb_does_not_know_it_and_always_on_gows() {
    let chat = format!("/api/default/presence/{ANA}");
    for (engine, second_sleeps) in [(Engine::Noweb, false), (Engine::Gows, true)] {
        let mut gateway = Gateway::with_ana(engine);
        let (first, answer) = gateway.get(&chat);
        assert!((1_000..1_010).contains(&first), "{first} ms");
        assert!(answer.body.contains("offline"), "it subscribed and read after the sleep: {}", answer.body);
        let (second, _) = gateway.get(&chat);
        assert_eq!(second >= 1_000, second_sleeps, "{second} ms");
    }
}

#[test]
fn an_unknown_chat_reads_as_empty() {
    let mut gateway = Gateway::with_ana(Engine::Noweb);
    let (_, answer) = gateway.get("/api/default/presence/15550209999");
    assert_eq!((answer.status, answer.body.as_str()), (200, r#"{"id":"15550209999@c.us","presences":[]}"#));
}

#[test]
fn a_subscription_answers_nothing_on_noweb_and_an_empty_object_on_gows() {
    for (engine, body) in [(Engine::Noweb, ""), (Engine::Gows, "{}")] {
        let mut gateway = Gateway::new(engine, Population::Empty);
        for chat in ["15550200001@c.us", "15550200001%40c.us", "15550200001"] {
            let (_, answer) = gateway.ask(Request::new("POST", &format!("/api/default/presence/{chat}/subscribe")));
            assert_eq!((answer.status, answer.body.as_str()), (201, body));
        }
    }
}

#[test]
fn an_unknown_presence_is_501_on_noweb_and_500_on_gows() {
    let body = r#"{"presence":"bogus","chatId":"15550200001@c.us"}"#;
    let (_, answer) = Gateway::new(Engine::Noweb, Population::Empty).post("/api/default/presence", body);
    assert_eq!(answer.status, 501);
    assert!(answer.body.starts_with(r#"{"message":"NOWEB engine doesn't support 'bogus' presence."#));
    let (_, answer) = Gateway::new(Engine::Gows, Population::Empty).post("/api/default/presence", body);
    assert_eq!(answer.status, 500);
    assert!(answer.body.contains(r#""exception":{"message":"Invalid presence status""#));
}

// ---- The engines that drive a browser ------------------------------------------------------------------------------

const WEBJS: Engine = Engine::Webjs { tags_events_on: false };
const WEBJS_TELLING: Engine = Engine::Webjs { tags_events_on: true };

#[test]
fn webjs_tells_of_presence_only_with_its_tags_on() {
    for (engine, told) in [(WEBJS, &[][..]), (WEBJS_TELLING, &["offline", "typing", "paused"])] {
        let mut gateway = Gateway::with_ana(engine);
        gateway.subscribe(ANA);
        gateway.advance(1_000);
        gateway.ana("typing");
        gateway.ana("paused");
        gateway.ana("message");
        gateway.advance(100);
        assert_eq!(gateway.words(), told);
        assert_eq!(gateway.events("message").len(), 1, "messages are told in any case");
    }
}

#[test]
fn a_session_of_webjs_says_whether_its_tags_are_on() {
    for (engine, said) in [(WEBJS, "false"), (WEBJS_TELLING, "true")] {
        let (_, answer) = Gateway::with_ana(engine).get("/api/sessions/default");
        assert!(answer.body.contains(&format!(r#""webjs":{{"tagsEventsOn":{said}}}"#)), "{}", answer.body);
        assert!(answer.body.contains(r#""engine":{"engine":"WEBJS"}"#), "{}", answer.body);
    }
}

#[test]
fn webjs_has_no_list_and_says_so_with_501() {
    let (_, answer) = Gateway::with_ana(WEBJS).get("/api/default/presence");
    let body = concat!(
        r#"{"message":"The method is not implemented by 'WEBJS' engine. "#,
        r#"Check the docs and try another engine: https://waha.devlike.pro/","error":"Not Implemented","statusCode":501}"#
    );
    assert_eq!((answer.status, answer.body.as_str()), (501, body));
}

#[test]
fn reading_one_chat_takes_webjs_3_s_each_time_shows_us_online_and_subscribes() {
    let mut gateway = Gateway::with_ana(WEBJS_TELLING);
    for _ in 0..2 {
        let (took, answer) = gateway.get(&format!("/api/default/presence/{ANA}"));
        assert!((3_000..3_010).contains(&took), "{took} ms");
        assert!(answer.body.contains("offline"), "{}", answer.body);
        assert!(gateway.get("/api/sessions/default").1.body.contains(r#""presence":"online""#));
    }
    gateway.ana("online");
    assert_eq!(gateway.words().last().map(String::as_str), Some("online"));
}

#[test]
fn an_answer_of_webjs_knows_no_pause_and_ends_a_typing_after_25_s() {
    // Each read takes 3 s. Hana hides her presence, or each read would bring that instead.
    for (does, waits_ms, read) in [
        ("typing", 21_000, "typing"),
        ("typing", 22_000, "online"),
        ("recording", 0, "recording"),
        ("paused", 0, "online"),
    ] {
        let mut gateway = Gateway::new(WEBJS, Population::Empty);
        gateway.control("POST", "people", r#"{"name":"Hana","id":"15550200004","hidesPresence":true}"#);
        gateway.subscribe("15550200004@c.us");
        gateway.control("POST", "act", &format!(r#"{{"person":"Hana","does":"{does}"}}"#));
        gateway.advance(waits_ms);
        let (_, answer) = gateway.get("/api/default/presence/15550200004@c.us");
        let body: Value = serde_json::from_str(&answer.body).expect("it is JSON");
        assert_eq!(body["presences"][0]["lastKnownPresence"], read, "{does}, {waits_ms} ms");
    }
}

#[test]
fn a_session_is_made_with_any_engine_by_its_name() {
    let mut gateway = Gateway::new(Engine::Noweb, Population::Empty);
    for (name, status) in [("noweb", 200), ("GOWS", 200), ("webjs", 200), ("Wpp", 200), ("VENOM", 400)] {
        let body = format!(r#"{{"name":"one","engine":"{name}","tagsEventsOn":true}}"#);
        let request = Request::new("POST", "/_control/sessions").with_json(&body);
        let answer = control::handle(&mut gateway.simulator, &request, gateway.now);
        assert_eq!(answer.status, status, "{}", answer.body);
    }
}

#[test]
fn webjs_fails_on_bare_digits_and_on_numbers_without_whatsapp() {
    let mut gateway = Gateway::with_ana(WEBJS);
    let typing = |chat: &str| format!(r#"{{"session":"default","presence":"typing","chatId":"{chat}"}}"#);
    assert_eq!(gateway.post("/api/default/presence", &typing(ANA)).1.status, 201);
    assert_eq!(gateway.post("/api/default/presence", &typing("15550200001")).1.status, 500);
    assert_eq!(gateway.post("/api/startTyping", &typing(ANA)).1.body, r#"{"result":true}"#);
    let (_, answer) = gateway.post("/api/startTyping", &typing("15550209999@c.us"));
    assert_eq!(answer.status, 500);
    assert!(answer.body.contains(r#""exception":{"message":"No LID for user 15550209999@c.us""#), "{}", answer.body);
}

#[test]
fn wpp_never_pauses_and_has_no_times() {
    let mut gateway = Gateway::with_ana(Engine::Wpp);
    gateway.control("POST", "act", r#"{"person":"Ana","does":"offline","lastSeen":1795000000}"#);
    gateway.subscribe(ANA);
    gateway.advance(1_000);
    for does in ["typing", "paused", "recording", "message", "offline"] {
        gateway.ana(does);
    }
    gateway.advance(100);
    assert_eq!(gateway.words(), ["offline", "typing", "online", "recording", "offline"]);
    for update in gateway.events("presence.update") {
        assert!(update.json()["payload"]["presences"][0]["lastSeen"].is_null());
    }
}

#[test]
fn wpp_tells_all_it_knows_of_a_group_when_one_member_moves() {
    let mut gateway = Gateway::with_ana(Engine::Wpp);
    gateway.control("POST", "people", r#"{"name":"Bo","id":"15550200002"}"#);
    gateway.control("POST", "groups", r#"{"name":"Team","id":"120363000000000009@g.us","members":["Ana","Bo"]}"#);
    gateway.subscribe("120363000000000009@g.us");
    for person in ["Ana", "Bo"] {
        gateway.control("POST", "act", &format!(r#"{{"person":"{person}","does":"typing","chat":"Team"}}"#));
    }
    gateway.advance(10);
    let told: Vec<usize> = gateway
        .events("presence.update")
        .iter()
        .filter_map(|update| update.json()["payload"]["presences"].as_array().map(Vec::len))
        .collect();
    assert_eq!(told, [1, 2]);
}

#[test]
fn wpp_reads_and_lists_what_it_has_at_once_until_it_restarts() {
    let mut gateway = Gateway::with_ana(Engine::Wpp);
    let chat = format!("/api/default/presence/{ANA}");
    let (took, answer) = gateway.get(&chat);
    assert!(took < 10, "{took} ms");
    assert_eq!(answer.body, format!(r#"{{"id":"{ANA}","presences":[]}}"#), "it subscribes, and does not wait");
    gateway.advance(300);
    gateway.ana("typing");
    gateway.advance(3_600_000);
    assert!(gateway.get(&chat).1.body.contains("typing"));
    assert!(gateway.get("/api/default/presence").1.body.contains("typing"));
    gateway.control("POST", "status", r#"{"status":"STOPPED"}"#);
    gateway.control("POST", "status", r#"{"status":"WORKING"}"#);
    assert_eq!(gateway.get("/api/default/presence").1.body, "[]");
}

#[test]
fn webjs_and_wpp_invent_nothing_answer_a_subscription_with_nothing_and_refuse_an_unknown_presence_with_501() {
    for engine in [WEBJS_TELLING, Engine::Wpp] {
        assert_eq!(told_around_a_message(engine, "typing"), messages());
        let mut gateway = Gateway::with_ana(engine);
        let (_, answer) = gateway.ask(Request::new("POST", &format!("/api/default/presence/{ANA}/subscribe")));
        assert_eq!((answer.status, answer.body.as_str()), (201, ""));
        let (_, answer) = gateway.post("/api/default/presence", &format!(r#"{{"presence":"bogus","chatId":"{ANA}"}}"#));
        assert_eq!(answer.status, 501);
        assert!(answer.body.contains(&format!("{} engine doesn't support 'bogus' presence.", engine.name())));
    }
}
