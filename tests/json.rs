//! Our reader of JSON beside another one: what one refuses, the other must refuse, and both see the same.
#![cfg(not(target_arch = "wasm32"))]

use proptest::prelude::*;
use serde_json::Value;
use wa_presence::gateway::Gateway;
use wa_presence::machine::Config;
use wa_presence::machine::error::ErrorCode;
use wa_presence::machine::time::{Instant, UnixMs};
use wa_presence::session::{Session, Setup};

/// A value after the key that names the payload's chat, in the one envelope whose chat id we read back.
fn wrapped(value: &str) -> String {
    format!(r#"{{"event":"presence.update","payload":{{"id":{value},"presences":[]}}}}"#)
}

/// Whether we take the body for JSON.
fn is_json(body: &[u8]) -> bool {
    !matches!(Gateway::Ingest.decode(body), Err(error) if error.code == ErrorCode::Malformed)
}

/// Whether the other reader says the same. We are lenient twice: to numbers beyond all range and to half a surrogate pair.
fn agree(body: &[u8]) -> bool {
    match serde_json::from_slice::<Value>(body) {
        Ok(_) => is_json(body),
        Err(error) => {
            let words = error.to_string();
            words.contains("surrogate") || words.contains("number out of range") || !is_json(body)
        }
    }
}

/// JSON of any shape, as compact or as spacious as it may be.
fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[\"\\\\/\u{0}-\u{1f}a-z]{0,24}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 48, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((any::<String>(), inner), 0..6)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

/// Pieces that JSON is made of, in any order: nearly never JSON, and often nearly.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("{"),
        Just("}"),
        Just("["),
        Just("]"),
        Just(","),
        Just(":"),
        Just("\""),
        Just("\\"),
        Just("\\u00e9"),
        Just("\\n"),
        Just("\"k\""),
        Just("\"k\":"),
        Just("0"),
        Just("-"),
        Just("1.5"),
        Just("1e5"),
        Just("01"),
        Just("."),
        Just("true"),
        Just("null"),
        Just("fals"),
        Just(" "),
        Just("\n"),
        Just("\t"),
        Just("é"),
        Just("\u{1}"),
        Just("+"),
        Just("\"a longer text than eight bytes\""),
        Just("\"\\\"\""),
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_json_is_read(value in json(), spacious: bool) {
        let text = if spacious { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) };
        let body = wrapped(&text.expect("a value prints"));
        prop_assert!(is_json(body.as_bytes()), "{}", body);
    }

    #[test]
    fn what_is_nearly_json_is_refused_where_another_reader_refuses_it(value in pieces()) {
        let body = wrapped(&value);
        prop_assert!(agree(body.as_bytes()), "{}", body);
    }

    #[test]
    fn a_body_changed_in_one_byte_is_refused_where_another_reader_refuses_it(value in json(), at: prop::sample::Index, byte: u8) {
        let mut body = wrapped(&value.to_string()).into_bytes();
        let at = at.index(body.len());
        body[at] = byte;
        prop_assert!(agree(&body), "{}", String::from_utf8_lossy(&body));
    }
}

#[test]
fn a_session_takes_a_body_as_a_text() {
    let setup = Setup {
        gateway: Gateway::Ingest,
        machine: Config { subscribes: false, looks_up_aliases: false, ..Config::default() },
        feed: false,
        credential: false,
        log_entries: 200,
        max_body_bytes: 1_024,
    };
    let now = Instant::from_ms(10_000_000);
    let mut session = Session::new(setup, now);
    let body = r#"{"event":"presence.update","payload":{"chatId":"123@c.us","type":"composing"}}"#;
    let text = Value::from(body).to_string();
    session.ingest(text.as_bytes(), UnixMs::from_ms(1_785_000_000_000), now).expect("a body");
    assert!(session.machine().find("123@c.us").is_some(), "somebody was heard of");
}
