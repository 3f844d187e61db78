//! One budget, however many relays spend it.

use std::time::Duration;

use serde_json::{Value, json};

use super::{two, until_driven_by};
use crate::stage::{Face, Stage, ticket, ticket_of};

const BUDGET: usize = 4;
/// Longest until the budget has places again.
const NEXT_WINDOW: Duration = Duration::from_secs(90);

/// When calls that subscribe came, by the gateway's clock, in ms.
async fn subscribed_at(stage: &Stage) -> Vec<u64> {
    let url = format!("{}/_control/sessions/default/log", stage.gateway);
    let log: Value = stage.client.get(url).send().await.expect("it answers").json_value().await;
    let calls = log["calls"].as_array().cloned().unwrap_or_default();
    calls.iter().filter(|call| call["route"] == "subscribe").filter_map(|call| call["atMs"].as_u64()).collect()
}

trait JsonValue {
    async fn json_value(self) -> Value;
}

impl JsonValue for reqwest::Response {
    async fn json_value(self) -> Value {
        serde_json::from_str(&self.text().await.expect("a body")).expect("JSON")
    }
}

/// So many people of whom nobody has asked yet, and a gateway that sets no limit itself.
async fn people(stage: &Stage, count: usize) -> Vec<String> {
    let chats: Vec<String> = (0..count).map(|n| format!("155503000{n:02}@c.us")).collect();
    for chat in &chats {
        stage.control("people", json!({ "name": format!("P {chat}"), "id": chat })).await;
    }
    stage.control("limit", json!({ "subscribesPerMinute": 0 })).await;
    chats
}

#[tokio::test]
async fn what_another_relay_spends_meanwhile_is_not_there_to_be_spent_whatever_this_one_knows_of_it() {
    let (nats, stage, _other) = two(Face::Wawp, &format!("calls_per_minute = {BUDGET}"), "").await;
    let chats = people(&stage, 8).await;
    let chats: Vec<&str> = chats.iter().map(String::as_str).collect();
    // As two that both believe that they drive would: each asks NATS alone.
    let context = async_nats::jetstream::new(async_nats::connect(nats.url()).await.expect("it answers"));
    for _ in 1..BUDGET {
        let place = context.publish("wa.budget.support", "".into()).await.expect("sent");
        place.await.expect("there is a place");
    }
    let _feed = stage.feed(&ticket(), &chats, None).await;
    stage.until_count("subscribe", 1).await;
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert_eq!(stage.count("subscribe").await, 1, "{:?}", subscribed_at(&stage).await);
}

#[tokio::test]
async fn a_relay_that_takes_over_spends_what_the_other_left_of_the_budget_and_no_more() {
    let (mut nats, mut stage, other) = two(Face::Wawp, &format!("calls_per_minute = {BUDGET}"), "").await;
    let chats = people(&stage, 12).await;
    let chats: Vec<&str> = chats.iter().map(String::as_str).collect();
    let _here = stage.feed(&ticket(), &chats[..6], None).await;
    let _there = stage.feed_at(&other, &ticket_of("two"), &chats[3..], None).await;
    stage.until_count("subscribe", 2).await;
    stage.relay.kill();
    until_driven_by(&other).await;
    stage.until_count("subscribe", BUDGET as u64).await;
    // A NATS that is killed knows what was spent, and so does whoever begins anew.
    nats.kill();
    nats.run().await;
    stage.relay.restart();
    tokio::time::sleep(Duration::from_secs(6)).await;
    assert_eq!(stage.count("subscribe").await, BUDGET as u64, "{:?}", subscribed_at(&stage).await);
    // And when the window is over, as many again.
    tokio::time::timeout(NEXT_WINDOW, stage.until_count_in_time("subscribe", BUDGET as u64 + 1))
        .await
        .expect("more calls");
    tokio::time::sleep(Duration::from_secs(3)).await;
    let at = subscribed_at(&stage).await;
    assert!(at.len() > BUDGET, "{at:?}");
    for window in at.windows(BUDGET + 1) {
        assert!(window[BUDGET] - window[0] >= 60_000, "{at:?}");
    }
}
