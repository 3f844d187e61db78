//! Every way a gateway says no, as one typed error.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::browser_support::{ANA, Client, asked, eventually, text};
use crate::gateway::{Gateway, connect_object};

/// A call of `getAll` is refused: `code`, status, message.
async fn refusal(client: &Client) -> JsValue {
    let error = asked(&client.rest(), "getAll", &[]).await.expect_err("it was to be refused");
    assert!(error.is_instance_of::<js_sys::Error>());
    assert_eq!((text(&error, "name"), text(&error, "gateway")), ("PresenceError".to_owned(), "waha".to_owned()));
    error
}

#[test]
async fn each_status_and_body_has_its_code_and_keeps_its_words() {
    let Some(gateway) = Gateway::open().await else { return };
    let client = gateway.caller();
    for (status, body, code, message) in [
        (
            400,
            r#"{"detail":"'typing' presence requires 'chatId' field."}"#,
            "bad-request",
            "'typing' presence requires 'chatId' field.",
        ),
        (
            400,
            r#"{"message":["a is wrong","b is wrong"],"error":"Bad Request","statusCode":400}"#,
            "bad-request",
            "a is wrong",
        ),
        (403, r#"{"message":"Forbidden","statusCode":403}"#, "forbidden", "Forbidden"),
        (
            404,
            r#"{"message":"Cannot GET /api/x","error":"Not Found","statusCode":404}"#,
            "not-found",
            "Cannot GET /api/x",
        ),
        (405, r#""""#, "unsupported", "HTTP 405"),
        (422, r#"{"error":"Session \"x\" does not exist","session":"x"}"#, "not-found", "Session \"x\" does not exist"),
        (
            422,
            r#"{"message":"Only for the Plus version","statusCode":422}"#,
            "unsupported",
            "Only for the Plus version",
        ),
        (422, r#"{"message":"presence must be a word","statusCode":422}"#, "bad-request", "presence must be a word"),
        (429, r#"{"message":"Too many"}"#, "rate-limited", "Too many"),
        (
            500,
            r#"{"statusCode":500,"exception":{"message":"it broke","stack":"at x.js"},"request":{}}"#,
            "engine",
            "it broke",
        ),
        (
            501,
            r#"{"message":"WEBJS engine doesn't support it","error":"Not Implemented","statusCode":501}"#,
            "unsupported",
            "WEBJS engine doesn't support it",
        ),
        (502, r#""<html>Bad Gateway</html>""#, "network", "HTTP 502"),
        (503, r#""""#, "network", "HTTP 503"),
    ] {
        gateway.fail("/presence", status, body, "").await;
        let error = refusal(&client).await;
        assert_eq!(text(&error, "code"), code, "{status} {body}");
        assert_eq!(text(&error, "status"), status.to_string(), "{body}");
        let said = text(&error, "message");
        assert!(said.starts_with(message), "{status} {body}: {said}");
        assert_eq!(text(&error, "retryAfterMs"), "null");
    }
    asked(&client.rest(), "getAll", &[]).await.expect("nothing of that stays");
    gateway.forget(client).await;
}

#[test]
async fn not_ready_names_the_state_and_the_client_remembers_it() {
    let Some(gateway) = Gateway::open().await else { return };
    let client = gateway.caller();
    let body = r#"{"error":"Session status is not as expected. Try again later or restart the session","session":"x",
        "status":"SCAN_QR_CODE","expected":["WORKING"]}"#;
    gateway.fail("/presence", 422, body, "").await;
    let error = refusal(&client).await;
    assert_eq!((text(&error, "code"), text(&error, "status")), ("not-ready".to_owned(), "422".to_owned()));
    assert!(text(&error, "message").ends_with("(status SCAN_QR_CODE)"), "{}", text(&error, "message"));
    eventually("the truth", 3_000, || text(&client.connection(), "session") == "working").await;
    gateway.forget(client).await;
}

#[test]
async fn a_session_that_nobody_made_does_not_exist() {
    let Some(gateway) = Gateway::open().await else { return };
    let options = gateway.options(&format!("session: 'nobody', apiKey: '{}', feed: false", gateway.admin_key), "");
    let client = connect_object(&options);
    for (method, arguments, status) in [("get", vec![ANA.into()], "422"), ("session", vec![], "404")] {
        let error = asked(&client.rest(), method, &arguments).await.expect_err("there is none");
        assert_eq!(
            (text(&error, "code"), text(&error, "status")),
            ("not-found".to_owned(), status.to_owned()),
            "{method}"
        );
    }
    gateway.forget(client).await;
}

#[test]
async fn retry_after_is_told_where_the_page_may_read_it() {
    let Some(gateway) = Gateway::open().await else { return };
    let client = gateway.caller();
    gateway.fail("/presence", 429, "", r#""headers":{"Retry-After":"7"},"#).await;
    assert_eq!(text(&refusal(&client).await, "retryAfterMs"), "null", "WAHA exposes no header to other origins");
    let exposed = r#""headers":{"Retry-After":"7","Access-Control-Expose-Headers":"Retry-After"},"#;
    gateway.fail("/presence", 429, "", exposed).await;
    assert_eq!(text(&refusal(&client).await, "retryAfterMs"), "7000");
    gateway.forget(client).await;
}

#[test]
async fn unauthorized_ends_the_call_and_the_client() {
    let Some(gateway) = Gateway::open().await else { return };
    let client = gateway.caller();
    gateway.fail("/presence", 401, r#"{"message":"Unauthorized","statusCode":401}"#, "").await;
    let error = refusal(&client).await;
    assert_eq!((text(&error, "code"), text(&error, "status")), ("unauthorized".to_owned(), "401".to_owned()));
    eventually("unauthorized", 1_000, || text(&client.connection(), "state") == "unauthorized").await;
    gateway.forget(client).await;
}

#[test]
async fn an_answer_that_is_none_is_malformed() {
    let Some(gateway) = Gateway::open().await else { return };
    let client = gateway.caller();
    for body in [r#""""#, r#""<html>Sign in</html>""#, "7", "{}", r#""[{""#] {
        gateway.fail("/presence", 200, body, "").await;
        let error = refusal(&client).await;
        assert_eq!(
            (text(&error, "code"), text(&error, "status")),
            ("malformed".to_owned(), "200".to_owned()),
            "{body}"
        );
    }
    gateway.forget(client).await;
}

#[test]
async fn an_answer_that_the_browser_blocks_is_a_network_error() {
    let Some(gateway) = Gateway::open().await else { return };
    let client = gateway.caller();
    gateway.fail("/presence", 502, "", r#""noCors":true,"#).await;
    let error = refusal(&client).await;
    assert_eq!((text(&error, "code"), text(&error, "status")), ("network".to_owned(), "null".to_owned()));
    gateway.forget(client).await;
}

#[test]
async fn an_answer_larger_than_any_body_is_not_taken_in() {
    let Some(gateway) = Gateway::open().await else { return };
    let client = gateway.connect_with("feed: false, lookUpIds: false", "maxBodyBytes: 1024");
    gateway.fail("/presence", 200, &format!("\"[{}]\"", " ".repeat(4_000)), "").await;
    let error = refusal(&client).await;
    assert!(["malformed", "too-large"].contains(&text(&error, "code").as_str()), "{}", text(&error, "code"));
    gateway.forget(client).await;
}

#[test]
async fn a_chat_that_the_gateway_refuses_says_why_in_its_words() {
    let Some(gateway) = Gateway::open().await else { return };
    let client = gateway.caller();
    gateway.fail("/subscribe", 400, r#"{"detail":"this number is not on WhatsApp"}"#, r#""times":9,"#).await;
    let chat = client.follow(ANA);
    eventually("refused", 3_000, || text(&chat.snapshot(), "knowledge.state") == "refused").await;
    let snapshot = chat.snapshot();
    assert_eq!(text(&snapshot, "knowledge.reason"), "bad-request");
    assert_eq!(text(&snapshot, "knowledge.detail"), "this number is not on WhatsApp");
    assert_eq!(text(&snapshot, "availability"), "unknown", "refused is not offline");
    crate::browser_support::sleep(2_000).await;
    assert_eq!(gateway.calls("subscribe").await, 1, "and it is not asked again");
    gateway.forget(client).await;
}
