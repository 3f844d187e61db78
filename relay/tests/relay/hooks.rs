//! What is posted by whoever knows the address.

use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use wa_presence_relay::clock::Clock;
use wa_presence_simulator::traffic::webhook::{sign, sign_sha256};

use super::stage::{ANA, Answer, Face, HOOK_SECRET, PATIENCE, Stage, ticket};

fn body(id: &str, at_ms: u64, word: &str) -> String {
    json!({ "id": id, "timestamp": at_ms, "event": "presence.update", "session": "default",
        "metadata": { "user.email": "ops@example.test" }, "me": { "id": "15559990000@c.us", "pushName": "Shop" },
        "payload": { "id": ANA, "presences": [{ "participant": ANA, "lastKnownPresence": word }] } })
    .to_string()
}

fn now_ms() -> u64 {
    Clock::new().wall().as_ms()
}

async fn post(stage: &Stage, body: &str, secret: &str) -> Answer {
    let signature = sign(secret, body).expect("a signature");
    stage.post("/hooks/support", &[("x-webhook-hmac", &signature)], body.to_owned()).await
}

/// How many webhooks became this.
async fn outcomes(stage: &Stage, outcome: &str) -> u64 {
    let metrics = stage.send(reqwest::Method::GET, "/metrics", &[], "").await.text;
    let name = format!("wa_presence_relay_hooks_total{{account=\"support\",outcome=\"{outcome}\"}} ");
    metrics.lines().find_map(|line| line.strip_prefix(&name)?.parse().ok()).unwrap_or_default()
}

#[tokio::test]
async fn a_signature_that_is_wrong_missing_or_of_other_bytes_is_refused() {
    let stage = Stage::new(Face::Waha).await;
    let good = body("evt_1", now_ms(), "typing");
    assert_eq!(post(&stage, &good, "another-secret").await.status, 401);
    assert_eq!(stage.post("/hooks/support", &[], good.clone()).await.status, 401);
    let of_other_bytes = sign(HOOK_SECRET, &good.replace("typing", "online")).expect("a signature");
    let other = stage.post("/hooks/support", &[("x-webhook-hmac", &of_other_bytes)], good.clone()).await;
    assert_eq!((other.status, &other.json["code"]), (401, &"unauthorized".into()));
    let weaker = sign_sha256(HOOK_SECRET, &good).expect("a signature");
    assert_eq!(stage.post("/hooks/support", &[("x-webhook-hmac", &weaker)], good.clone()).await.status, 401);
    assert_eq!(outcomes(&stage, "taken").await, 0);
    assert_eq!(post(&stage, &good, HOOK_SECRET).await.status, 202);
}

#[tokio::test]
async fn a_replayed_body_is_answered_as_the_first_and_told_once() {
    let stage = Stage::new(Face::Waha).await;
    let mut reader = stage.feed(&ticket(), &[ANA], None).await;
    reader.until("snapshot", |_| true).await;
    let recorded = body("evt_1", now_ms(), "typing");
    for _ in 0..3 {
        assert_eq!(post(&stage, &recorded, HOOK_SECRET).await.status, 202);
    }
    assert_eq!(post(&stage, &body("evt_2", now_ms(), "recording"), HOOK_SECRET).await.status, 202);
    reader.until_word(ANA, "recording").await;
    let told = reader.heard.iter().filter(|event| event.data["id"] == "evt_1").count();
    assert_eq!((told, outcomes(&stage, "repeated").await), (1, 2));
}

