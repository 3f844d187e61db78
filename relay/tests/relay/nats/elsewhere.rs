//! A page's request that comes to a relay which has not its feed.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::two;
use crate::process::Relay;
use crate::stage::{ANA, BEN, Face, Stage, ticket, ticket_for, ticket_of};

async fn change(stage: &Stage, at: &Relay, ticket: &str, feed: &str, chat: &str) -> (StatusCode, Value) {
    let body = json!({ "chats": [{ "chat": chat, "priority": "focused" }] }).to_string();
    let request = stage.client.put(format!("{}/feed/{feed}", at.url)).bearer_auth(ticket).body(body);
    let answer = request.send().await.expect("an answer");
    let status = answer.status();
    (status, serde_json::from_str(&answer.text().await.expect("a body")).expect("JSON"))
}

#[tokio::test]
async fn a_feed_is_changed_through_any_relay_and_goes_on_where_it_is() {
    let (_nats, mut stage, other) = two(Face::Wawp, "", "").await;
    let mut reader = stage.feed(&ticket(), &[ANA], None).await;
    let feed = reader.until("hello", |_| true).await.data["feed"].as_str().expect("a name").to_owned();
    reader.until_leased(&[ANA]).await;

    assert_eq!(change(&stage, &other, &ticket_of("somebody"), &feed, BEN).await.0, 404);
    let (status, refusal) = change(&stage, &other, &ticket_for(&[ANA]), &feed, BEN).await;
    assert_eq!((status, &refusal["places"]), (StatusCode::FORBIDDEN, &json!([0])), "{refusal}");
    let (status, changed) = change(&stage, &other, &ticket(), &feed, BEN).await;
    assert_eq!(status, 200, "{changed}");
    assert!(changed["expiresAtMs"].as_u64().is_some(), "{changed}");

    reader.until("snapshot", |data| data["chat"] == BEN).await;
    reader.until_leased(&[BEN]).await;
    stage.act("Ana", "typing").await;
    stage.act("Ben", "typing").await;
    reader.until_word(BEN, "typing").await;
    assert!(!reader.heard.iter().any(|event| event.name == "observation" && event.data["chat"] == ANA));

    stage.relay.kill();
    let (status, refusal) = change(&stage, &other, &ticket(), &feed, ANA).await;
    assert_eq!((status, &refusal["code"]), (StatusCode::NOT_FOUND, &json!("not-found")), "who is gone has no feeds");
    let unknown = format!("{:032x}", 1);
    assert_eq!(change(&stage, &other, &ticket(), &unknown, ANA).await.0, 404);
}
