//! Options are read strictly: a fault is named with its place, what was expected, and what was found.

use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::browser_support::{ANA, ANA_LID, BEN, asked, connect, ingesting, js, refused, text, try_connect};

/// `connect` is refused with exactly this message.
#[track_caller]
fn says(options: &str, message: &str) {
    assert_eq!(refused(try_connect(options), "invalid-option"), message, "{options}");
}

#[test]
fn what_is_no_options_object_is_refused() {
    says("undefined", "options.gateway: expected an object with a kind, found undefined");
    says("null", "options: expected an object, found null");
    says("[]", "options: expected an object, found an array");
    says("'https://waha.example'", "options: expected an object, found string");
    says("{}", "options.gateway: expected an object with a kind, found undefined");
    says("{ gateway: 'waha' }", "options.gateway: expected an object, found string");
    says("{ gateway: null }", "options.gateway: expected an object, found null");
}

#[test]
fn an_unknown_option_is_named_with_those_that_exist() {
    says(
        "{ gateway: { kind: 'ingest' }, typingTtl: 15 }",
        "options.typingTtl: expected one of gateway, typingTtlMs, maxWatchedChats, maxBodyBytes, logEntries, guard, afterSubscribe, aliases, \
         onError, onFatal, webSocket, background, keepOnReload, shareTabs, shareKey, found an unknown option",
    );
    says(
        "{ gateway: { kind: 'ingest', baseUrl: 'https://waha.example' } }",
        "options.gateway.baseUrl: expected one of kind, from, found an unknown option",
    );
    says(
        "{ gateway: { kind: 'waha', baseUrl: 'https://waha.example', apikey: 'k' } }",
        "options.gateway.apikey: expected one of kind, baseUrl, session, apiKey, feed, messageEvents, lookUpIds, \
         found an unknown option",
    );
}

#[test]
fn an_option_that_is_undefined_is_as_good_as_absent() {
    connect("{ gateway: { kind: 'ingest' }, typingTtlMs: undefined, aliases: undefined, onError: undefined }").end();
}

#[test]
fn durations_have_a_unit_and_a_range() {
    let options = |value: &str| format!("{{ gateway: {{ kind: 'ingest' }}, typingTtlMs: {value} }}");
    for (value, found) in [
        ("199", "199"),
        ("120001", "120001"),
        ("15", "15"),
        ("-1", "-1"),
        ("300.5", "300.5"),
        ("NaN", "NaN"),
        ("Infinity", "Infinity"),
        ("'15000'", "string"),
        ("15000n", "bigint"),
        ("null", "null"),
        ("[15000]", "an array"),
        ("{}", "object"),
        ("true", "boolean"),
    ] {
        let message = format!("options.typingTtlMs: expected a whole number from 200 to 120000, found {found}");
        says(&options(value), &message);
    }
    for value in ["200", "120000", "1.5e4"] {
        connect(&options(value)).end();
    }
}

#[test]
fn every_number_has_its_own_range() {
    for (key, low, high) in [("maxWatchedChats", 1_u32, 10_000_u32), ("maxBodyBytes", 1_024, 16_777_216)] {
        let options = |value: u32| format!("{{ gateway: {{ kind: 'ingest' }}, {key}: {value} }}");
        for value in [low - 1, high + 1] {
            says(
                &options(value),
                &format!("options.{key}: expected a whole number from {low} to {high}, found {value}"),
            );
        }
        connect(&options(low)).end();
        connect(&options(high)).end();
    }
}

#[test]
fn callbacks_are_functions() {
    says("{ gateway: { kind: 'ingest' }, onError: 'log' }", "options.onError: expected a function, found string");
    says("{ gateway: { kind: 'ingest' }, onFatal: {} }", "options.onFatal: expected a function, found object");
    says(
        "{ gateway: { kind: 'ingest' }, background: 'stop' }",
        "options.background: expected \"slow\" or \"pause\" or \"keep\", found another value",
    );
    says("{ gateway: { kind: 'ingest' }, shareKey: 7 }", "options.shareKey: expected a string, found number");
    says("{ gateway: { kind: 'ingest' }, webSocket: 'ws' }", "options.webSocket: expected a function, found string");
}

