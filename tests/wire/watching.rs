//! What somebody does reaches the page, and what they stop doing leaves it.

use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::browser_support::{ANA, ANA_LID, BEN, TEAM, asked, at, eventually, number, same, text};
use crate::gateway::{Gateway, listening};

#[test]
async fn a_contact_comes_online_types_and_vanishes_by_ttl() {
    let Some(gateway) = Gateway::open().await else { return };
    let client = gateway.connect();
    listening(&gateway).await;
    let chat = client.follow(ANA);
    let heard = chat.heard();
    gateway.subscribed(ANA).await;
    assert_eq!(text(&chat.snapshot(), "availability"), "offline", "as WhatsApp greets us");
    gateway.act("Ana", "online").await;
    eventually("online", 2_000, || text(&chat.snapshot(), "availability") == "online").await;
    assert_eq!(text(&chat.snapshot(), "knowledge.state"), "live");
    assert_eq!(text(&chat.snapshot(), "basis"), "reported");
    gateway.act("Ana", "typing").await;
    eventually("typing", 2_000, || chat.activity() == "typing").await;
    let took = eventually("no typing any more", 2_000, || chat.activity() == "none").await;
    assert!((300.0..=900.0).contains(&took), "{took} ms, of 600 less the way here");
    assert_eq!(text(&heard.last(), "lastActivity.endedBy"), "ttl");
    assert_eq!(text(&heard.last_change(), "cause"), "expiry");
    gateway.act("Ana", "offline").await;
    eventually("offline", 2_000, || text(&chat.snapshot(), "availability") == "offline").await;
    assert_eq!(text(&chat.snapshot(), "lastSeen.basis"), "reported");
    gateway.forget(client).await;
}

#[test]
async fn a_message_ends_what_its_sender_was_doing() {
    let Some(gateway) = Gateway::open().await else { return };
    let client = gateway.connect_with("", "typingTtlMs: 20000");
    listening(&gateway).await;
    let chat = client.follow(ANA);
    gateway.subscribed(ANA).await;
    // Recording: NOWEB itself ends typing with an invented `online`, and recording with nothing.
    gateway.act("Ana", "recording").await;
    eventually("recording", 2_000, || chat.activity() == "recording").await;
    gateway.act("Ana", "message").await;
    eventually("the end", 2_000, || chat.activity() == "none").await;
    assert_eq!(text(&chat.snapshot(), "lastActivity.endedBy"), "message");
    assert_eq!(text(&chat.snapshot(), "availability"), "online", "who writes is there");
    gateway.forget(client).await;
}

#[test]
async fn without_message_events_a_message_says_nothing() {
    let Some(gateway) = Gateway::open().await else { return };
    let client = gateway.connect_with("messageEvents: false", "typingTtlMs: 1500");
    listening(&gateway).await;
    let chat = client.follow(ANA);
    gateway.subscribed(ANA).await;
    gateway.act("Ana", "recording").await;
    eventually("recording", 2_000, || chat.activity() == "recording").await;
    let observations = number(&client.counters(), "observations");
    gateway.act("Ana", "message").await;
    crate::browser_support::sleep(400).await;
    assert_eq!(chat.activity(), "recording");
    assert_eq!(number(&client.counters(), "observations"), observations, "they are not even sent to us");
    eventually("the end", 2_000, || chat.activity() == "none").await;
    assert_eq!(text(&chat.snapshot(), "lastActivity.endedBy"), "ttl");
    gateway.forget(client).await;
}

