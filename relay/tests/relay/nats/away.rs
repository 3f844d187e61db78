//! NATS that is killed, and comes back with nothing.

use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use super::{readiness, two, until_ready};
use crate::stage::{ANA, BEN, Face, ticket, ticket_of};

#[tokio::test]
async fn without_nats_nothing_is_claimed_or_asked_and_with_it_all_goes_on_within_ten_seconds() {
    let (mut nats, stage, other) = two(Face::Wawp, "", "").await;
    let mut here = stage.feed(&ticket(), &[ANA], None).await;
    let mut there = stage.feed_at(&other, &ticket_of("two"), &[ANA], None).await;
    here.until_leased(&[ANA]).await;
    there.until_leased(&[ANA]).await;
    stage.act("Ana", "online").await;
    here.until("knowledge", |data| data["state"] == "live").await;
    there.until("knowledge", |data| data["state"] == "live").await;
    let last = here.last_id.clone().expect("it has one");
    let calls = stage.count("subscribe").await;

    nats.kill();
    for reader in [&mut here, &mut there] {
        reader.until("session", |data| data["connection"] == "reconnecting").await;
        let lapsed = reader.until("knowledge", |data| data["state"] == "lapsed").await.data;
        assert_eq!((&lapsed["chat"], &lapsed["reason"]), (&ANA.into(), &"feed".into()));
    }
    for relay in [&stage.relay, &other] {
        let (status, said) = readiness(&stage, relay).await;
        assert_eq!(status, 503);
        assert!(said.contains("NATS"), "{said}");
    }
    // Whoever comes meanwhile hears the same; nothing can be asked, and webhooks are turned away, to come again.
    let mut meanwhile = stage.feed(&ticket_of("three"), &[BEN], None).await;
    let told = meanwhile.until("snapshot", |_| true).await.data;
    assert_eq!((&told["availability"], &told["knowledge"]["state"]), (&"unknown".into(), &"lapsed".into()));
    let body = json!({ "call": "get", "chat": BEN }).to_string();
    let refused = stage.post("/call", &[("authorization", &format!("Bearer {}", ticket()))], body).await;
    assert_eq!((refused.status, &refused.json["code"]), (503, &"closed".into()));
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(stage.count("subscribe").await, calls, "nobody drives, so nobody subscribes");

    nats.run().await;
    let back = Instant::now();
    for relay in [&stage.relay, &other] {
        until_ready(&stage, relay).await;
    }
    for reader in [&mut here, &mut there] {
        reader.until("snapshot", |data| data["knowledge"]["state"] == "live").await;
    }
    stage.act("Ana", "typing").await;
    here.until_word(ANA, "typing").await;
    there.until_word(ANA, "typing").await;
    meanwhile.until_leased(&[BEN]).await;
    let took = back.elapsed();
    println!("all goes on {took:?} after NATS is back");
    assert!(took < Duration::from_secs(10), "{took:?}");
    // What was live is known still, to whoever drove; the other chat is new.
    assert!(stage.count("subscribe").await <= calls + 2, "no storm of asks");
    // A place in the stream that was lost is nowhere in the new one.
    let mut again = stage.feed_at(&other, &ticket_of("four"), &[ANA], Some(&last)).await;
    again.until("snapshot", |data| data["availability"] == "online").await;
    assert_eq!(again.names()[..2], ["hello", "reset"]);
    for relay in [&stage.relay, &other] {
        assert!(!relay.logged().contains("panicked"), "{}", relay.logged());
    }
}
