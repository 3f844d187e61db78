//! From a gateway's webhook to a page's feed.

use super::stage::{ANA, BEN, Face, LIA, LIAS_LID, Stage, ticket, ticket_of};

async fn typing_appears(face: Face) {
    let stage = Stage::new(face).await;
    let mut reader = stage.feed(&ticket(), &[ANA], None).await;
    let hello = reader.until("hello", |_| true).await.data;
    assert_eq!((&hello["account"], &hello["gateway"]), (&"support".into(), &face.name().into()));
    let first = reader.until("snapshot", |_| true).await.data;
    assert_eq!((&first["chat"], &first["availability"]), (&ANA.into(), &"unknown".into()));
    reader.until_leased(&[ANA]).await;
    stage.act("Ana", "online").await;
    reader.until_word(ANA, "online").await;
    stage.act("Ana", "typing").await;
    let typing = reader.until_word(ANA, "typing").await;
    assert!(typing.id.is_some(), "it can be resumed after");
    assert_eq!(typing.data["presences"][0]["participant"], ANA);
    stage.act("Ben", "typing").await;
    stage.act("Ana", "message").await;
    let message = reader.until("observation", |data| data["message"].is_object()).await.data;
    assert_eq!((&message["chat"], &message["message"]["fromMe"]), (&ANA.into(), &false.into()));
    let told = format!("{:?}", reader.heard);
    assert!(!told.contains(BEN), "what nobody follows is told to nobody");
    for field in ["metadata", "\"me\"", "body", "pushName", "\"Ana\""] {
        assert!(!told.contains(field), "{field}");
    }
}

#[tokio::test]
async fn typing_at_waapi_appears_in_a_feed() {
    typing_appears(Face::Waapi).await;
}

#[tokio::test]
async fn typing_at_wawp_appears_in_a_feed() {
    typing_appears(Face::Wawp).await;
}

#[tokio::test]
async fn typing_at_waha_appears_in_a_feed() {
    typing_appears(Face::Waha).await;
}

#[tokio::test]
async fn waha_is_heard_by_its_own_stream_where_webhooks_cannot_be_configured() {
    let stage = Stage::with(Face::Waha, "feed = true", "").await;
    let mut reader = stage.feed(&ticket(), &[ANA], None).await;
    reader.until_leased(&[ANA]).await;
    stage.act("Ana", "typing").await;
    reader.until_word(ANA, "typing").await;
}

#[tokio::test]
async fn what_is_known_already_comes_with_the_first_snapshot() {
    let stage = Stage::new(Face::Waapi).await;
    let mut first = stage.feed(&ticket(), &[ANA], None).await;
    first.until_leased(&[ANA]).await;
    stage.act("Ana", "online").await;
    first.until_word(ANA, "online").await;
    let mut second = stage.feed(&ticket_of("agent-2"), &[ANA], None).await;
    let snapshot = second.until("snapshot", |_| true).await.data;
    assert_eq!((&snapshot["availability"], &snapshot["knowledge"]["state"]), (&"online".into(), &"live".into()));
}

#[tokio::test]
async fn either_id_of_a_person_leads_to_the_same_presence() {
    let stage = Stage::new(Face::Waha).await;
    let mut by_number = stage.feed(&ticket_of("one"), &[LIA], None).await;
    let mut by_lid = stage.feed(&ticket_of("two"), &[LIAS_LID], None).await;
    let alias = by_lid.until("alias", |_| true).await.data;
    assert_eq!((&alias["lid"], &alias["contact"]), (&LIAS_LID.into(), &LIA.into()));
    by_number.until_leased(&[LIA]).await;
    stage.act("Lia", "typing").await;
    by_number.until_word(LIA, "typing").await;
    by_lid.until_word(LIA, "typing").await;
}

#[tokio::test]
async fn two_feeds_with_twenty_shared_chats_cost_one_set_of_subscribes() {
    let stage = Stage::with(Face::Wawp, "calls_per_minute = 1000", "").await;
    let chats: Vec<String> = (0..20).map(|n| format!("155503000{n:02}@c.us")).collect();
    for chat in &chats {
        stage.control("people", serde_json::json!({ "name": format!("P {chat}"), "id": chat })).await;
    }
    stage.control("limit", serde_json::json!({ "subscribesPerMinute": 0 })).await;
    let chats: Vec<&str> = chats.iter().map(String::as_str).collect();
    let mut first = stage.feed(&ticket_of("one"), &chats, None).await;
    let mut second = stage.feed(&ticket_of("two"), &chats, None).await;
    first.until_leased(&chats).await;
    second.until_leased(&chats).await;
    // Leases last 20 s at least, and are not renewed before three quarters of that.
    assert_eq!(stage.count(Face::Wawp.subscribes_by()).await, 20);
}

#[tokio::test]
async fn under_a_strict_guard_whoever_did_not_write_is_not_asked_about() {
    let stage = Stage::with(Face::Wawp, "guard = \"strict\"", "").await;
    let mut reader = stage.feed(&ticket(), &[ANA], None).await;
    let refused = reader.until("snapshot", |_| true).await.data;
    assert_eq!(refused["knowledge"]["reason"], "outside-24h");
    assert_eq!(stage.count(Face::Wawp.subscribes_by()).await, 0);
    // Another page knows that she wrote a minute ago.
    let minute_ago = wa_presence_relay::clock::Clock::new().wall().as_ms() - 60_000;
    let body = serde_json::json!({ "chats": [{ "chat": ANA, "lastInboundAtMs": minute_ago }] }).to_string();
    let request = stage.client.post(format!("{}/feed", stage.relay.url)).bearer_auth(ticket_of("two"));
    let second = request.body(body).send().await.expect("an answer");
    assert_eq!(second.status(), 200);
    reader.until_leased(&[ANA]).await;
}
