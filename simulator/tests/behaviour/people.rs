//! The people: what they do by themselves, and what of it an account gets to know.

use crate::gateway::{ANA, Frame, Gateway};
use wa_presence_simulator::face::waha::Engine;
use wa_presence_simulator::world::population::Population;

const FIONA: &str = "15550100001@c.us";

fn typing_of(gateway: &Gateway, who: &str) -> Vec<u64> {
    let about = |frame: &&Frame| frame.json()["payload"]["id"] == who && frame.word().as_deref() == Some("typing");
    gateway.frames.iter().filter(about).map(|frame| frame.at_ms).collect()
}

#[test]
fn who_forgets_to_pause_types_within_3_s_again_every_40_s_and_never_pauses() {
    for engine in [Engine::Noweb, Engine::Gows] {
        let mut gateway = Gateway::new(engine, Population::Demo);
        gateway.listen();
        gateway.subscribe(FIONA);
        gateway.advance(600_000);
        let typing = typing_of(&gateway, FIONA);
        assert!(typing[0] <= 3_000, "first at {} ms", typing[0]);
        for pair in typing.windows(2) {
            let gap = pair[1] - pair[0];
            assert!((30_000..=41_000).contains(&gap), "{gap} ms between two starts");
        }
        let others = gateway.frames.iter().filter(|frame| frame.json()["payload"]["id"] == FIONA);
        let words: Vec<_> = others.filter_map(Frame::word).filter(|word| word != "typing").collect();
        assert_eq!(words, ["online"], "only the answer to the subscription");
    }
}

#[test]
fn asking_again_and_again_does_not_keep_a_forgotten_typing_alive() {
    let mut gateway = Gateway::new(Engine::Noweb, Population::Demo);
    gateway.listen();
    for _ in 0..60 {
        gateway.subscribe(FIONA);
        gateway.advance(1_000);
    }
    for pair in typing_of(&gateway, FIONA).windows(2) {
        assert!(pair[1] - pair[0] > 15_000);
    }
}

#[test]
fn the_same_seed_tells_the_same_story() {
    let story = || {
        let mut gateway = Gateway::new(Engine::Noweb, Population::Demo);
        gateway.listen();
        for number in 1..=12 {
            gateway.subscribe(&format!("1555010{number:04}@c.us"));
        }
        gateway.subscribe("120363000000000001@g.us");
        gateway.advance(300_000);
        gateway.frames.iter().map(|frame| frame.text.clone()).collect::<Vec<_>>()
    };
    let told = story();
    assert!(told.len() > 100, "{} events in 5 minutes", told.len());
    assert_eq!(told, story());
}

#[test]
fn a_story_contains_every_word_and_groups_and_messages() {
    let mut gateway = Gateway::new(Engine::Noweb, Population::Demo);
    gateway.listen();
    for number in 1..=12 {
        gateway.subscribe(&format!("1555010{number:04}@c.us"));
    }
    gateway.subscribe("120363000000000001@g.us");
    gateway.subscribe("120363000000000002@g.us");
    gateway.advance(600_000);
    let words = gateway.words();
    for word in ["online", "offline", "typing", "recording", "paused"] {
        assert!(words.iter().any(|seen| seen == word), "nobody was ever {word}");
    }
    let group = |frame: &Frame| frame.json()["payload"]["id"].as_str().is_some_and(|id| id.ends_with("@g.us"));
    assert!(gateway.events("presence.update").iter().any(group));
    assert!(!gateway.events("message").is_empty());
    assert!(!gateway.events("message.ack").is_empty());
}

#[test]
fn presence_reaches_only_those_who_subscribed_and_messages_reach_everyone() {
    let mut gateway = Gateway::with_ana(Engine::Noweb);
    gateway.ana("online");
    gateway.ana("typing");
    assert!(gateway.frames.is_empty());
    gateway.ana("message");
    gateway.advance(10);
    assert_eq!(gateway.events("message").len(), 1);
    gateway.subscribe(ANA);
    gateway.ana("typing");
    assert_eq!(gateway.words().last().map(String::as_str), Some("typing"));
}