#[tokio::test]
async fn a_stamp_that_is_old_ahead_or_missing_is_refused() {
    let stage = Stage::new(Face::Waha).await;
    let old = body("evt_1", now_ms() - 460_000, "typing");
    let answer = post(&stage, &old, HOOK_SECRET).await;
    assert_eq!((answer.status, &answer.json["code"]), (403, &"forbidden".into()));
    assert_eq!(post(&stage, &body("evt_2", now_ms() + 460_000, "typing"), HOOK_SECRET).await.status, 403);
    assert_eq!(post(&stage, &body("evt_3", 0, "typing"), HOOK_SECRET).await.status, 403);
    assert_eq!(outcomes(&stage, "taken").await, 0);
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_whether_it_says_so_or_not() {
    let stage = Stage::with(Face::Waha, "", "[limits]\nhook_body_bytes = 4096").await;
    let large = format!("{{\"pad\":\"{}\"}}", "x".repeat(8_192));
    let answer = post(&stage, &large, HOOK_SECRET).await;
    assert_eq!((answer.status, &answer.json["code"]), (413, &"too-large".into()));
    // Without a length: in chunks.
    let address = stage.relay.url.trim_start_matches("http://");
    let mut socket = TcpStream::connect(address).await.expect("it listens");
    let chunk = format!("1000\r\n{}\r\n", "x".repeat(4_096));
    let head = format!("POST /hooks/support HTTP/1.1\r\nhost: {address}\r\ntransfer-encoding: chunked\r\n\r\n");
    socket.write_all(format!("{head}{chunk}{chunk}").as_bytes()).await.expect("it reads");
    assert_eq!(status(&mut socket).await, 413);
}

#[tokio::test]
async fn a_body_that_is_too_slow_is_given_up() {
    let stage = Stage::with(Face::Waha, "", "[limits]\nbody_ms = 300").await;
    let address = stage.relay.url.trim_start_matches("http://");
    let mut socket = TcpStream::connect(address).await.expect("it listens");
    let head = format!("POST /hooks/support HTTP/1.1\r\nhost: {address}\r\ncontent-length: 100\r\n\r\n{{\"half");
    socket.write_all(head.as_bytes()).await.expect("it reads");
    assert_eq!(status(&mut socket).await, 408);
}

async fn status(socket: &mut TcpStream) -> u16 {
    let mut answer = [0; 12];
    let read = tokio::time::timeout(PATIENCE, socket.read_exact(&mut answer)).await;
    read.expect("in time").expect("an answer");
    str::from_utf8(&answer[9..]).expect("digits").parse().expect("a status")
}

#[tokio::test]
async fn a_full_queue_is_said_and_what_it_turned_away_is_no_copy_later() {
    let stage = Stage::with(Face::Waha, "", "[limits]\nhook_queue = 1").await;
    let mut reader = stage.feed(&ticket(), &[ANA], None).await;
    reader.until("snapshot", |_| true).await;
    // As gateways do: what is refused is sent again.
    for n in 0..200 {
        let sent = body(&format!("sent_{n}"), now_ms(), if n == 199 { "recording" } else { "typing" });
        let taken = async {
            while post(&stage, &sent, HOOK_SECRET).await.status != 202 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(PATIENCE, taken).await.expect("it is taken in the end");
    }
    reader.until_word(ANA, "recording").await;
    let ours = |id: &serde_json::Value| id.as_str().is_some_and(|id| id.starts_with("sent_"));
    let told = reader.heard.iter().filter(|event| ours(&event.data["id"])).count();
    assert_eq!(told, 200);
}

#[tokio::test]
async fn bodies_that_are_none_and_accounts_that_are_none_are_refused() {
    let stage = Stage::new(Face::Waha).await;
    assert_eq!(post(&stage, "not JSON", HOOK_SECRET).await.status, 400);
    for path in ["/hooks/nobody", "/hooks/", "/hooks", "/hooks/..%2fmetrics", "/hooks/support/more"] {
        assert_eq!(stage.post(path, &[], "{}").await.status, 404, "{path}");
    }
    // An account that is declared unsigned takes what is posted.
    let unsigned = json!({ "event": "ready", "instanceId": 1, "data": {} }).to_string();
    assert_eq!(stage.post("/hooks/other", &[], unsigned).await.status, 202);
}

#[tokio::test]
async fn an_account_that_listens_to_a_stream_has_no_hook() {
    let stage = Stage::with(Face::Waha, "feed = true", "").await;
    assert_eq!(post(&stage, &body("evt_1", now_ms(), "typing"), HOOK_SECRET).await.status, 404);
}

#[tokio::test]
async fn what_is_told_holds_neither_our_own_account_nor_what_its_owner_noted() {
    let stage = Stage::new(Face::Waha).await;
    let group = "120363000000000001@g.us";
    let mut reader = stage.feed(&ticket(), &[group], None).await;
    reader.until("snapshot", |_| true).await;
    let own = ["15559990000@c.us", "123456789012345@lid"];
    let presences: Vec<_> = [own[0], own[1], ANA]
        .iter()
        .map(|who| json!({ "participant": who, "lastKnownPresence": "typing", "name": "a-name" }))
        .collect();
    let sent = json!({ "id": "evt_1", "timestamp": now_ms(), "event": "presence.update", "session": "default",
        "metadata": { "user.email": "ops@example.test" }, "environment": { "version": "2026.2.1" },
        "me": { "id": own[0], "lid": own[1], "pushName": "Shop" },
        "payload": { "id": group, "presences": presences } });
    assert_eq!(post(&stage, &sent.to_string(), HOOK_SECRET).await.status, 202);
    let told = reader.until("observation", |data| data["chat"] == group).await.data;
    let who: Vec<_> = told["presences"].as_array().expect("a list").iter().map(|one| &one["participant"]).collect();
    assert_eq!(who, [ANA]);
    for word in [own[0], own[1], "ops@example.test", "Shop", "a-name", "2026.2.1"] {
        assert!(!told.to_string().contains(word), "{word}: {told}");
    }
}
