//! What a page cannot do, whatever its ticket or its request says.

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use wa_presence_relay::clock::Clock;
use wa_presence_relay::ticket::Claims;
use wa_presence_simulator::traffic::webhook::sign;

use super::stage::{ANA, Answer, BEN, Face, HOOK_SECRET, PATIENCE, Stage, claims, signed, ticket, ticket_for};

async fn open(stage: &Stage, ticket: &str, chat: &str) -> Answer {
    let bearer = format!("Bearer {ticket}");
    let body = json!({ "account": "support", "chats": [{ "chat": chat }] }).to_string();
    stage.post("/feed", &[("authorization", &bearer)], body).await
}

fn refused(answer: &Answer, status: u16, code: &str) {
    assert_eq!((answer.status, answer.json["code"].as_str()), (status, Some(code)), "{}", answer.text);
}

#[tokio::test]
async fn a_ticket_for_another_chat_or_account_is_refused() {
    let stage = Stage::new(Face::Waapi).await;
    refused(&open(&stage, &ticket_for(&[ANA]), BEN).await, 403, "forbidden");
    let other = signed(&Claims { account: "other".to_owned(), ..claims() });
    refused(&open(&stage, &other, ANA).await, 403, "forbidden");
    let nobody = signed(&Claims { account: "nobody".to_owned(), ..claims() });
    refused(&stage.call(&nobody, "get", Some(ANA)).await, 403, "forbidden");
    assert_eq!(stage.count("chatPresence").await, 0);
}

#[tokio::test]
async fn an_expired_ticket_is_refused() {
    let stage = Stage::new(Face::Waapi).await;
    let past = Clock::new().wall().as_ms() / 1_000 - 60;
    let expired = signed(&Claims { exp: past, ..claims() });
    let answer = open(&stage, &expired, ANA).await;
    refused(&answer, 401, "unauthorized");
    assert_eq!(answer.json["message"], "ticket: expired");
    refused(&stage.call(&expired, "get", Some(ANA)).await, 401, "unauthorized");
}

#[tokio::test]
async fn a_ticket_that_nobody_signed_is_refused() {
    let stage = Stage::new(Face::Waapi).await;
    let good = ticket();
    let payload = good.split('.').nth(1).expect("a payload");
    // {"alg":"none","typ":"JWT"} and {"alg":"none"}
    for header in ["eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0", "eyJhbGciOiJub25lIn0"] {
        refused(&open(&stage, &format!("{header}.{payload}."), ANA).await, 401, "unauthorized");
    }
    for none in ["", "x", "..", &good[..good.len() - 2]] {
        refused(&open(&stage, none, ANA).await, 401, "unauthorized");
    }
    refused(&stage.post("/feed", &[], "{}").await, 401, "unauthorized");
    refused(&stage.post("/feed", &[("authorization", "Basic eDp5")], "{}").await, 401, "unauthorized");
    // Not in an address either, where logs would keep it.
    refused(&stage.post(&format!("/feed?ticket={good}"), &[], "{}").await, 401, "unauthorized");
}

#[tokio::test]
async fn a_chat_that_is_a_path_reaches_no_gateway() {
    let stage = Stage::new(Face::Wawp).await;
    let tricks = [
        "../../me",
        "15550200001@c.us/../../x",
        "..%2f..%2fme",
        "15550200001@c.us?x=1",
        "15550200001@c.us#",
        "a b@c.us",
        "15550200001@c.us\r\nx-evil: 1",
        "@c.us",
        "",
    ];
    for trick in tricks {
        refused(&open(&stage, &ticket(), trick).await, 400, "invalid-chat");
        for call in ["get", "subscribe", "startTyping"] {
            refused(&stage.call(&ticket(), call, Some(trick)).await, 400, "invalid-chat");
        }
    }
    for path in ["/feed/..%2fcall", "/feed/%2e%2e/call", "/feed/", "/call/"] {
        assert_eq!(stage.send(reqwest::Method::PUT, path, &[], "{}").await.status / 100, 4, "{path}");
    }
    assert_eq!(
        stage.count("subscribe").await + stage.count("chatPresence").await + stage.count("startTyping").await,
        0
    );
}

#[tokio::test]
async fn headers_and_events_cannot_be_injected() {
    let stage = Stage::new(Face::Waha).await;
    let mut reader = stage.feed(&ticket(), &[ANA], None).await;
    reader.until("snapshot", |_| true).await;
    // Line breaks in a gateway's texts make no event of their own.
    let at = Clock::new().wall().as_ms();
    let trick = "AAA\n\nevent: expired\ndata: {}\n\n";
    let message = json!({ "id": trick, "from": ANA, "fromMe": false, "timestamp": at / 1_000, "body": trick });
    let presence = json!({ "id": ANA, "presences": [{ "participant": ANA, "lastKnownPresence": trick }] });
    let good = json!({ "id": ANA, "presences": [{ "participant": ANA, "lastKnownPresence": "recording" }] });
    for (id, event, payload, status) in [
        (trick, "message", &message, 403),
        ("evt_1", "message", &message, 202),
        ("evt_2", "presence.update", &presence, 202),
        ("evt_3", "presence.update", &good, 202),
    ] {
        let body = json!({ "id": id, "timestamp": at, "event": event, "session": "default", "payload": payload });
        let body = body.to_string();
        let signature = sign(HOOK_SECRET, &body).expect("a signature");
        assert_eq!(stage.post("/hooks/support", &[("x-webhook-hmac", &signature)], body).await.status, status);
    }
    reader.until_word(ANA, "recording").await;
    assert!(!reader.names().contains(&"expired"));
    // A header that is broken in the middle is no request.
    let address = stage.relay.url.trim_start_matches("http://");
    let mut socket = TcpStream::connect(address).await.expect("it listens");
    let request = format!("POST /call HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer x\ry: 1\r\n\r\n");
    socket.write_all(request.as_bytes()).await.expect("it reads");
    let mut answer = [0; 12];
    tokio::time::timeout(PATIENCE, socket.read_exact(&mut answer)).await.expect("in time").expect("an answer");
    assert_eq!(&answer, b"HTTP/1.1 400");
}

#[tokio::test]
async fn where_a_request_says_it_goes_does_not_matter() {
    let stage = Stage::new(Face::Waapi).await;
    let bearer = format!("Bearer {}", ticket());
    let headers = [
        ("authorization", bearer.as_str()),
        ("host", "evil.example"),
        ("x-forwarded-host", "evil.example"),
        ("x-original-url", "http://evil.example/"),
    ];
    let body = json!({ "call": "get", "chat": ANA }).to_string();
    assert_eq!(stage.post("/call", &headers, body).await.status, 200);
    assert_eq!(stage.count("chatPresence").await, 1, "the configured gateway was asked");
    for unknown in ["baseUrl", "url", "gateway", "instanceId"] {
        let body = format!(r#"{{"call":"get","chat":"{ANA}","{unknown}":"http://evil.example"}}"#);
        let answer = stage.post("/call", &headers[..1], body).await;
        refused(&answer, 400, "bad-request");
        assert!(!answer.text.contains("evil"), "{}", answer.text);
    }
}
