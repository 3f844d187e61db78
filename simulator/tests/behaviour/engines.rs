//! What the engines do differently.

use crate::gateway::{ANA, Gateway};
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
