//! A relay that dies or ends, and feeds that go on at the other.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use super::{drives, two, until_driven_by};
use crate::reader::{Event, Reader};
use crate::stage::{ANA, BEN, Face, PATIENCE, Stage, ticket, ticket_of};

/// The ids of all observations in a feed that somebody does something, in order.
fn observed(reader: &Reader) -> Vec<String> {
    let acted = |word: &str| matches!(word, "online" | "typing" | "recording");
    let does = |event: &&Event| event.data["presences"][0]["word"].as_str().is_some_and(acted);
    let observations = reader.heard.iter().filter(does);
    observations.filter_map(|event| event.data["id"].as_str().map(str::to_owned)).collect()
}

fn assert_once(ids: &[String]) {
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "nothing twice: {ids:?}");
}

#[tokio::test]
async fn a_feed_at_one_relay_hears_what_is_posted_to_the_other_and_copies_count_once() {
    let (_nats, stage, other) = two(Face::Wawp, "", "").await;
    let mut here = stage.feed(&ticket(), &[ANA], None).await;
    let mut there = stage.feed_at(&other, &ticket_of("two"), &[ANA, BEN], None).await;
    here.until_leased(&[ANA]).await;
    there.until_leased(&[ANA, BEN]).await;
    assert_eq!(stage.count("subscribe").await, 2, "one call for each chat, whoever follows it");
    for does in ["online", "typing", "recording"] {
        stage.act("Ana", does).await;
        let one = here.until_word(ANA, does).await;
        let two = there.until_word(ANA, does).await;
        assert_eq!(one.id, two.id, "a position means the same at each relay");
    }
    assert_eq!(observed(&here).len(), 3, "{:?}", here.heard);
    assert_once(&observed(&there));
}

#[tokio::test]
async fn a_call_at_either_relay_is_made_by_whoever_drives() {
    let (_nats, stage, other) = two(Face::Waapi, "", "").await;
    for relay in [&stage.relay, &other] {
        let body = json!({ "call": "get", "chat": BEN }).to_string();
        let request = stage.client.post(format!("{}/call", relay.url)).bearer_auth(ticket()).body(body);
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), 200);
        let body = json!({ "call": "recording", "chat": BEN }).to_string();
        let request = stage.client.post(format!("{}/call", relay.url)).bearer_auth(ticket()).body(body);
        assert_eq!(request.send().await.expect("an answer").status(), 501, "a refusal is carried over as it is");
    }
}

/// Acts until somebody has driven again for a while, and gives back how often.
async fn act_on(stage: &Stage, times: usize) {
    for turn in 0..times {
        stage.act("Ana", ["typing", "recording"][turn % 2]).await;
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
}

#[tokio::test]
async fn a_relay_that_drives_is_killed_in_mid_flow_and_its_feeds_go_on_at_the_other() {
    let (_nats, mut stage, other) = two(Face::Wawp, "", "").await;
    let mut killed = stage.feed(&ticket(), &[ANA, BEN], None).await;
    let mut witness = stage.feed_at(&other, &ticket_of("witness"), &[ANA], None).await;
    killed.until_leased(&[ANA, BEN]).await;
    witness.until_leased(&[ANA]).await;
    assert!(drives(&stage.relay));
    act_on(&stage, 20).await;
    // What is known is kept every two seconds; what came since is in the webhooks that wait.
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    act_on(&stage, 20).await;
    let calls = stage.count("subscribe").await;
    stage.relay.kill();
    let began = Instant::now();
    act_on(&stage, 40).await;
    while killed.next().await.is_some() {}
    let last = killed.last_id.clone().expect("it has one");
    let mut again = stage.feed_at(&other, &ticket(), &[ANA, BEN], Some(&last)).await;
    assert_eq!(again.until("hello", |_| true).await.data["resumed"], true);
    until_driven_by(&other).await;
    act_on(&stage, 20).await;
    stage.act("Ana", "message").await;
    let is_message = |data: &serde_json::Value| data["message"].is_object();
    again.until("observation", is_message).await;
    witness.until("observation", is_message).await;
    println!("another drives {:?} after the kill at the latest", began.elapsed());
    let both: Vec<_> = observed(&killed).into_iter().chain(observed(&again)).collect();
    assert_eq!(observed(&witness).len(), 100, "all that was told is heard");
    assert_eq!(both, observed(&witness), "the feed that moved heard all of it, in order, and nothing twice");
    assert!(!again.names().contains(&"reset"), "{:?}", again.names());
    assert_once(&both);
    assert_eq!(stage.count("subscribe").await, calls, "nothing that was live is asked for again");
}

#[tokio::test]
async fn asked_to_end_a_relay_hands_over_at_once() {
    let (_nats, mut stage, other) = two(Face::Wawp, "", "").await;
    let mut reader = stage.feed(&ticket(), &[ANA], None).await;
    reader.until_leased(&[ANA]).await;
    stage.act("Ana", "online").await;
    reader.until_word(ANA, "online").await;
    let calls = stage.count("subscribe").await;
    assert_eq!(stage.relay.terminate().await, Some(0));
    let ended = Instant::now();
    while reader.next().await.is_some() {}
    let last = reader.last_id.clone().expect("it has one");
    let mut again = stage.feed_at(&other, &ticket(), &[ANA], Some(&last)).await;
    until_driven_by(&other).await;
    assert!(ended.elapsed() < Duration::from_secs(3), "its key does not have to end by itself");
    stage.act("Ana", "typing").await;
    again.until_word(ANA, "typing").await;
    assert_eq!(again.heard[0].data["resumed"], true);
    assert_eq!(stage.count("subscribe").await, calls);
}

#[tokio::test]
async fn a_chat_that_is_followed_at_no_other_relay_is_told_of_there_when_it_is() {
    let (_nats, stage, other) = two(Face::Waha, "", "").await;
    let mut first = stage.feed(&ticket(), &[ANA], None).await;
    first.until_leased(&[ANA]).await;
    stage.act("Ana", "online").await;
    first.until_word(ANA, "online").await;
    let mut second = stage.feed_at(&other, &ticket_of("two"), &[ANA, BEN], None).await;
    let known = second.until("snapshot", |data| data["chat"] == ANA).await.data;
    assert_eq!((&known["availability"], &known["knowledge"]["state"]), (&"online".into(), &"live".into()));
    second.until_leased(&[BEN]).await;
    stage.act("Ben", "typing").await;
    second.until_word(BEN, "typing").await;
}

#[tokio::test]
async fn a_relay_that_stood_still_while_another_took_over_tells_nothing_twice_and_drives_no_more() {
    let (_nats, stage, other) = two(Face::Wawp, "", "").await;
    let mut witness = stage.feed_at(&other, &ticket_of("witness"), &[ANA], None).await;
    witness.until_leased(&[ANA]).await;
    act_on(&stage, 10).await;
    stage.relay.signal("-STOP");
    act_on(&stage, 10).await;
    until_driven_by(&other).await;
    act_on(&stage, 10).await;
    stage.relay.signal("-CONT");
    act_on(&stage, 10).await;
    let stands_back = async {
        while drives(&stage.relay) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, stands_back).await.expect("it knows that another drives");
    stage.act("Ana", "message").await;
    witness.until("observation", |data| data["message"].is_object()).await;
    assert_eq!(observed(&witness).len(), 40, "all of it");
    assert_once(&observed(&witness));
    assert!(drives(&other));
}