#[test]
fn a_gateway_has_a_kind_that_exists() {
    let message =
        "options.gateway.kind: expected \"waha\", \"wawp\", \"waapi\", \"relay\" or \"ingest\", found another value";
    for gateway in ["{}", "{ kind: 'telegram' }", "{ kind: 'WAHA' }", "{ kind: '' }"] {
        says(&format!("{{ gateway: {gateway} }}"), message);
    }
    says("{ gateway: { kind: 1 } }", "options.gateway.kind: expected a string, found number");
}

#[test]
fn a_base_url_is_http_and_holds_no_secret() {
    let says = |url: &str, found: &str| {
        let expected = "options.gateway.baseUrl: expected an http or https URL such as \"https://waha.example\", found";
        says(&format!("{{ gateway: {{ kind: 'waha', baseUrl: {url} }} }}"), &format!("{expected} {found}"));
    };
    says("''", "nothing");
    says("undefined", "nothing");
    says("'waha.example'", "a text that is no URL");
    says("'ftp://waha.example'", "another scheme");
    says("'ws://waha.example'", "another scheme");
    says("'javascript:alert(1)'", "another scheme");
    says("'https://waha.example/?x-api-key=secret'", "a query or fragment");
    says("'https://waha.example/#secret'", "a query or fragment");
    says("'https://admin:secret@waha.example'", "a user name or password in it: use apiKey");
}

#[test]
fn the_options_of_waha_have_types() {
    let says = |option: &str, message: &str| {
        self::says(&format!("{{ gateway: {{ kind: 'waha', baseUrl: 'https://waha.example', {option} }} }}"), message);
    };
    says("session: ''", "options.gateway.session: expected letters, digits, \"_\" and \"-\"");
    says("session: '*'", "options.gateway.session: expected letters, digits, \"_\" and \"-\"");
    says("session: '../admin'", "options.gateway.session: expected letters, digits, \"_\" and \"-\"");
    says("session: 1", "options.gateway.session: expected a string, found number");
    says("apiKey: 7", "options.gateway.apiKey: expected a string or a function, found number");
    says("apiKey: null", "options.gateway.apiKey: expected a string or a function, found null");
    says("feed: 1", "options.gateway.feed: expected true or false, found number");
    says("messageEvents: 'yes'", "options.gateway.messageEvents: expected true or false, found string");
    says("lookUpIds: null", "options.gateway.lookUpIds: expected true or false, found null");
}

#[test]
fn aliases_pair_a_hidden_id_with_a_number() {
    let aliases = |pairs: &str| try_connect(&format!("{{ gateway: {{ kind: 'ingest' }}, aliases: {pairs} }}"));
    let message = "options.aliases: expected an object of @lid to @c.us, found string";
    assert_eq!(refused(aliases("'x'"), "invalid-option"), message);
    let message = "options.aliases: expected a @lid and a @c.us id";
    assert_eq!(refused(aliases(&format!("{{ '{ANA}': '{ANA_LID}' }}")), "invalid-chat"), message);
    assert_eq!(refused(aliases(&format!("{{ '{ANA_LID}': '{ANA_LID}' }}")), "invalid-chat"), message);
    refused(aliases(&format!("{{ '{ANA_LID}': 7 }}")), "invalid-chat");
    refused(aliases("{ 'nobody': 'nobody' }"), "invalid-chat");
    let client = ingesting();
    assert_eq!(
        refused(client.add_alias(&ANA.into(), &BEN.into()), "invalid-chat"),
        "alias: expected a @lid and a @c.us id"
    );
    client.end();
}

#[test]
fn options_of_watch_and_listen_are_read_as_strictly() {
    let client = ingesting();
    let watch = |options: &str| refused(client.watch(&ANA.into(), &js(options)), "invalid-option");
    assert_eq!(watch("7"), "options: expected an object, found number");
    assert_eq!(watch("null"), "options: expected an object, found null");
    assert_eq!(
        watch("{ once: true }"),
        "options.once: expected one of priority, lastInboundAtMs, signal, found an unknown option"
    );
    assert_eq!(
        watch("{ priority: 'high' }"),
        "options.priority: expected \"focused\", \"visible\" or \"background\", found string"
    );
    let listen = refused(client.listen(&js("() => {}"), &js("{ once: true }")), "invalid-option");
    assert_eq!(listen, "options.once: expected one of signal, found an unknown option");
    let close = refused(client.close(&js("{ forget: 'all' }")), "invalid-option");
    assert_eq!(close, "options.forget: expected true or false, found string");
    assert_eq!(client.chats().length(), 0);
    client.end();
}

