//! A session that comes and goes takes what was known with it, and is asked for everything again.

use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::browser_support::{ANA, Heard, eventually, text};
use crate::stage::everywhere;

#[test]
async fn a_session_that_is_ready_again_is_asked_for_everything_again() {
    everywhere(async |stage| {
        let client = stage.connect().await;
        let chat = client.follow(ANA);
        stage.gateway.subscribed(ANA).await;
        stage.gateway.act("Ana", "online").await;
        eventually("online", 2_000, || text(&chat.snapshot(), "availability") == "online").await;
        let before = stage.subscribes().await;
        let (heard, sessions) = (chat.heard(), Heard::new());
        client.listen_connection(&sessions.function, &JsValue::UNDEFINED).expect("a listener");
        stage.gateway.control("status", r#"{"status":"STARTING","then":"WORKING","afterMs":700}"#).await;
        eventually("the loss", 600, || text(&chat.snapshot(), "knowledge.state") == "lapsed").await;
        let snapshot = chat.snapshot();
        assert_eq!(
            ["knowledge.reason", "availability", "lastKnown.availability"].map(|path| text(&snapshot, path)),
            ["session", "unknown", "online"]
        );
        eventually("working", 2_000, || text(&client.connection(), "session") == "working").await;
        stage.gateway.subscribed(ANA).await;
        assert!(stage.subscribes().await > before, "what the gateway forgot is asked for again");
        stage.gateway.act("Ana", "typing").await;
        eventually("typing", 2_000, || chat.activity() == "typing").await;
        eventually("no typing any more", 2_000, || chat.activity() == "none").await;
        // A disconnected instance of WaAPI is stopped before it starts.
        let sessions = sessions.all("session");
        assert!(sessions.iter().any(|state| state == "starting"), "{sessions:?}");
        assert_eq!(sessions.last().map(String::as_str), Some("working"));
        assert!(heard.all("availability").iter().all(|state| state != "offline"), "{:?}", heard.all("availability"));
    })
    .await;
}
