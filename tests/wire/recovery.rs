//! What breaks is mended without a reload, and says so meanwhile.

use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::browser_support::{ANA, BEN, Heard, TEAM, asked, at, eventually, sleep, text};
use crate::gateway::{Gateway, listening, open};

#[test]
async fn a_killed_socket_is_replaced_and_everything_is_asked_for_again() {
    let Some(gateway) = Gateway::open().await else { return };
    let client = gateway.connect();
    open(&client).await;
    let chat = client.follow(ANA);
    gateway.subscribed(ANA).await;
    let states = Heard::new();
    client.listen_connection(&states.function, &JsValue::UNDEFINED).expect("a listener");
    let before = gateway.calls("subscribe").await;
    gateway.control("disconnect", "{}").await;
    eventually("the loss", 2_000, || text(&client.connection(), "state") == "reconnecting").await;
    assert_eq!(text(&client.connection(), "reason"), "dropped");
    eventually("open again", 6_000, || text(&client.connection(), "state") == "open").await;
    assert_eq!(text(&client.connection(), "reason"), "null");
    eventually("asked again", 6_000, || text(&chat.snapshot(), "knowledge.state") != "lapsed").await;
    for _ in 0..100 {
        if gateway.calls("subscribe").await > before {
            break;
        }
        sleep(50).await;
    }
    assert!(gateway.calls("subscribe").await > before, "a gap may have hidden anything: ask again");
    gateway.act("Ana", "typing").await;
    eventually("typing", 2_000, || chat.activity() == "typing").await;
    assert_eq!(states.all("state"), ["reconnecting", "open"]);
    assert_eq!(gateway.sockets().await, 1);
    gateway.forget(client).await;
}

