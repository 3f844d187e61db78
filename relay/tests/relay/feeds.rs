//! A feed's life: resumed, changed, prolonged, ended, cut off.

use std::time::Duration;

use serde_json::json;
use wa_presence_relay::clock::Clock;
use wa_presence_relay::ticket::Claims;

use super::reader::Reader;
use super::stage::{ANA, Answer, BEN, Face, Stage, claims, signed, ticket, ticket_for, ticket_of};

#[tokio::test]
async fn who_comes_back_with_the_last_id_hears_what_was_missed_and_nothing_twice() {
    let stage = Stage::new(Face::Wawp).await;
    let mut reader = stage.feed(&ticket(), &[ANA], None).await;
    reader.until_leased(&[ANA]).await;
    stage.act("Ana", "online").await;
    reader.until_word(ANA, "online").await;
    let last = reader.last_id.clone().expect("it has one");
    drop(reader);
    stage.act("Ana", "typing").await;
    stage.act("Ana", "paused").await;
    // It arrives while nobody reads.
    let mut other = stage.feed(&ticket_of("other"), &[ANA], None).await;
    stage.act("Ana", "recording").await;
    other.until_word(ANA, "recording").await;
    let mut again = stage.feed(&ticket(), &[ANA], Some(&last)).await;
    let hello = again.until("hello", |_| true).await.data;
    assert_eq!(hello["resumed"], true);
    again.until_word(ANA, "recording").await;
    let words: Vec<_> = again.heard.iter().filter_map(|event| event.data["presences"][0]["word"].as_str()).collect();
    assert_eq!(words, ["typing", "paused", "recording"], "{:?}", again.heard);
    assert!(!again.names().contains(&"snapshot") && !again.names().contains(&"reset"), "{:?}", again.names());
}

#[tokio::test]
async fn what_is_forgotten_begins_anew() {
    let stage = Stage::with(Face::Wawp, "", "[limits]\nbuffer = 2").await;
    let mut reader = stage.feed(&ticket(), &[ANA], None).await;
    reader.until_leased(&[ANA]).await;
    let last = reader.last_id.clone().expect("it has one");
    for does in ["online", "typing", "recording", "online"] {
        stage.act("Ana", does).await;
        reader.until_word(ANA, does).await;
    }
    for id in [last.as_str(), "no position", "0000000000000000-5"] {
        let mut again = stage.feed(&ticket(), &[ANA], Some(id)).await;
        again.until("snapshot", |data| data["availability"] == "online").await;
        assert_eq!(again.names()[..2], ["hello", "reset"]);
    }
}

#[tokio::test]
async fn a_relay_that_is_killed_and_restarted_says_lapsed_until_it_knows_again() {
    let mut stage = Stage::new(Face::Waapi).await;
    let mut reader = stage.feed(&ticket(), &[ANA], None).await;
    reader.until_leased(&[ANA]).await;
    stage.act("Ana", "online").await;
    reader.until("knowledge", |data| data["state"] == "live").await;
    let last = reader.last_id.clone().expect("it has one");
    stage.relay.kill();
    while reader.next().await.is_some() {}
    stage.act("Ana", "typing").await;
    stage.relay.restart();
    let mut again = stage.feed(&ticket(), &[ANA], Some(&last)).await;
    let snapshot = again.until("snapshot", |_| true).await.data;
    assert_eq!(again.names(), ["hello", "reset", "snapshot"]);
    let knowledge = &snapshot["knowledge"];
    assert_eq!((&knowledge["state"], &knowledge["reason"]), (&"lapsed".into(), &"feed".into()));
    assert_eq!(snapshot["availability"], "unknown");
    again.until("knowledge", |data| data["state"] == "live").await;
    // What fell into the gap is told again because it is subscribed to again.
    let told = format!("{:?}", again.heard);
    assert!(told.contains("String(\"typing\")"), "{told}");
    for event in &again.heard {
        assert_ne!(event.data["availability"], "offline");
        assert!(event.name != "knowledge" || event.data["state"] != "waiting", "{event:?}");
    }
    // The calls before the restart count in the budget after it.
    let budget = again.until("budget", |_| true).await.data;
    assert!(budget["spent"].as_u64() >= Some(2), "{budget}");
}

async fn change(stage: &Stage, ticket: &str, feed: &str, chats: &[&str]) -> Answer {
    let chats: Vec<_> = chats.iter().map(|chat| json!({ "chat": chat })).collect();
    let bearer = format!("Bearer {ticket}");
    let (path, body) = (format!("/feed/{feed}"), json!({ "chats": chats }).to_string());
    stage.send(reqwest::Method::PUT, &path, &[("authorization", &bearer)], body).await
}

async fn name_of(reader: &mut Reader) -> String {
    let hello = reader.until("hello", |_| true).await.data;
    hello["feed"].as_str().expect("a name").to_owned()
}

