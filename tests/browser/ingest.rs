//! Bodies come in as text, as bytes, or parsed; what is wrong with one is said, and changes nothing.

use js_sys::{JSON, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::browser_support::{
    ANA, ANA_LID, BEN, TEAM, connect, envelope, ingesting, js, number, presence, refused, rested, text,
};

#[test]
async fn text_bytes_and_objects_are_taken_in_alike() {
    let client = ingesting();
    for (chat, kind) in [(ANA, "text"), (BEN, "bytes"), (ANA_LID, "object")] {
        client.followed(chat).await;
        let body = presence(chat, chat, "typing");
        let body: JsValue = match kind {
            "text" => body.into(),
            "bytes" => Uint8Array::from(body.as_bytes()).into(),
            _ => JSON::parse(&body).expect("it is JSON"),
        };
        client.ingest(&body).expect("a body in order");
        assert_eq!(text(&client.of(chat), "activity"), "typing", "{kind}");
    }
    client.end();
}

#[test]
async fn a_part_of_a_larger_buffer_is_a_body_of_its_own() {
    let client = ingesting();
    client.followed(ANA).await;
    let body = presence(ANA, ANA, "typing");
    let padded = format!("xxx{body}yyy");
    let whole = Uint8Array::from(padded.as_bytes());
    let part = whole.subarray(3, 3 + u32::try_from(body.len()).expect("a short body"));
    client.ingest(&part).expect("a body in order");
    assert_eq!(text(&client.of(ANA), "activity"), "typing");
    client.end();
}

#[test]
fn what_is_no_body_is_malformed() {
    let client = ingesting();
    let expected = "body: expected text, a Uint8Array, or an object that is plain JSON";
    for body in [
        "undefined",
        "null",
        "7",
        "true",
        "7n",
        "Symbol('s')",
        "() => 1",
        "(() => { const a = {}; a.a = a; return a; })()",
        "({ toJSON() { throw new Error('no'); } })",
        "({ n: 1n })",
        "new Proxy({}, { get() { throw new Error('no'); }, ownKeys() { throw new Error('no'); } })",
    ] {
        assert_eq!(refused(client.ingest(&js(body)), "malformed"), expected, "{body}");
    }
    client.end();
}

#[test]
fn what_is_no_json_and_no_envelope_is_malformed() {
    let client = ingesting();
    for body in ["", " ", "{", "nonsense", "{\"event\":", "[1,2", "\u{feff}", "null", "true", "\"text\"", "12"] {
        refused(client.ingest(&body.into()), "malformed");
    }
    refused(
        client.ingest(&Uint8Array::from(&b"{\"event\":\"presence.update\",\"payload\":{\"id\":\"\xff\xfe\""[..])),
        "malformed",
    );
    assert_eq!(client.chats().length(), 0);
    client.end();
}

#[test]
async fn invalid_utf_8_in_a_field_nobody_reads_or_in_an_id_harms_nobody() {
    let client = ingesting();
    client.followed(ANA).await;
    client.says(ANA, "typing");
    let before = client.of(ANA);
    let mut body = presence(ANA, ANA, "paused").into_bytes();
    let position = body.windows(4).position(|four| four == b"evt_").expect("an event id");
    body[position] = 0xff;
    // Taken in or refused, but never a crash and never half of it.
    if let Err(error) = client.ingest(&Uint8Array::from(&body[..])) {
        assert_eq!(text(&error, "code"), "malformed");
        assert!(crate::browser_support::same(&before, &client.of(ANA)));
    }
    client.says(ANA, "typing");
    assert_eq!(text(&client.of(ANA), "activity"), "typing");
    client.end();
}

#[test]
fn a_body_above_the_limit_is_too_large_whatever_its_form() {
    let client = connect("{ gateway: { kind: 'ingest' }, maxBodyBytes: 1024 }");
    let body = envelope("presence.update", &format!("\"{}\"", "x".repeat(1_024)));
    let expected = format!("body: expected at most 1024 bytes, found {}", body.len());
    assert_eq!(refused(client.ingest(&body.as_str().into()), "too-large"), expected);
    assert_eq!(refused(client.ingest(&Uint8Array::from(body.as_bytes())), "too-large"), expected);
    refused(client.ingest(&JSON::parse(&body).expect("it is JSON")), "too-large");
    // Bytes are counted, not characters.
    let wide = envelope("presence.update", &format!("\"{}\"", "é".repeat(500)));
    assert!(wide.chars().count() < 1_024 && wide.len() > 1_024);
    refused(client.ingest(&wide.as_str().into()), "too-large");
    client.end();
}

#[test]
fn a_body_of_exactly_the_limit_is_taken_in() {
    let client = connect("{ gateway: { kind: 'ingest' }, maxBodyBytes: 1024 }");
    let body = presence(ANA, ANA, "typing");
    client.takes(&format!("{body}{}", " ".repeat(1_024 - body.len())));
    refused(client.ingest(&format!("{body}{}", " ".repeat(1_025 - body.len())).into()), "too-large");
    client.end();
}

#[test]
fn the_limit_is_one_mebibyte_unless_said_otherwise() {
    let client = ingesting();
    let body = presence(ANA, ANA, "typing");
    let message = refused(client.ingest(&format!("{body}{}", " ".repeat(1_048_577 - body.len())).into()), "too-large");
    assert_eq!(message, "body: expected at most 1048576 bytes, found 1048577");
    client.end();
}

#[test]
async fn ids_that_are_none_and_words_nobody_knows_are_counted() {
    let client = ingesting();
    client.followed(ANA).await;
    client.takes(&presence("../../etc@c.us", "../../etc@c.us", "online"));
    client.takes(&presence(ANA, "<script>@c.us", "typing"));
    client.takes(&presence(ANA, ANA, "pondering"));
    client.takes(&envelope("poll.vote", "{}"));
    let counters = client.counters();
    assert_eq!(number(&counters, "invalidIds"), 3.0, "a chat and two participants");
    assert_eq!(number(&counters, "unknownWords"), 1.0);
    assert_eq!(number(&counters, "unknownEvents"), 2.0, "the one of no chat, and the one of no presence");
    assert_eq!(text(&client.of(ANA), "activity"), "none");
    client.end();
}

#[test]
async fn one_body_twice_counts_once() {
    let client = ingesting();
    client.followed(ANA).await;
    let body = presence(ANA, ANA, "typing");
    client.takes(&body);
    client.takes(&body);
    let counters = client.counters();
    assert_eq!((number(&counters, "duplicates"), number(&counters, "observations")), (1.0, 2.0));
    client.end();
}

#[test]
async fn a_group_tells_who_is_typing() {
    let client = ingesting();
    let group = client.followed(TEAM).await;
    client.takes(&presence(TEAM, ANA, "typing"));
    rested().await;
    client.takes(&presence(TEAM, BEN, "recording"));
    let snapshot = client.of(TEAM);
    assert_eq!(text(&snapshot, "kind"), "group");
    assert_eq!(
        (text(&snapshot, "active.0.participant"), text(&snapshot, "active.0.kind")),
        (ANA.into(), "typing".into())
    );
    assert_eq!(
        (text(&snapshot, "active.1.participant"), text(&snapshot, "active.1.kind")),
        (BEN.into(), "recording".into())
    );
    assert_eq!(text(&snapshot, "activity"), "typing", "the oldest of the activities");
    assert_eq!(text(&group.snapshot(), "chat"), TEAM);
    client.end();
}
