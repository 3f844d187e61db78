//! Calls through the relay: a closed list, from one budget, with the owner's credential.

use serde_json::json;
use wa_presence_relay::ticket::{Claims, Scope};

use super::stage::{ANA, BEN, Face, Stage, claims, signed, ticket, ticket_for, ticket_of};

#[tokio::test]
async fn typing_is_shown_and_ended_for_whoever_may_send() {
    let stage = Stage::new(Face::Waapi).await;
    let reads = signed(&Claims { scopes: vec![Scope::Read], ..claims() });
    let refused = stage.call(&reads, "startTyping", Some(ANA)).await;
    assert_eq!((refused.status, &refused.json["code"]), (403, &"forbidden".into()));
    assert_eq!(stage.count("startTyping").await, 0);
    let shown = stage.call(&ticket(), "startTyping", Some(ANA)).await;
    assert_eq!((shown.status, &shown.json["done"]), (200, &true.into()), "{}", shown.text);
    assert_eq!(stage.call(&ticket(), "stopTyping", Some(ANA)).await.status, 200);
    assert_eq!((stage.count("startTyping").await, stage.count("stopTyping").await), (1, 1));
}

#[tokio::test]
async fn what_this_gateway_cannot_do_says_so() {
    let stage = Stage::new(Face::Waapi).await;
    let refused = stage.call(&ticket(), "recording", Some(ANA)).await;
    assert_eq!((refused.status, &refused.json["code"]), (501, &"unsupported".into()));
}

#[tokio::test]
async fn nothing_but_presence_has_a_name() {
    let stage = Stage::new(Face::Waapi).await;
    for call in ["sendMessage", "setPrivacy", "session", "getAll", "lookUp", "../get", ""] {
        let answer = stage.call(&ticket(), call, Some(ANA)).await;
        assert_eq!((answer.status, &answer.json["code"]), (404, &"not-found".into()), "{call}");
    }
    for path in ["/", "/call/get", "/instances/417/client/action/send-message", "/api/v1", "/v2/send/text"] {
        assert_eq!(stage.post(path, &[], "").await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn a_read_of_a_chat_with_a_certain_lease_is_answered_from_it() {
    let stage = Stage::new(Face::Waapi).await;
    let mut reader = stage.feed(&ticket(), &[ANA], None).await;
    reader.until_leased(&[ANA]).await;
    stage.act("Ana", "online").await;
    reader.until("knowledge", |data| data["vouched"] == true).await;
    stage.act("Ana", "typing").await;
    reader.until_word(ANA, "typing").await;
    let calls = stage.count("chatPresence").await;
    let read = stage.call(&ticket(), "get", Some(ANA)).await;
    assert_eq!(read.json["presences"][0]["word"], "typing", "{}", read.text);
    assert_eq!(stage.call(&ticket(), "subscribe", Some(ANA)).await.status, 200);
    assert_eq!(stage.count("chatPresence").await, calls, "{:?}", reader.heard);
    let other = stage.call(&ticket(), "get", Some(BEN)).await;
    assert_eq!((other.status, &other.json["chat"]), (200, &BEN.into()));
    assert_eq!(stage.count("chatPresence").await, calls + 1);
    assert_eq!(stage.call(&ticket(), "snapshot", Some(BEN)).await.status, 200);
    let privacy = stage.call(&ticket(), "privacy", None).await;
    assert_eq!(privacy.json["sharesLastSeen"], true, "{}", privacy.text);
}

#[tokio::test]
async fn the_gateways_refusal_is_passed_on_with_its_wait() {
    let stage = Stage::new(Face::Waapi).await;
    let fail = json!({ "status": 429, "body": "{\"message\":\"Too Many Attempts.\"}", "times": 9, "route": "send-typing",
        "headers": { "retry-after": "7" } });
    stage.control("fail", fail).await;
    let refused = stage.call(&ticket(), "startTyping", Some(ANA)).await;
    assert_eq!((refused.status, &refused.json["code"]), (429, &"rate-limited".into()), "{}", refused.text);
    assert_eq!(refused.json["retryAfterMs"], 7_000);
    assert_eq!(refused.headers["retry-after"], "7");
}

#[tokio::test]
async fn the_account_goes_offline_when_the_last_claim_ends() {
    let stage = Stage::with(Face::Waapi, "", "[limits]\nclaim_ms = 1500").await;
    for agent in ["one", "two"] {
        let claimed = stage.call(&ticket_of(agent), "online", None).await;
        assert!(claimed.json["untilAtMs"].is_u64(), "{}", claimed.text);
    }
    stage.until_count("setPresence", 1).await;
    let left = stage.call(&ticket_of("one"), "offline", None).await;
    assert_eq!(left.json["claimed"], true);
    assert_eq!(stage.count("setPresence").await, 1, "the other one still claims it");
    // The other one says nothing more: a crashed page.
    stage.until_count("setPresence", 2).await;
    let url = format!("{}/_control/sessions/default/log", stage.gateway);
    let log = stage.client.get(url).send().await.expect("an answer").text().await.expect("a body");
    assert!(log.contains("send-presence-unavailable"), "{log}");
}

#[tokio::test]
async fn no_chat_is_reached_that_the_ticket_does_not_name() {
    let stage = Stage::new(Face::Waapi).await;
    for call in ["get", "subscribe", "snapshot", "startTyping", "stopTyping"] {
        let answer = stage.call(&ticket_for(&[ANA]), call, Some(BEN)).await;
        assert_eq!((answer.status, &answer.json["code"]), (403, &"forbidden".into()), "{call}");
    }
    assert_eq!(stage.count("chatPresence").await, 0);
}