#[test]
fn a_subscription_is_answered_with_what_the_person_shows() {
    let mut gateway = Gateway::with_ana(Engine::Noweb);
    gateway.control("POST", "act", r#"{"person":"Ana","does":"offline","lastSeen":1686719326}"#);
    gateway.subscribe(ANA);
    gateway.advance(300);
    let payload = gateway.frames[0].json()["payload"].clone();
    assert_eq!(payload["presences"][0]["lastKnownPresence"], "offline");
    assert_eq!(payload["presences"][0]["lastSeen"], 1_686_719_326);
}

#[test]
fn who_hides_is_never_reported_online_or_offline_but_types_visibly() {
    let mut gateway = Gateway::with_ana(Engine::Noweb);
    gateway.control("POST", "people", r#"{"name":"Hana","id":"15550200002","hidesPresence":true}"#);
    gateway.subscribe("15550200002@c.us");
    for does in ["online", "typing", "paused", "offline"] {
        gateway.control("POST", "act", &format!(r#"{{"person":"Hana","does":"{does}"}}"#));
    }
    gateway.advance(1_000);
    assert_eq!(gateway.words(), ["typing", "paused"]);
}

#[test]
fn who_lives_behind_a_hidden_id_is_subscribed_by_phone_and_seen_by_lid() {
    let mut gateway = Gateway::with_ana(Engine::Noweb);
    gateway.control("POST", "people", r#"{"name":"Lidia","id":"15550200003","lid":"990000000003@lid"}"#);
    gateway.subscribe("15550200003@c.us");
    gateway.control("POST", "act", r#"{"person":"Lidia","does":"typing"}"#);
    let payload = gateway.frames.last().expect("she was seen").json()["payload"].clone();
    assert_eq!(payload["id"], "990000000003@lid");
    assert_eq!(payload["presences"][0]["participant"], "990000000003@lid");
    let (_, answer) = gateway.get("/api/default/lids/990000000003%40lid");
    assert_eq!(answer.body, r#"{"lid":"990000000003@lid","pn":"15550200003@c.us"}"#);
    let (_, answer) = gateway.get("/api/default/lids/pn/15550200003");
    assert_eq!(answer.body, r#"{"lid":"990000000003@lid","pn":"15550200003@c.us"}"#);
    let (_, answer) = gateway.get("/api/default/lids/1@lid");
    assert_eq!(answer.body, r#"{"lid":"1@lid","pn":null}"#);
}

#[test]
fn typing_in_a_group_is_told_to_those_who_watch_the_group() {
    let mut gateway = Gateway::with_ana(Engine::Noweb);
    gateway.control("POST", "groups", r#"{"name":"Crew","id":"120363000000009999@g.us","members":["Ana"]}"#);
    gateway.subscribe("120363000000009999@g.us");
    gateway.control("POST", "act", r#"{"person":"Ana","chat":"Crew","does":"typing"}"#);
    let payload = gateway.frames[0].json()["payload"].clone();
    assert_eq!(payload["id"], "120363000000009999@g.us");
    assert_eq!(payload["presences"][0]["participant"], ANA);
    gateway.ana("typing");
    assert_eq!(gateway.frames.len(), 1, "her direct chat is not watched");
}

#[test]
fn a_lease_ends_without_a_word() {
    let mut gateway = Gateway::with_ana(Engine::Noweb);
    let request = wa_presence_simulator::traffic::call::Request::new("POST", "/_control/sessions")
        .with_json(r#"{"name":"default","leaseMs":[20000,60000]}"#);
    let answer = wa_presence_simulator::control::handle(&mut gateway.simulator, &request, gateway.now);
    assert_eq!(answer.status, 200);
    gateway.control("POST", "people", &format!(r#"{{"name":"Ana","id":"{ANA}"}}"#));
    gateway.subscribe(ANA);
    gateway.advance(19_000);
    gateway.ana("typing");
    assert!(gateway.words().contains(&"typing".to_owned()));
    gateway.advance(41_001);
    let before = gateway.frames.len();
    gateway.ana("paused");
    assert_eq!(gateway.frames.len(), before);
}
