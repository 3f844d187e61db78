//! A number, a key and a keyed URL go over the wire both ways; nothing we say shows them.

use js_sys::Reflect;
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::browser_support::{Heard, Reports, asked, eventually, everything_of, sleep, text};
use crate::gateway::{Gateway, connect_object, open};

const NUMBER: &str = "4915112345678";

#[test]
async fn what_a_gateway_repeats_of_our_request_is_not_repeated_by_us() {
    let Some(gateway) = Gateway::open().await else { return };
    let reports = Reports::new();
    let errors = Heard::new();
    let options = gateway.options("", "");
    Reflect::set(&options, &"onError".into(), &errors.function).expect("a plain object");
    let client = connect_object(&options);
    open(&client).await;
    let (key, chat) = (gateway.key(), format!("{NUMBER}@c.us"));
    let indiscreet = format!("no {chat} for {key}, see http://gateway.example/ws?x-api-key={key} or X-Api-Key: {key}");
    let mut said = String::new();
    for (status, body) in [
        (400, format!(r#"{{"detail":"{indiscreet}"}}"#)),
        (404, format!(r#"{{"message":"{indiscreet}","statusCode":404}}"#)),
        (422, format!(r#"{{"error":"{indiscreet}","session":"x","status":"{NUMBER}","expected":["WORKING"]}}"#)),
        (500, format!(r#"{{"exception":{{"message":"{indiscreet}","stack":"{key}"}},"request":{{"path":"{key}"}}}}"#)),
        (200, format!(r#""{indiscreet}""#)),
    ] {
        gateway.fail("/presence", status, &body, "").await;
        let error = asked(&client.rest(), "get", &[chat.as_str().into()]).await.expect_err("a refusal");
        said.push_str(&everything_of(&error));
    }
    gateway.fail("/subscribe", 400, &format!(r#"{{"detail":"{indiscreet}"}}"#), r#""times":9,"#).await;
    let watched = client.follow(&chat);
    eventually("refused", 4_000, || text(&watched.snapshot(), "knowledge.state") == "refused").await;
    said.push_str(&text(&watched.snapshot(), "knowledge.detail"));
    gateway.control("inject", &format!(r#"{{"frames":["{{\"{NUMBER}","{key}"]}}"#)).await;
    sleep(200).await;
    gateway.control("disconnect", r#"{"code":1008}"#).await;
    sleep(300).await;
    client.end();
    reports.restore();
    assert!(errors.count() > 0, "something was said");
    for n in 0..errors.count() {
        said.push_str(&errors.all("message")[n]);
    }
    said.push_str(&everything_of(&errors.last()));
    for line in reports.logged().iter().chain(reports.messages().iter()) {
        said.push_str(&line.as_string().unwrap_or_default());
    }
    for canary in [NUMBER, key.as_str(), gateway.admin_key, "gateway.example"] {
        let seen = said.find(canary).map(|at| said[at.saturating_sub(80)..].chars().take(160).collect::<String>());
        assert_eq!(seen, None, "{canary}");
    }
    gateway.forget(client).await;
}