#[test]
async fn a_group_shows_each_of_its_people() {
    let Some(gateway) = Gateway::open().await else { return };
    let client = gateway.connect_with("", "typingTtlMs: 5000");
    listening(&gateway).await;
    let chat = client.follow(TEAM);
    gateway.subscribed(TEAM).await;
    for person in ["Ana", "Ben"] {
        gateway.control("act", &format!(r#"{{"person":"{person}","does":"typing","chat":"{TEAM}"}}"#)).await;
    }
    eventually("both typing", 2_000, || text(&chat.snapshot(), "active.1.participant") == BEN).await;
    assert_eq!(text(&chat.snapshot(), "active.0.participant"), ANA);
    gateway.control("act", &format!(r#"{{"person":"Ana","does":"paused","chat":"{TEAM}"}}"#)).await;
    eventually("one typing", 2_000, || text(&chat.snapshot(), "active.0.participant") == BEN).await;
    assert_eq!(number(&at(&chat.snapshot(), "active"), "length"), 1.0);
    gateway.forget(client).await;
}

#[test]
async fn somebody_seen_under_a_hidden_id_is_the_contact_we_watch() {
    let Some(gateway) = Gateway::open().await else { return };
    let client = gateway.connect();
    listening(&gateway).await;
    let chat = client.follow(ANA);
    gateway.subscribed(ANA).await;
    gateway.control("act", r#"{"person":"Ana","does":"typing","shownAsLid":true}"#).await;
    eventually("typing", 3_000, || chat.activity() == "typing").await;
    assert_eq!((chat.id(), text(&chat.snapshot(), "participants.0.id")), (ANA.to_owned(), ANA.to_owned()));
    assert!(gateway.calls("phoneToLid").await >= 1, "the client looked her other id up by itself");
    gateway.forget(client).await;
}

#[test]
async fn two_ids_become_one_person_in_mid_stream() {
    let Some(gateway) = Gateway::open().await else { return };
    let client = gateway.connect_with("lookUpIds: false", "typingTtlMs: 8000");
    listening(&gateway).await;
    let (by_number, by_lid) = (client.follow(ANA), client.follow(ANA_LID));
    gateway.subscribed(ANA).await;
    gateway.control("act", r#"{"person":"Ana","does":"typing","shownAsLid":true}"#).await;
    eventually("typing, under the hidden id", 2_000, || by_lid.activity() == "typing").await;
    assert_eq!(by_number.activity(), "none", "nobody told us yet that they are one");
    let ids = asked(&client.rest(), "lookUp", &[ANA_LID.into()]).await.expect("the gateway knows both");
    assert_eq!((text(&ids, "lid"), text(&ids, "contact")), (ANA_LID.to_owned(), ANA.to_owned()));
    eventually("one chat", 1_000, || same(&by_number.snapshot(), &by_lid.snapshot())).await;
    eventually("one story", 1_000, || by_number.activity() == "typing").await;
    assert_eq!(by_lid.id(), ANA);
    gateway.forget(client).await;
}

#[test]
async fn webhooks_that_a_backend_hands_in_serve_in_place_of_the_feed() {
    let Some(gateway) = Gateway::open().await else { return };
    let client = gateway.connect_with("feed: false", "");
    assert_eq!(text(&client.connection(), "state"), "open");
    let chat = client.follow(ANA);
    gateway.subscribed(ANA).await;
    assert_eq!(gateway.sockets().await, 0);
    let session = &gateway.session;
    let body = crate::browser_support::presence(ANA, ANA, "typing").replace("default", session);
    client.ingest(&JsValue::from(body)).expect("a body in order");
    eventually("typing", 1_000, || chat.activity() == "typing").await;
    let strangers = crate::browser_support::presence(BEN, BEN, "typing");
    client.ingest(&JsValue::from(strangers)).expect("a body in order, of another session");
    assert!(client.of(BEN).is_null(), "what another session hears is none of ours");
    gateway.forget(client).await;
}

#[test]
async fn many_chats_are_asked_for_in_the_order_of_their_priority_first_some_at_once_then_evenly() {
    let Some(gateway) = Gateway::open().await else { return };
    let client = gateway.connect_with("lookUpIds: false", "");
    listening(&gateway).await;
    let entries: Vec<String> = (0..16)
        .map(|n| {
            format!(
                "{{ chat: '155500050{n:02}@c.us', priority: '{}' }}",
                if n == 15 { "focused" } else { "background" }
            )
        })
        .collect();
    client.set_watched(&crate::browser_support::js(&format!("[{}]", entries.join(",")))).expect("a list in order");
    crate::browser_support::sleep(5_000).await;
    let log = gateway.log().await;
    let calls = js_sys::Array::from(&at(&log, "calls"));
    let subscribes: Vec<JsValue> = calls.iter().filter(|call| text(call, "route") == "subscribe").collect();
    assert!((10..=14).contains(&subscribes.len()), "{} calls in 5 s", subscribes.len());
    for pair in subscribes[10..].windows(2) {
        let apart = number(&pair[1], "atMs") - number(&pair[0], "atMs");
        assert!(apart >= 1_200.0, "{apart} ms apart");
    }
    // Four may be on their way at once, and those have left by the time the last of the set is read. Of those that leave after
    // it, three may overtake it: each is on a connection of its own.
    let focused = subscribes.iter().position(|call| text(call, "chat") == "15550005015@c.us");
    assert!(focused.is_some_and(|place| place <= 7), "the focused one comes early: {focused:?}");
    gateway.forget(client).await;
}
