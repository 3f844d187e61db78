//! What people see of us, by way of each gateway: typing and recording that end, being online for as long as somebody claims it.

use js_sys::{Array, Function};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::browser_support::{ANA, Client, at, eventually, js, refused, sleep, text};
use crate::stage::{Stage, everywhere};
use crate::vendor::Vendor;

fn call(object: &JsValue, method: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    let function: Function = at(object, method).dyn_into().unwrap_or_else(|_| panic!("no method {method}"));
    function.apply(object, &arguments.iter().collect::<Array>())
}

fn does(object: &JsValue, method: &str) {
    call(object, method, &[]).unwrap_or_else(|error| panic!("{method}: {}", text(&error, "message")));
}

fn composer(client: &Client) -> JsValue {
    call(client, "composer", &[ANA.into()]).expect("a composer")
}

/// Waits until Ana sees this of us.
async fn ana_sees(stage: &Stage, path: &str, wanted: &str) {
    for _ in 0..250 {
        let view = stage.gateway.view(ANA).await;
        if text(&view, path) == wanted {
            return;
        }
        sleep(20).await;
    }
    panic!("Ana does not see {wanted}");
}

#[test]
async fn what_is_typed_here_is_seen_there_until_it_is_sent_emptied_or_left() {
    everywhere(async |stage| {
        let client = stage.connect().await;
        let composer = composer(&client);
        let form = js("document.body.appendChild(document.createElement('form'))");
        let input = js("document.createElement('input')");
        call(&form, "append", std::slice::from_ref(&input)).expect("an element");
        let detach = call(&composer, "attach", std::slice::from_ref(&input)).expect("an input");
        let types =
            js("(input, text) => { input.value = text; input.dispatchEvent(new Event('input', { bubbles: true })); }");
        let types = |words: &str| {
            let types: &Function = types.unchecked_ref();
            types.call2(&JsValue::UNDEFINED, &input, &words.into()).expect("an input");
        };
        let fire = |target: &JsValue, event: &str| {
            call(target, "dispatchEvent", &[js(&format!("new Event('{event}', {{ cancelable: true }})"))])
                .expect("an event");
        };
        for end in ["sent", "emptied", "left", "submitted", "stop"] {
            types("hello");
            ana_sees(&stage, "chats.0.activity", "typing").await;
            assert_eq!(text(&composer, "shows"), "typing");
            match end {
                "emptied" => types(""),
                "left" => fire(&input, "blur"),
                "submitted" => fire(&form, "submit"),
                method => does(&composer, method),
            }
            ana_sees(&stage, "chats.0.activity", "none").await;
            // The gateway's answer is on its way.
            eventually(end, 2_000, || text(&composer, "shows") == "none").await;
        }
        // The last start is followed at once by the end of everything.
        types("hello");
        ana_sees(&stage, "chats.0.activity", "typing").await;
        detach.unchecked_into::<Function>().call0(&JsValue::UNDEFINED).expect("ending never fails");
        ana_sees(&stage, "chats.0.activity", "none").await;
        types("more");
        sleep(150).await;
        assert_eq!(text(&composer, "shows"), "none", "the input is not followed any more");
        call(&form, "remove", &[]).expect("an element");
    })
    .await;
}

#[test]
async fn a_recording_is_seen_where_the_gateway_can_show_it_and_unsupported_elsewhere() {
    everywhere(async |stage| {
        let client = stage.connect().await;
        let composer = composer(&client);
        if stage.vendor == Vendor::Waapi {
            let message = refused(call(&composer, "record", &[]), "unsupported");
            assert!(message.contains("not that we record"), "{message}");
            return;
        }
        does(&composer, "record");
        ana_sees(&stage, "chats.0.activity", "recording").await;
        does(&composer, "keystroke");
        ana_sees(&stage, "chats.0.activity", "typing").await;
        does(&composer, "close");
        ana_sees(&stage, "chats.0.activity", "none").await;
    })
    .await;
}

#[test]
async fn whatever_is_shown_ends_with_the_client() {
    everywhere(async |stage| {
        let client = stage.connect().await;
        let (one, other) = (composer(&client), composer(&client));
        does(&one, "keystroke");
        does(&other, "keystroke");
        ana_sees(&stage, "chats.0.activity", "typing").await;
        does(&one, "stop");
        sleep(150).await;
        assert_eq!(text(&other, "shows"), "typing", "the other still types");
        client.end();
        ana_sees(&stage, "chats.0.activity", "none").await;
        assert_eq!(stage.gateway.calls("startTyping").await, 1, "one indicator for both");
    })
    .await;
}

#[test]
async fn we_are_online_for_as_long_as_a_client_of_this_browser_claims_it() {
    everywhere(async |stage| {
        let (one, other) = (stage.connect().await, stage.caller());
        does(&one, "setOnline");
        ana_sees(&stage, "online", "true").await;
        does(&other, "setOnline");
        for _ in 0..100 {
            if text(&other, "own.availability") == "online" {
                break;
            }
            sleep(20).await;
        }
        does(&one, "setOffline");
        sleep(200).await;
        assert_eq!(text(&stage.gateway.view(ANA).await, "online"), "true", "the other claims it");
        assert_eq!(text(&one, "own.claimedElsewhere"), "true");
        other.end();
        ana_sees(&stage, "online", "false").await;
    })
    .await;
}

#[test]
async fn a_ghost_stays_unseen_and_says_what_that_costs() {
    everywhere(async |stage| {
        let client = stage.connect().await;
        does(&client, "setOnline");
        ana_sees(&stage, "online", "true").await;
        let ghost = call(&client, "ghost", &[js("{ readReceipts: 'off' }")]).expect("a ghost");
        ana_sees(&stage, "online", "false").await;
        let codes: Vec<String> = Array::from(&at(&ghost, "price")).iter().map(|price| text(&price, "code")).collect();
        let marks = stage.vendor != Vendor::Waapi;
        assert_eq!(codes.contains(&"watching-marks-online".to_owned()), marks, "{codes:?}");
        assert!(codes.contains(&"reciprocity".to_owned()));
        let receipts =
            wasm_bindgen_futures::JsFuture::from(at(&ghost, "readReceipts").unchecked_into::<js_sys::Promise>());
        let receipts = receipts.await.unwrap_or_else(|error| panic!("{}", text(&error, "message")));
        assert_eq!(text(&receipts, "changed"), (stage.vendor == Vendor::Waapi).to_string());
        // Typing shows us for a moment, where it does, and no longer.
        let composer = composer(&client);
        does(&composer, "keystroke");
        ana_sees(&stage, "chats.0.activity", "typing").await;
        does(&composer, "sent");
        ana_sees(&stage, "online", "false").await;
        does(&ghost, "close");
        ana_sees(&stage, "online", "true").await;
        does(&client, "setOffline");
        ana_sees(&stage, "online", "false").await;
    })
    .await;
}
