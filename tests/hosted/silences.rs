//! Five ways of knowing nothing, kept apart from each other and from "offline".

use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::browser_support::{ANA, BEN, TEAM, at, eventually, number, text};
use crate::stage::everywhere;

/// Nobody there has ever met them.
const STRANGER: &str = "15550007777@c.us";
/// Whom the gateway refuses to serve.
const REFUSED: &str = "15550008888@c.us";
/// Who shows nobody whether they are there.
const HANA: &str = "15550004444@c.us";

#[test]
async fn five_silences_are_told_apart_and_none_is_offline() {
    everywhere(async |stage| {
        let hana = format!(r#"{{"name":"Hana","id":"{HANA}","hidesPresence":true,"online":true}}"#);
        stage.gateway.control("people", &hana).await;
        let client = stage.connect().await;
        stage.refuse_next("this number is not on WhatsApp").await;
        let refused = client.follow(REFUSED);
        eventually("refused", 4_000, || text(&refused.snapshot(), "knowledge.state") == "refused").await;
        let [ana, ben, hana, stranger, team] = [ANA, BEN, HANA, STRANGER, TEAM].map(|chat| client.follow(chat));
        for chat in [ANA, BEN, HANA, STRANGER, TEAM] {
            stage.gateway.subscribed(chat).await;
        }
        eventually("Ben's state", 1_000, || text(&ben.snapshot(), "availability") == "offline").await;
        ben.close();
        stage.gateway.control("act", &format!(r#"{{"person":"Ana","does":"typing","chat":"{TEAM}"}}"#)).await;
        eventually("the group's state", 1_000, || text(&team.snapshot(), "knowledge.state") == "live").await;
        eventually("nobody typing", 2_000, || team.activity() == "none").await;

        // Version 1 of Wawp answers a second later than it subscribes.
        eventually("the answers", 3_000, || number(&client.budget(), "inFlight") == 0.0).await;
        // Silence is told from slowness after 30 s.
        stage.sleep_through(31_000).await;
        eventually("silence", 1_000, || text(&stranger.snapshot(), "knowledge.reason") == "silent").await;
        eventually("unwatched", 1_000, || text(&client.of(BEN), "knowledge.state") == "unwatched").await;
        let [ana, hana, refused, stranger] = [ana, hana, refused, stranger].map(|chat| chat.snapshot());
        for (who, snapshot, state, reason, availability) in [
            ("Ana", &ana, "live", "undefined", "offline"),
            ("Ben, whom nobody watches", &client.of(BEN), "unwatched", "undefined", "unknown"),
            ("a stranger", &stranger, "waiting", "silent", "unknown"),
            ("the team, of whom nobody is there", &team.snapshot(), "live", "undefined", group_availability(&stage)),
            ("the refused one", &refused, "refused", "bad-request", "unknown"),
            ("Hana", &hana, hidden(&stage).0, hidden(&stage).1, "unknown"),
        ] {
            let found =
                [text(snapshot, "knowledge.state"), text(snapshot, "knowledge.reason"), text(snapshot, "availability")];
            assert_eq!(found, [state, reason, availability], "{who}");
        }
        assert_eq!(text(&client.of(BEN), "lastKnown.availability"), "offline", "what was known is not lost");
        assert_eq!(text(&refused, "knowledge.detail"), "this number is not on WhatsApp");
        let causes = js_sys::Array::from(&at(&stranger, "knowledge.causes"));
        assert!(causes.iter().any(|cause| cause == "privacy"), "it may be that they hide");

        stage.gateway.set_status("SCAN_QR_CODE").await;
        for who in [ANA, HANA, STRANGER, TEAM] {
            eventually("the loss", 1_000, || text(&client.of(who), "knowledge.state") == "lapsed").await;
            let found = ["knowledge.state", "knowledge.reason", "availability"].map(|path| text(&client.of(who), path));
            assert_eq!(found, ["lapsed", "session", "unknown"], "{who}");
        }
        assert_eq!(text(&client.of(ANA), "lastKnown.availability"), "offline");
        assert_eq!(text(&client.of(REFUSED), "knowledge.state"), "refused", "that was not the session's fault");
    })
    .await;
}

fn hidden(stage: &crate::stage::Stage) -> (&'static str, &'static str) {
    if stage.vendor.tells_hidden() { ("hidden", "deny") } else { ("waiting", "silent") }
}

/// WaAPI says of a group whether anybody of it is there.
fn group_availability(stage: &crate::stage::Stage) -> &'static str {
    if stage.vendor.tells_hidden() { "offline" } else { "unknown" }
}