#[tokio::test]
async fn a_feed_follows_other_chats_when_told_by_its_own_subject_alone() {
    let stage = Stage::new(Face::Wawp).await;
    let mut reader = stage.feed(&ticket(), &[ANA], None).await;
    let feed = name_of(&mut reader).await;
    assert_eq!(change(&stage, &ticket_of("somebody"), &feed, &[BEN]).await.status, 404);
    assert_eq!(change(&stage, &ticket(), "0", &[BEN]).await.status, 404);
    assert_eq!(change(&stage, &ticket_for(&[ANA]), &feed, &[BEN]).await.status, 403);
    assert_eq!(change(&stage, &ticket(), &feed, &[BEN]).await.status, 200);
    reader.until("snapshot", |data| data["chat"] == BEN).await;
    reader.until_leased(&[BEN]).await;
    stage.act("Ana", "typing").await;
    stage.act("Ben", "typing").await;
    reader.until_word(BEN, "typing").await;
    let told = |event: &super::reader::Event| event.name == "observation" && event.data["chat"] == ANA;
    assert!(!reader.heard.iter().any(told), "{:?}", reader.heard);
}

#[tokio::test]
async fn a_feed_ends_with_its_ticket_and_a_newer_one_prolongs_it() {
    let stage = Stage::new(Face::Wawp).await;
    let soon = Clock::new().wall().as_ms() / 1_000 + 2;
    let short = signed(&Claims { exp: soon, ..claims() });
    let mut prolonged = stage.feed(&short, &[ANA], None).await;
    let feed = name_of(&mut prolonged).await;
    let longer = change(&stage, &ticket(), &feed, &[ANA]).await;
    assert!(longer.json["expiresAtMs"].as_u64() > Some(soon * 1_000 + 1_000), "{}", longer.text);
    let mut ends = stage.feed(&short, &[ANA], None).await;
    ends.until("expired", |_| true).await;
    assert!(Clock::new().wall().as_ms() >= soon * 1_000);
    assert!(ends.next().await.is_none(), "nothing comes after it");
    prolonged.until_leased(&[ANA]).await;
    stage.act("Ana", "typing").await;
    prolonged.until_word(ANA, "typing").await;
}

#[tokio::test]
async fn an_idle_feed_is_kept_open_by_heartbeats() {
    let stage = Stage::with(Face::Wawp, "", "[limits]\nheartbeat_ms = 100").await;
    let mut reader = stage.feed(&ticket(), &[], None).await;
    let beats = async {
        while reader.comments < 3 {
            // It says nothing else for long: what is waited for are the comments in between.
            let _ = tokio::time::timeout(Duration::from_millis(50), reader.next()).await;
        }
    };
    tokio::time::timeout(super::stage::PATIENCE, beats).await.expect("they come");
}

#[tokio::test]
async fn one_subject_does_not_take_all_feeds() {
    let stage = Stage::with(Face::Wawp, "", "[limits]\nfeeds_per_subject = 2").await;
    let first = stage.feed(&ticket(), &[ANA], None).await;
    let _second = stage.feed(&ticket(), &[ANA], None).await;
    let bearer = format!("Bearer {}", ticket());
    let third = stage.post("/feed", &[("authorization", &bearer)], r#"{"chats":[]}"#).await;
    assert_eq!((third.status, &third.json["code"]), (429, &"rate-limited".into()));
    assert!(third.headers.contains_key("retry-after"));
    drop(first);
    let opened = async {
        loop {
            let request = stage.client.post(format!("{}/feed", stage.relay.url)).bearer_auth(ticket());
            if request.body(r#"{"chats":[]}"#).send().await.expect("an answer").status() == 200 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(super::stage::PATIENCE, opened).await.expect("there is room again");
}

#[tokio::test]
async fn a_reader_that_stops_reading_is_cut_off_and_may_resume() {
    let limits = "[limits]\nbacklog = 8\nrequests_per_minute = 10000";
    let stage = Stage::with(Face::Wawp, "max_watched_chats = 10000", limits).await;
    let mut reader = stage.feed(&ticket(), &[ANA], None).await;
    let feed = name_of(&mut reader).await;
    reader.until("snapshot", |_| true).await;
    // Some hundred kilobytes at a time, of which nobody reads any.
    let sets: Vec<Vec<String>> =
        (0..2).map(|set| (0..1_000).map(|chat| format!("15557{set}{chat:05}@c.us")).collect()).collect();
    let cut_off = async {
        for set in sets.iter().cycle() {
            let set: Vec<&str> = set.iter().map(String::as_str).collect();
            // It is gone for changes once all that waits is on its way.
            let changed = change(&stage, &ticket(), &feed, &set).await.status;
            assert!(changed == 200 || changed == 404, "{changed}");
            let metrics = stage.send(reqwest::Method::GET, "/metrics", &[], "").await.text;
            if metrics.contains("account{account=\"support\",of=\"feeds_cut_off\"} 1") {
                break;
            }
        }
    };
    tokio::time::timeout(super::stage::PATIENCE * 2, cut_off).await.expect("it is cut off");
    // What waits is still told; then the stream ends.
    while reader.next().await.is_some() {}
    let last = reader.last_id.clone().expect("it has one");
    let mut again = stage.feed(&ticket(), &[ANA], Some(&last)).await;
    assert_eq!(again.until("hello", |_| true).await.data["resumed"], true);
}
