//! Secrets, numbers and bodies, searched for in everything that operators see.

use serde_json::json;
use wa_presence_relay::ticket::Claims;

use super::stage::{ADMIN_KEY, ANA, BEN, Face, HOOK_SECRET, Stage, TICKET_KEY, WAAPI, WAWP, claims, signed, ticket};

/// A day in the life of a relay, refusals included.
async fn exercise(face: Face, account: &str) {
    let mut stage = Stage::with(face, account, "").await;
    let mine = signed(&Claims { sub: "subject-of-the-tests".to_owned(), ..claims() });
    let mut reader = stage.feed(&mine, &[ANA, BEN], None).await;
    reader.until_leased(&[ANA]).await;
    for does in ["online", "typing"] {
        stage.act("Ana", does).await;
        reader.until_word(ANA, does).await;
    }
    stage.control("act", json!({ "person": "Ana", "does": "message", "text": "words-of-a-message" })).await;
    reader.until("observation", |data| data["message"].is_object()).await;
    for call in ["get", "startTyping", "stopTyping", "nothing", "recording"] {
        stage.call(&mine, call, Some(ANA)).await;
    }
    // What the gateway repeats of a credential and a number when it refuses.
    let repeated = format!("{{\"message\":\"no {ANA} {ADMIN_KEY} {} {}\"}}", WAWP.1, WAAPI.1);
    for status in [400, 401, 500] {
        stage.control("fail", json!({ "status": status, "body": repeated, "times": 3 })).await;
        stage.call(&mine, "stopTyping", Some(ANA)).await;
    }
    stage.post(&format!("/hooks/support?secret={HOOK_SECRET}&chat={ANA}"), &[], "{}").await;
    stage.post(&format!("/feed/{ANA}?ticket={mine}"), &[("authorization", &mine)], "words-of-a-body").await;
    let metrics = stage.send(reqwest::Method::GET, "/metrics", &[], "").await.text;
    let last = reader.last_id.clone().unwrap_or_default();
    assert_eq!(stage.relay.terminate().await, Some(0));
    let log = stage.relay.logged();
    assert!(log.contains("refused") && metrics.contains("upstream_total"), "there is something to search: {log}");
    let signature = mine.rsplit('.').next().expect("a signature");
    let secrets = [
        ADMIN_KEY,
        HOOK_SECRET,
        TICKET_KEY,
        WAWP.0,
        WAWP.1,
        WAAPI.1,
        &mine,
        signature,
        ANA,
        BEN,
        "15550200001",
        "15550200002",
        "subject-of-the-tests",
        "words-of-a-message",
        "words-of-a-body",
        "127.0.0.1",
        &last,
    ];
    for secret in secrets {
        assert!(!log.contains(secret), "{secret} is in the log: {log}");
        assert!(!metrics.contains(secret), "{secret} is in the metrics: {metrics}");
    }
}

#[tokio::test]
async fn neither_log_nor_metrics_hold_secrets_at_waapi() {
    exercise(Face::Waapi, "").await;
}

#[tokio::test]
async fn neither_log_nor_metrics_hold_secrets_at_wawp() {
    exercise(Face::Wawp, "").await;
}

#[tokio::test]
async fn neither_log_nor_metrics_hold_secrets_at_waha_whose_key_travels_in_an_address() {
    exercise(Face::Waha, "feed = true").await;
}

#[tokio::test]
async fn a_refusal_repeats_nothing_of_what_was_sent() {
    let stage = Stage::new(Face::Waapi).await;
    let bearer = format!("Bearer {}", ticket());
    for body in [format!("{{\"chats\":[{{\"chat\":\"{ANA}\",\"oops\":1}}]}}"), format!("\"{ANA}\""), ANA.to_owned()] {
        let answer = stage.post("/feed", &[("authorization", &bearer)], body).await;
        assert_eq!(answer.status, 400);
        assert!(!answer.text.contains("1555"), "{}", answer.text);
    }
}
