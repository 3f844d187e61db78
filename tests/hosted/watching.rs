//! What somebody does reaches the page, and what they stop doing leaves it.

use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::browser_support::{ANA, BEN, TEAM, asked, eventually, sleep, text, try_connect};
use crate::stage::everywhere;
use crate::vendor::ALL;

#[test]
async fn who_comes_online_and_types_is_shown_until_nobody_repeats_it() {
    everywhere(async |stage| {
        let client = stage.connect().await;
        let chat = client.follow(ANA);
        let heard = chat.heard();
        stage.gateway.subscribed(ANA).await;
        eventually("offline, as WhatsApp greets us", 1_000, || text(&chat.snapshot(), "availability") == "offline")
            .await;
        stage.gateway.act("Ana", "online").await;
        eventually("online", 2_000, || text(&chat.snapshot(), "availability") == "online").await;
        assert_eq!(text(&chat.snapshot(), "knowledge.state"), "live");
        assert_eq!(text(&chat.snapshot(), "basis"), "reported");
        stage.gateway.act("Ana", "typing").await;
        eventually("typing", 2_000, || chat.activity() == "typing").await;
        let took = eventually("no typing any more", 2_000, || chat.activity() == "none").await;
        assert!((200.0..=900.0).contains(&took), "{took} ms, of 600 less the way here");
        assert_eq!(text(&heard.last(), "lastActivity.endedBy"), "ttl");
        assert_eq!(text(&heard.last_change(), "cause"), "expiry");
        assert_eq!(text(&chat.snapshot(), "availability"), "online", "who stops typing is not gone");
        stage.gateway.act("Ana", "recording").await;
        eventually("recording", 2_000, || chat.activity() == "recording").await;
        stage.gateway.act("Ana", "message").await;
        eventually("the message", 500, || chat.activity() == "none").await;
        stage.gateway.act("Ana", "offline").await;
        eventually("offline", 2_000, || text(&chat.snapshot(), "availability") == "offline").await;
        assert_eq!(text(&chat.snapshot(), "lastSeen.basis"), "reported");
    })
    .await;
}

#[test]
async fn who_types_in_a_group_is_named() {
    everywhere(async |stage| {
        let client = stage.connect().await;
        let chat = client.follow(TEAM);
        stage.gateway.subscribed(TEAM).await;
        let does = |does: &str| format!(r#"{{"person":"Ben","does":"{does}","chat":"{TEAM}"}}"#);
        stage.gateway.control("act", &does("typing")).await;
        eventually("typing", 2_000, || text(&chat.snapshot(), "active.0.participant") == BEN).await;
        eventually("no typing any more", 2_000, || chat.activity() == "none").await;
    })
    .await;
}

#[test]
async fn typing_that_was_read_ends_as_well_and_is_not_revived_by_reading_it_again() {
    everywhere(async |stage| {
        let client = stage.caller();
        let chat = client.follow(ANA);
        stage.gateway.subscribed(ANA).await;
        let read = async || {
            let read = asked(&client.rest(), stage.vendor.reads_by(), &[ANA.into()]).await;
            let answer = read.unwrap_or_else(|error| panic!("{}", text(&error, "message")));
            text(&answer, "presences.0.presence")
        };
        assert_eq!(read().await, "offline");
        assert_eq!(text(&chat.snapshot(), "availability"), "offline", "what is read is known");
        // Who reads subscribes again at most of them, and is greeted again.
        sleep(300).await;
        stage.gateway.act("Ana", "online").await;
        stage.gateway.act("Ana", "typing").await;
        sleep(50).await;
        assert_eq!(read().await, "typing");
        eventually("typing", 200, || chat.activity() == "typing").await;
        eventually("no typing any more", 2_000, || chat.activity() == "none").await;
        assert_eq!(text(&chat.snapshot(), "lastActivity.endedBy"), "ttl");
        let again = read().await;
        assert!(again == "typing" || stage.vendor.reads_by() == "get", "{again}: nobody paused it, nor was greeted");
        sleep(150).await;
        assert_eq!(chat.activity(), "none", "the same word read again is no news");
    })
    .await;
}

#[test]
async fn the_token_of_a_vendor_is_refused_in_a_page_unless_somebody_insists() {
    for vendor in &ALL[1..] {
        let kind = vendor.kind();
        // It never comes, so that nobody is called.
        let token = "token: () => new Promise(() => {})";
        let refused = try_connect(&format!("{{ gateway: {{ kind: '{kind}', instanceId: '7', {token} }} }}"));
        assert_eq!(refused.err().map(|error| text(&error, "code")).as_deref(), Some("invalid-option"), "{kind}");
        let insists = "dangerouslyAllowVendorToken: true";
        let taken = try_connect(&format!("{{ gateway: {{ kind: '{kind}', instanceId: '7', {token}, {insists} }} }}"));
        taken.unwrap_or_else(|error| panic!("{kind}: {}", text(&error, "message"))).end();
    }
}
