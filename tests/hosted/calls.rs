//! Every endpoint as one call: it answers, or it is `unsupported` without a call, as the capabilities say.

use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::browser_support::{ANA, asked, eventually, not_frozen, refused, text};
use crate::stage::everywhere;

/// Each call by a name of its own, as `Vendor::lacks` has them: its method and arguments.
const CALLS: [(&str, &str, &[&str]); 13] = [
    ("get", "get", &[ANA]),
    ("snapshot", "snapshot", &[ANA]),
    ("getAll", "getAll", &[]),
    ("subscribe", "subscribe", &[ANA]),
    ("online", "set", &["online"]),
    ("offline", "set", &["offline"]),
    ("typing", "set", &["typing", ANA]),
    ("recording", "set", &["recording", ANA]),
    ("paused", "set", &["paused", ANA]),
    ("startTyping", "startTyping", &[ANA]),
    ("stopTyping", "stopTyping", &[ANA]),
    ("session", "session", &[]),
    ("lookUp", "lookUp", &[ANA]),
];

#[test]
async fn each_call_answers_or_is_unsupported() {
    everywhere(async |stage| {
        let client = stage.caller();
        eventually("the session", 3_000, || text(&client.connection(), "session") == "working").await;
        for (name, method, arguments) in CALLS {
            let arguments: Vec<JsValue> = arguments.iter().copied().map(JsValue::from).collect();
            let before = stage.gateway.all_calls().await;
            let answer = asked(&client.rest(), method, &arguments).await;
            let made = stage.gateway.all_calls().await - before;
            if stage.vendor.lacks().contains(&name) {
                let message = refused(answer, "unsupported");
                assert!(message.contains(' '), "{name}: in a sentence, not {message}");
                assert_eq!(made, 0, "{name}: nobody is asked for what they cannot do");
                continue;
            }
            let answer = answer.unwrap_or_else(|error| panic!("{name}: {}", text(&error, "message")));
            assert_eq!(made, 1, "{name}");
            assert_eq!(not_frozen(&answer), None, "{name}");
            let says = |path: &str| text(&answer, path);
            match name {
                "get" | "snapshot" => {
                    assert_eq!(
                        ["chat", "presences.0.participant", "presences.0.presence"].map(says),
                        [ANA, ANA, "offline"],
                        "{name}"
                    );
                }
                "getAll" => assert_eq!(says("0.chat"), ANA),
                "session" => assert_eq!(says("state"), "working"),
                "lookUp" => assert_eq!(says("contact"), ANA),
                _ => assert!(answer.is_undefined(), "{name}: there is nothing to say"),
            }
        }
        for (capability, call) in
            [("snapshot", "snapshot"), ("list", "getAll"), ("recording", "recording"), ("lookUp", "lookUp")]
        {
            let has = text(&client.capabilities(), capability) == "true";
            assert_eq!(has, !stage.vendor.lacks().contains(&call), "{capability}");
        }
        let kind = stage.vendor.kind();
        assert_eq!(text(&client.capabilities(), "gateway"), kind);
        assert_eq!(text(&client.capabilities(), "feed"), if kind == "waha" { "true" } else { "false" });
        assert_eq!(stage.gateway.all_calls().await, stage.succeeded().await, "each was taken");
    })
    .await;
}
