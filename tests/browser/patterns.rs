//! The patterns as JavaScript sees them, without any gateway: options read strictly, promises that settle, what is frozen, what ends.

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::browser_support::{
    ANA, ANA_LID, BEN, Client, Heard, TEAM, asked, at, connect, envelope, ingesting, js, not_frozen, number, presence,
    promise_of, refused, rested, settled_within, sleep, text,
};

/// Calls a method that throws or returns.
fn call(object: &JsValue, method: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    let function: js_sys::Function = at(object, method).dyn_into().unwrap_or_else(|_| panic!("no method {method}"));
    function.apply(object, &arguments.iter().collect::<Array>())
}

fn writes(client: &Client, chat: &str) {
    let at = (js_sys::Date::now() / 1_000.0).floor();
    let id = format!("false_{chat}_{}", js_sys::Math::random());
    client.takes(&envelope("message", &format!(r#"{{"id":"{id}","timestamp":{at},"from":"{chat}","fromMe":false}}"#)));
}

/// How a promise settles, soon.
async fn soon(client: &Client, method: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    settled_within(promise_of(client, method, arguments), 2_000).await.unwrap_or_else(|| panic!("{method} is pending"))
}

#[test]
async fn options_of_waiting_are_read_strictly() {
    let client = ingesting();
    for (method, options, message) in [
        (
            "whenQuiet",
            "{ quiteMs: 1 }",
            "options.quiteMs: expected one of signal, maxWaitMs, quietMs, participant, found an unknown option",
        ),
        ("whenQuiet", "{ quietMs: 600001 }", "options.quietMs: expected a whole number from 0 to 600000, found 600001"),
        ("whenQuiet", "{ maxWaitMs: -1 }", "options.maxWaitMs: expected a whole number from 0 to 86400000, found -1"),
        (
            "whenMessage",
            "{ quietMs: 1 }",
            "options.quietMs: expected one of signal, maxWaitMs, participant, found an unknown option",
        ),
        ("whenOnline", "{ signal: 7 }", "options.signal: expected an AbortSignal, found number"),
        ("routing", "{ maxWaitMs: 60001 }", "options.maxWaitMs: expected a whole number from 0 to 60000, found 60001"),
    ] {
        let answer = asked(&client, method, &[ANA.into(), js(options)]).await;
        assert_eq!(refused(answer, "invalid-option"), message);
    }
    refused(asked(&client, "whenQuiet", &["nobody".into()]).await, "invalid-chat");
    refused(asked(&client, "whenQuiet", &[TEAM.into(), js("{ participant: 'x' }")]).await, "invalid-chat");
    client.end();
}

/// A client whose gateway cannot be reached: what it is told to show is never seen.
fn unreachable() -> Client {
    connect("{ gateway: { kind: 'waha', baseUrl: 'http://127.0.0.1:9', feed: false } }")
}

#[test]
fn a_policy_is_read_strictly() {
    let client = unreachable();
    let open = |span: &str| format!("{{ hours: {{ timeZone: 'UTC', open: [{span}] }} }}");
    for (policy, message) in [
        (
            "{ hour: {} }".to_owned(),
            "policy.hour: expected one of hours, healthy, pulseEveryMs, found an unknown option",
        ),
        ("{ healthy: true }".to_owned(), "policy.healthy: expected a function or an AbortSignal, found boolean"),
        (
            "{ pulseEveryMs: 1000 }".to_owned(),
            "policy.pulseEveryMs: expected a whole number from 900000 to 86400000, found 1000",
        ),
        (
            "{ hours: { timeZone: 'Mars/Olympus', open: [] } }".to_owned(),
            "policy.hours.timeZone: expected a time zone that Intl knows, found string",
        ),
        (
            "{ hours: { timeZone: 'UTC' } }".to_owned(),
            "policy.hours.open: expected an array of { days, from, to }, found undefined",
        ),
        (
            open("{ days: ['monday'], from: '9:00', to: '17:00' }"),
            "policy.hours.open[0]: expected from and to such as \"09:00\", found undefined",
        ),
        (
            open("{ days: ['monday'], from: '09:00', to: '24:01' }"),
            "policy.hours.open[0]: expected from and to such as \"09:00\", found undefined",
        ),
        (
            open("{ days: ['mon'], from: '09:00', to: '17:00' }"),
            "policy.hours.open[0].days: expected days from \"monday\" to \"sunday\", found string",
        ),
        (
            open("{ days: [], from: '09:00', to: '17:00', x: 1 }"),
            "policy.hours.open[0].x: expected one of days, from, to, found an unknown option",
        ),
    ] {
        assert_eq!(refused(call(&client, "setPolicy", &[js(&policy)]), "invalid-option"), message);
    }
    assert!(at(&client, "own.policy").is_null(), "none was set");
    client.end();
}

#[test]
async fn a_policy_is_asked_for_what_the_platform_knows() {
    let client = unreachable();
    let all_week = "['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']";
    for (span, open) in [
        (format!("{{ days: {all_week}, from: '00:00', to: '24:00' }}"), "true"),
        (format!("{{ days: {all_week}, from: '17:00', to: '17:00' }}"), "true"),
        ("{ days: [], from: '00:00', to: '24:00' }".to_owned(), "false"),
    ] {
        let policy =
            format!("{{ hours: {{ timeZone: 'Asia/Kathmandu', open: [{span}] }}, healthy: async () => true }}");
        call(&client, "setPolicy", &[js(&policy)]).expect("a policy in order");
        for _ in 0..100 {
            if text(&client, "own.policy.healthy") == "true" && text(&client, "own.policy.open") != "null" {
                break;
            }
            sleep(10).await;
        }
        assert_eq!(
            ["runsHere", "open", "healthy"].map(|key| text(&client, &format!("own.policy.{key}"))),
            ["true", open, "true"]
        );
        assert_eq!(not_frozen(&at(&client, "own")), None);
    }
    // Of two clients of one account one runs it; when that one goes, the other does.
    let other = unreachable();
    call(&other, "setPolicy", &[js("{ healthy: () => { throw new Error('no') } }")]).expect("a policy in order");
    sleep(50).await;
    assert_eq!(text(&other, "own.policy.runsHere"), "false");
    client.end();
    sleep(100).await;
    assert_eq!(["runsHere", "healthy"].map(|key| text(&other, &format!("own.policy.{key}"))), ["true", "false"]);
    other.end();
}

#[test]
async fn where_nothing_can_be_called_composing_is_unsupported_and_waiting_is_not() {
    let client = ingesting();
    let message = refused(call(&client, "composer", &[ANA.into()]), "unsupported");
    assert!(message.contains("nobody can be shown that we type"));
    for (method, arguments) in
        [("setOnline", vec![]), ("setOffline", vec![]), ("ghost", vec![]), ("setPolicy", vec![JsValue::NULL])]
    {
        refused(call(&client, method, &arguments), "unsupported");
    }
    let quiet = soon(&client, "whenQuiet", &[ANA.into()]).await.expect("an answer");
    assert_eq!([text(&quiet, "reason"), text(&quiet, "waitedMs")], ["no-data", "0"]);
    let routing = soon(&client, "routing", &[ANA.into(), js("{ maxWaitMs: 50 }")]).await.expect("an answer");
    assert_eq!(["route", "reason", "ageMs"].map(|key| text(&routing, key)), ["unknown", "no-data", "null"]);
    let online = soon(&client, "whenOnline", &[ANA.into(), js("{ maxWaitMs: 50 }")]).await.expect("an answer");
    assert_eq!(text(&online, "reason"), "max-wait");
    assert!(call(&client, "momentum", &[ANA.into()]).expect("a chat id").is_null());
    for answer in [quiet, routing, online] {
        assert_eq!(not_frozen(&answer), None);
    }
    client.end();
}

#[test]
async fn quiet_comes_as_they_stop_and_at_once_when_they_write() {
    let client = ingesting();
    client.says(ANA, "typing");
    let waiting = promise_of(&client, "whenQuiet", &[ANA.into(), js("{ quietMs: 150 }")]);
    sleep(100).await;
    client.says(ANA, "paused");
    let quiet = settled_within(waiting, 1_000).await.expect("it is quiet").expect("an answer");
    assert_eq!(text(&quiet, "reason"), "quiet");
    assert!(number(&quiet, "waitedMs") >= 240.0, "a while of typing, and 150 ms of silence");
    client.says(ANA, "typing");
    let waiting = promise_of(&client, "whenQuiet", &[ANA.into()]);
    let written = promise_of(&client, "whenMessage", &[ANA.into()]);
    writes(&client, ANA);
    let quiet = settled_within(waiting, 200).await.expect("they wrote").expect("an answer");
    assert_eq!(text(&quiet, "reason"), "message");
    let written = settled_within(written, 200).await.expect("they wrote").expect("an answer");
    assert_eq!(written, JsValue::TRUE);
    client.end();
}

#[test]
async fn in_a_group_one_of_them_can_be_waited_for() {
    let client = ingesting();
    client.takes(&presence(TEAM, ANA, "typing"));
    client.takes(&presence(TEAM, BEN, "typing"));
    client.takes(&presence(TEAM, ANA, "paused"));
    let options = js(&format!("{{ quietMs: 50, participant: '{ANA}' }}"));
    let quiet = soon(&client, "whenQuiet", &[TEAM.into(), options]).await.expect("an answer");
    assert_eq!(text(&quiet, "reason"), "quiet");
    let options = js("{ quietMs: 50, maxWaitMs: 100 }");
    let quiet = soon(&client, "whenQuiet", &[TEAM.into(), options]).await.expect("an answer");
    assert_eq!(text(&quiet, "reason"), "max-wait", "Ben still types");
    client.end();
}

#[test]
async fn whoever_gives_up_or_closes_is_told_so_and_nothing_stays() {
    let client = ingesting();
    client.says(ANA, "typing");
    let controller = js("new AbortController()");
    let options = js("(signal) => ({ signal })").unchecked_into::<js_sys::Function>();
    let options = options.call1(&JsValue::UNDEFINED, &at(&controller, "signal")).expect("options");
    let waiting = promise_of(&client, "whenQuiet", &[ANA.into(), options.clone()]);
    call(&controller, "abort", &[]).expect("aborting never fails");
    refused(settled_within(waiting, 200).await.expect("it was given up"), "aborted");
    refused(soon(&client, "whenOnline", &[BEN.into(), options]).await, "aborted");
    sleep(20).await;
    assert_eq!(client.chats().length(), 0, "whom nobody waits for is not watched");
    let waiting = promise_of(&client, "whenOnline", &[BEN.into()]);
    assert_eq!(client.chats().length(), 1, "watched meanwhile");
    client.end();
    refused(settled_within(waiting, 200).await.expect("the client was closed"), "closed");
    refused(asked(&client, "whenQuiet", &[ANA.into()]).await, "closed");
}

#[test]
async fn a_cohort_is_told_of_whoever_comes_and_of_nobody_after_its_end() {
    let client = ingesting();
    client.says(ANA, "online");
    let heard = Heard::new();
    let people = js(&format!("['{ANA}', '{BEN}']"));
    let options = js("{ coolDownMs: 60000, priority: 'background' }");
    let end = call(&client, "onAvailable", &[people, heard.function.clone(), options]).expect("a cohort");
    assert_eq!(heard.count(), 1, "she is there already");
    for word in ["offline", "online"] {
        client.says(ANA, word);
        client.says(BEN, word);
    }
    assert_eq!(heard.count(), 2, "Ana was told of a moment ago");
    assert_eq!(heard.last().as_string().as_deref(), Some(BEN));
    assert_eq!(client.chats().length(), 2);
    end.unchecked_into::<js_sys::Function>().call0(&JsValue::UNDEFINED).expect("ending never fails");
    assert_eq!(client.chats().length(), 0);
    let many = js("Array.from({ length: 51 }, (_, n) => `${15550000000 + n}@c.us`)");
    let message = refused(call(&client, "onAvailable", &[many, heard.function.clone()]), "invalid-option");
    assert!(message.contains("at most 50"), "{message}");
    refused(call(&client, "onAvailable", &[js(&format!("['{TEAM}']")), heard.function.clone()]), "invalid-chat");
    client.end();
}

#[test]
async fn momentum_and_log_tell_what_happened_without_settling_and_without_numbers() {
    let client = ingesting();
    for word in ["typing", "paused", "typing"] {
        client.says(ANA, word);
        sleep(20).await;
    }
    let momentum = call(&client, "momentum", &[ANA.into()]).expect("a chat id");
    assert_eq!(number(&momentum, "bursts"), 2.0, "though nobody saw it flicker");
    assert!((20.0..500.0).contains(&number(&momentum, "composingMs")));
    writes(&client, ANA);
    let momentum = call(&client, "momentum", &[ANA.into()]).expect("a chat id");
    assert_eq!(["bursts", "firstComposingAtMs"].map(|key| text(&momentum, key)), ["0", "null"]);
    assert_eq!(number(&momentum, "lastReply.bursts"), 2.0);
    assert_eq!(not_frozen(&momentum), None);
    client.takes(&presence(ANA_LID, ANA_LID, "paused"));
    client.add_alias(&ANA_LID.into(), &ANA.into()).expect("a pair");
    let log = at(&client, "log");
    let entries = call(&log, "entries", &[ANA_LID.into()]).expect("a chat id");
    let events: Vec<String> = Array::from(&entries).iter().map(|entry| text(&entry, "event")).collect();
    assert_eq!(events[..2], ["typing-began", "online"], "{events:?}");
    assert_eq!(events.last().map(String::as_str), Some("message"), "{events:?}");
    assert_eq!(not_frozen(&entries), None);
    let ndjson = call(&log, "toNdjson", &[]).expect("a text").as_string().expect("a text");
    assert_eq!(ndjson.lines().count(), events.len());
    assert!(!ndjson.contains("1555") && ndjson.contains("\"person-"), "{ndjson}");
    let named = call(&log, "toNdjson", &[js("{ ids: true }")]).expect("a text").as_string().expect("a text");
    assert!(named.contains(ANA));
    refused(call(&log, "toNdjson", &[js("{ id: true }")]), "invalid-option");
    call(&log, "clear", &[]).expect("forgetting never fails");
    assert_eq!(Array::from(&call(&log, "entries", &[]).expect("entries")).length(), 0);
    rested().await;
    client.end();
}
