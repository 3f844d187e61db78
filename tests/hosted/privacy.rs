//! A number and a credential go over the wire both ways; nothing we say shows them.

use std::cell::RefCell;

use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::browser_support::{Heard, Reports, asked, eventually, everything_of, text};
use crate::stage::everywhere;
use crate::vendor::Vendor;

const NUMBER: &str = "15550123456";

/// What one client said, and the secret that went with its calls.
struct Said {
    vendor: Vendor,
    token: String,
    words: String,
}

#[test]
async fn what_a_gateway_repeats_of_our_request_is_not_repeated_by_us() {
    let reports = Reports::new();
    let everything = RefCell::<Vec<Said>>::default();
    everywhere(async |stage| {
        let errors = Heard::new();
        let client = stage.caller_as(stage.instance(), stage.token(), Some(&errors.function));
        let (token, chat) = (stage.token(), format!("{NUMBER}@c.us"));
        let mut said = String::new();
        for words in [
            format!("nobody is {chat} for {token}, nobody"),
            format!("nobody: Authorization: Bearer {token} is refused for +{NUMBER}"),
            format!("nobody: see http://gateway.example/presence/{chat}?access_token={token}"),
            format!("nobody: access_token = {token}, chatId = {NUMBER}"),
        ] {
            let (status, body) = stage.vendor.refusal(&words);
            for (status, body) in [(status, body.clone()), (500, body), (400, words.clone())] {
                stage.gateway.fail(stage.vendor.subscribes_by().0, status, &quoted(&body), "").await;
                let answer = asked(&client.rest(), "subscribe", &[chat.as_str().into()]).await;
                said.push_str(&everything_of(&answer.expect_err("a refusal")));
            }
        }
        assert!(said.contains("nobody"), "the rest of the gateway's own text is kept: {said}");
        stage.refuse_next(&format!("nobody is {chat} for {token}")).await;
        let watched = client.follow(&chat);
        eventually("refused", 4_000, || text(&watched.snapshot(), "knowledge.state") == "refused").await;
        let detail = text(&watched.snapshot(), "knowledge.detail");
        assert!(detail.starts_with("nobody is"), "{detail}");
        eventually("an error", 1_000, || errors.count() > 0).await;
        said.push_str(&detail);
        said.push_str(&everything_of(&errors.last()));
        everything.borrow_mut().push(Said { vendor: stage.vendor, token: token.to_owned(), words: said });
    })
    .await;
    reports.restore();
    let mut logged = String::new();
    for line in reports.logged().iter().chain(reports.messages().iter()) {
        logged.push_str(&line.as_string().unwrap_or_default());
    }
    for Said { vendor, token, words } in everything.take() {
        for canary in [NUMBER, token.as_str(), "gateway.example"] {
            let seen =
                words.find(canary).map(|at| words[at.saturating_sub(60)..].chars().take(140).collect::<String>());
            assert_eq!(seen, None, "{vendor:?}: {canary}");
            assert!(!logged.contains(canary), "{vendor:?}: {canary} in the console");
        }
    }
}

fn quoted(body: &str) -> String {
    js_sys::JSON::stringify(&body.into()).expect("a text").into()
}