#[test]
fn a_getter_that_throws_is_the_callers_own_error() {
    let Err(error) = try_connect("{ get gateway() { throw new RangeError('mine'); } }") else { panic!("it threw") };
    assert_eq!(text(&error, "name"), "RangeError");
}

#[test]
fn what_is_no_chat_id_is_refused_and_not_repeated() {
    let client = ingesting();
    for (id, message) in [
        ("undefined", "chat: expected a chat id, found undefined"),
        ("15550001111", "chat: expected a chat id, found number"),
        ("{ id: 'x' }", "chat: expected a chat id, found object"),
        ("''", "chat: expected digits or `name@server`, found nothing"),
        ("'@c.us'", "chat: expected digits or `name@server`, found nothing"),
        ("'hello'", "chat: expected letters, digits, `.`, `_` and `-` around one `@`"),
        ("'a@b@c'", "chat: expected letters, digits, `.`, `_` and `-` around one `@`"),
        ("'../../x@c.us'", "chat: expected letters, digits, `.`, `_` and `-` around one `@`"),
        ("'1\\u202e2@c.us'", "chat: expected letters, digits, `.`, `_` and `-` around one `@`"),
        ("'9'.repeat(129)", "chat: expected at most 128 characters"),
    ] {
        assert_eq!(refused(client.watch(&js(id), &JsValue::UNDEFINED), "invalid-chat"), message, "{id}");
        assert_eq!(refused(client.snapshot(&js(id)), "invalid-chat"), message, "{id}");
    }
    client.end();
}

#[test]
async fn calls_say_what_is_wrong_by_their_promise() {
    let client = ingesting();
    let rest = client.rest();
    let message = refused(asked(&rest, "set", &["away".into()]).await, "invalid-option");
    let words = "\"online\", \"offline\", \"typing\", \"recording\" or \"paused\"";
    assert_eq!(message, format!("presence: expected {words}, found string"));
    let message = refused(asked(&rest, "set", &["typing".into()]).await, "invalid-chat");
    assert_eq!(message, "chat: expected a chat id, found undefined");
    refused(asked(&rest, "get", &["nobody".into()]).await, "invalid-chat");
    let message = refused(asked(&rest, "getAll", &[js("{ limit: 5 }")]).await, "invalid-option");
    assert_eq!(message, "options.limit: expected one of signal, found an unknown option");
    client.end();
}

#[test]
async fn without_a_gateway_every_call_is_unsupported() {
    let client = ingesting();
    let rest = client.rest();
    for (method, arguments) in [
        ("get", vec![ANA.into()]),
        ("getAll", vec![]),
        ("subscribe", vec![ANA.into()]),
        ("set", vec!["online".into()]),
        ("startTyping", vec![ANA.into()]),
        ("stopTyping", vec![ANA.into()]),
        ("session", vec![]),
        ("lookUp", vec![ANA.into()]),
    ] {
        let error = asked(&rest, method, &arguments).await.expect_err("there is nobody to ask");
        assert_eq!(text(&error, "gateway"), "ingest", "{method}");
        refused(Err::<(), _>(error), "unsupported");
    }
    client.end();
}

#[test]
fn an_error_has_its_facts_and_no_others() {
    let Err(error) = try_connect("{}") else { panic!("it was refused") };
    for (fact, value) in [("name", "PresenceError"), ("code", "invalid-option"), ("status", "null")] {
        assert_eq!(text(&error, fact), value);
    }
    assert_eq!((text(&error, "retryAfterMs"), text(&error, "gateway")), ("null".to_owned(), "null".to_owned()));
    // The frames of a call through wasm: Chromium puts the message before them, the others do not.
    assert!(text(&error, "stack").contains("wasm-function["), "a stack to find the caller by");
    let keys = js_sys::Object::keys(&error.into());
    assert!(keys.iter().all(|key| key != "message"), "{keys:?}");
}
