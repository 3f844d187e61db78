//! What a gateway refuses has the same code at every gateway, and that gateway's own words.

use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::browser_support::{ANA, BEN, Client, asked, eventually, number, sleep, text};
use crate::stage::everywhere;
use crate::vendor::Vendor;

/// Code and message of a call's refusal, which names its gateway.
async fn refusal(vendor: Vendor, client: &Client, method: &str) -> (String, String) {
    let arguments: &[JsValue] = if method == "session" { &[] } else { &[BEN.into()] };
    let error = asked(&client.rest(), method, arguments).await.expect_err("it was to be refused");
    let gateway = (text(&error, "name"), text(&error, "gateway"));
    assert_eq!(gateway, ("PresenceError".to_owned(), vendor.kind().to_owned()));
    (text(&error, "code"), text(&error, "message"))
}

fn as_said((code, message): &(String, String), expected: &str, words: &str) {
    assert_eq!(code, expected, "{message}");
    assert!(message.contains(words), "{message}, of {words}");
}

#[test]
async fn a_wrong_credential_is_unauthorized_and_ends_all_traffic() {
    everywhere(async |stage| {
        let client = stage.caller_as(stage.instance(), "key_wrong", None);
        client.follow(ANA);
        as_said(&refusal(stage.vendor, &client, "session").await, "unauthorized", stage.vendor.words().unauthorized);
        eventually("unauthorized", 2_000, || text(&client.connection(), "state") == "unauthorized").await;
        assert_eq!(text(&client.connection(), "reason"), "refused");
        sleep(200).await;
        let calls = stage.gateway.all_calls().await;
        // Longer than the first wait before any retry.
        sleep(2_500).await;
        assert_eq!(refusal(stage.vendor, &client, "get").await.0, "unauthorized");
        assert_eq!(stage.gateway.all_calls().await, calls, "no further traffic");
    })
    .await;
}

#[test]
async fn an_instance_that_nobody_made_is_not_there() {
    everywhere(async |stage| {
        let (nobody, code, words) = stage.vendor.nobody();
        // A scoped key of WAHA is one of its session.
        let token = if stage.vendor == Vendor::Waha { stage.gateway.admin_key } else { stage.token() };
        let client = stage.caller_as(nobody, token, None);
        as_said(&refusal(stage.vendor, &client, "get").await, code, words);
        assert_eq!(text(&client.connection(), "state"), "open", "that is not the credential's fault");
    })
    .await;
}

#[test]
async fn a_session_that_is_not_ready_is_asked_after_and_found_ready() {
    everywhere(async |stage| {
        let client = stage.caller();
        let chat = client.follow(ANA);
        stage.gateway.subscribed(ANA).await;
        let before = stage.subscribes().await;
        stage.gateway.set_status("STOPPED").await;
        as_said(&refusal(stage.vendor, &client, "get").await, "not-ready", stage.vendor.words().not_ready);
        eventually("stopped", 3_000, || text(&client.connection(), "session") == "stopped").await;
        let snapshot = chat.snapshot();
        assert_eq!(text(&snapshot, "knowledge.reason"), "session");
        assert_eq!(text(&snapshot, "availability"), "unknown", "not ready is not offline");
        stage.gateway.set_status("WORKING").await;
        // Nobody tells the client: it asks by itself.
        eventually("working", 10_000, || text(&client.connection(), "session") == "working").await;
        stage.gateway.subscribed(ANA).await;
        assert!(stage.subscribes().await > before);
        assert_eq!(text(&client.connection(), "state"), "open");
    })
    .await;
}

#[test]
async fn one_subscription_too_many_is_rate_limited_and_waits() {
    everywhere(async |stage| {
        let client = stage.caller();
        stage.gateway.control("limit", r#"{"subscribesPerMinute":1}"#).await;
        asked(&client.rest(), "subscribe", &[ANA.into()]).await.expect("the first is let in");
        as_said(&refusal(stage.vendor, &client, "subscribe").await, "rate-limited", stage.vendor.words().rate_limited);
        let chat = client.follow(BEN);
        eventually("a refusal", 3_000, || number(&client.counters(), "rateLimits") == 1.0).await;
        let calls = stage.gateway.all_calls().await;
        sleep(2_000).await;
        assert_eq!(stage.gateway.all_calls().await, calls, "a minute's silence");
        let snapshot = chat.snapshot();
        assert_eq!(
            (text(&snapshot, "knowledge.state"), text(&snapshot, "availability")),
            ("waiting".into(), "unknown".into()),
            "its turn will come"
        );
    })
    .await;
}