#[test]
async fn while_the_feed_is_down_for_long_knowledge_lapses_and_activity_still_ends() {
    let Some(gateway) = Gateway::open().await else { return };
    let client = gateway.connect();
    listening(&gateway).await;
    let chat = client.follow(ANA);
    gateway.subscribed(ANA).await;
    gateway.act("Ana", "online").await;
    gateway.act("Ana", "typing").await;
    eventually("typing", 2_000, || chat.activity() == "typing").await;
    gateway.control("disconnect", r#"{"refuseForMs":3500}"#).await;
    eventually("the end of typing", 1_500, || chat.activity() == "none").await;
    eventually("lapsed", 5_000, || text(&chat.snapshot(), "knowledge.state") == "lapsed").await;
    let snapshot = chat.snapshot();
    assert_eq!(
        (text(&snapshot, "knowledge.reason"), text(&snapshot, "availability")),
        ("feed".into(), "unknown".into())
    );
    assert_eq!(text(&snapshot, "lastKnown.availability"), "online");
    eventually("open again", 12_000, || text(&client.connection(), "state") == "open").await;
    eventually("live again", 6_000, || text(&chat.snapshot(), "knowledge.state") != "lapsed").await;
    gateway.forget(client).await;
}

#[test]
async fn a_session_that_must_be_paired_again_lapses_and_comes_back_by_itself() {
    let Some(gateway) = Gateway::open().await else { return };
    let client = gateway.connect();
    listening(&gateway).await;
    let chat = client.follow(ANA);
    gateway.subscribed(ANA).await;
    gateway.act("Ana", "online").await;
    eventually("online", 2_000, || text(&chat.snapshot(), "availability") == "online").await;
    let before = gateway.calls("subscribe").await;
    gateway.set_status("SCAN_QR_CODE").await;
    eventually("needs-pairing", 2_000, || text(&client.connection(), "session") == "needs-pairing").await;
    assert_eq!(text(&client.connection(), "state"), "open", "the feed itself is fine");
    eventually("lapsed", 500, || text(&chat.snapshot(), "knowledge.state") == "lapsed").await;
    let snapshot = chat.snapshot();
    assert_eq!(
        (text(&snapshot, "knowledge.reason"), text(&snapshot, "availability")),
        ("session".into(), "unknown".into())
    );
    sleep(1_500).await;
    assert_eq!(gateway.calls("subscribe").await, before, "nothing is asked while nobody can answer");
    gateway.set_status("WORKING").await;
    eventually("working", 2_000, || text(&client.connection(), "session") == "working").await;
    gateway.subscribed(ANA).await;
    gateway.act("Ana", "typing").await;
    eventually("typing", 2_000, || chat.activity() == "typing").await;
    gateway.forget(client).await;
}

#[test]
async fn a_session_that_dies_and_returns_brings_every_chat_back() {
    let Some(gateway) = Gateway::open().await else { return };
    let client = gateway.connect_with("lookUpIds: false", "");
    open(&client).await;
    let chats = [ANA, BEN, TEAM].map(|chat| client.follow(chat));
    for chat in [ANA, BEN, TEAM] {
        gateway.subscribed(chat).await;
    }
    // Nobody is greeted by a group: somebody has to do something in it.
    let somebody_types = format!(r#"{{"person":"Ana","does":"typing","chat":"{TEAM}"}}"#);
    gateway.control("act", &somebody_types).await;
    let all = |state: &str| chats.iter().all(|chat| text(&chat.snapshot(), "knowledge.state") == state);
    let contacts = |state: &str| chats[..2].iter().all(|chat| text(&chat.snapshot(), "knowledge.state") == state);
    eventually("contacts are live", 2_000, || contacts("live")).await;
    gateway.set_status("FAILED").await;
    eventually("all lapsed", 2_000, || all("lapsed")).await;
    assert!(chats.iter().all(|chat| at(chat, "lease").is_null()), "no subscription outlives its session");
    gateway.set_status("WORKING").await;
    for chat in [ANA, BEN, TEAM] {
        gateway.subscribed(chat).await;
    }
    eventually("contacts are live again", 8_000, || contacts("live")).await;
    gateway.control("act", &somebody_types).await;
    eventually("the group tells of typing again", 2_000, || chats[2].activity() == "typing").await;
    assert!(chats.iter().all(|chat| at(chat, "lease").is_object()), "each has a subscription");
    assert_eq!(gateway.sockets().await, 1, "the socket stayed");
    gateway.forget(client).await;
}

#[test]
async fn a_session_that_is_not_ready_at_the_start_is_waited_for() {
    let Some(gateway) = Gateway::open().await else { return };
    gateway.set_status("STARTING").await;
    let client = gateway.connect();
    let chat = client.follow(ANA);
    eventually("starting", 4_000, || text(&client.connection(), "session") == "starting").await;
    eventually("lapsed", 500, || text(&chat.snapshot(), "knowledge.reason") == "session").await;
    gateway.set_status("WORKING").await;
    gateway.subscribed(ANA).await;
    // What a chat is told first, that she is offline, would end the typing that overtook it.
    eventually("live", 4_000, || text(&chat.snapshot(), "knowledge.state") == "live").await;
    gateway.act("Ana", "typing").await;
    eventually("typing", 2_000, || chat.activity() == "typing").await;
    gateway.forget(client).await;
}

#[test]
async fn one_client_has_one_socket_and_closing_it_leaves_none() {
    let Some(gateway) = Gateway::open().await else { return };
    let client = gateway.connect();
    open(&client).await;
    let (one, other) = (client.follow(ANA), client.follow(BEN));
    gateway.subscribed(BEN).await;
    assert_eq!(gateway.sockets().await, 1);
    gateway.control("disconnect", "{}").await;
    eventually("the loss", 2_000, || text(&client.connection(), "state") != "open").await;
    eventually("open again", 8_000, || text(&client.connection(), "state") == "open").await;
    assert_eq!(gateway.sockets().await, 1);
    one.close();
    other.close();
    assert_eq!(gateway.sockets().await, 1, "watches come and go, the feed stays");
    client.end();
    for _ in 0..50 {
        if gateway.sockets().await == 0 {
            break;
        }
        sleep(20).await;
    }
    assert_eq!(gateway.sockets().await, 0);
    let calls = gateway.all_calls().await;
    sleep(1_000).await;
    assert_eq!(gateway.all_calls().await, calls, "and no call after that");
    gateway.forget(client).await;
}

#[test]
async fn frames_that_cannot_be_read_are_counted_and_the_feed_goes_on() {
    let Some(gateway) = Gateway::open().await else { return };
    let client = gateway.connect();
    listening(&gateway).await;
    let chat = client.follow(ANA);
    gateway.subscribed(ANA).await;
    gateway.control("inject", r#"{"frames":["","{","[]","null","\u0000","{\"event\":7}"]}"#).await;
    gateway.control("inject", r#"{"events":[{"event":"presence.update","payload":7}]}"#).await;
    gateway.act("Ana", "typing").await;
    eventually("typing", 2_000, || chat.activity() == "typing").await;
    assert_eq!(text(&client.connection(), "state"), "open", "a frame is proof that the feed is open");
    gateway.forget(client).await;
}

#[test]
async fn late_doubled_and_disordered_events_tell_the_same_story() {
    let Some(gateway) = Gateway::open().await else { return };
    let client = gateway.connect_with("", "typingTtlMs: 20000");
    listening(&gateway).await;
    let chat = client.follow(ANA);
    gateway.subscribed(ANA).await;
    gateway.act("Ana", "online").await;
    eventually("online", 2_000, || text(&chat.snapshot(), "availability") == "online").await;
    gateway.control("delivery", r#"{"reorderNext":1,"duplicateNext":2}"#).await;
    gateway.act("Ana", "typing").await;
    sleep(30).await;
    gateway.act("Ana", "paused").await;
    sleep(800).await;
    assert_eq!(chat.activity(), "none", "the paused that overtook its typing wins");
    gateway.forget(client).await;
}

#[test]
async fn a_wrong_clock_at_the_gateway_changes_nothing() {
    let Some(gateway) = Gateway::open().await else { return };
    for skew_ms in [600_000, -600_000] {
        gateway.control("clock", &format!(r#"{{"skewMs":{skew_ms}}}"#)).await;
        let client = gateway.connect();
        listening(&gateway).await;
        let chat = client.follow(ANA);
        gateway.subscribed(ANA).await;
        gateway.act("Ana", "typing").await;
        eventually("typing", 2_000, || chat.activity() == "typing").await;
        let took = eventually("the end", 2_000, || chat.activity() == "none").await;
        assert!((300.0..=900.0).contains(&took), "{took} ms at a skew of {skew_ms} ms");
        client.end();
    }
    let client = gateway.caller();
    asked(&client.rest(), "session", &[]).await.expect("the gateway answers");
    gateway.forget(client).await;
}
