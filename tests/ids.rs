//! Chat ids, held to the table that `tests/node/chat-id.test.mjs` holds the package's own `chatId` to.

use serde_json::Value;
use wa_presence::machine::id::{Id, IdKind, contact_of_phone};

fn table() -> Value {
    serde_json::from_str(include_str!("fixtures/chat-ids.json")).expect("the table is JSON")
}

fn pairs(section: &str) -> Vec<(String, String)> {
    let pairs = serde_json::from_value(table()[section].clone()).expect("pairs of texts");
    assert_ne!(pairs, Vec::new(), "{section}");
    pairs
}

fn texts(section: &str) -> Vec<String> {
    let texts = serde_json::from_value(table()[section].clone()).expect("texts");
    assert_ne!(texts, Vec::<String>::new(), "{section}");
    texts
}

#[test]
fn every_spelling_of_an_id_comes_to_its_normal_form() {
    for (text, normal) in pairs("same").into_iter().chain(pairs("only on the wire")) {
        let id = Id::parse(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(id.as_str(), normal, "{text}");
        assert_eq!(Id::parse(&normal).as_ref(), Ok(&id), "{normal} is in its normal form");
    }
}

#[test]
fn a_phone_number_as_people_write_it_is_a_contact() {
    for (text, normal) in pairs("phones") {
        let id = contact_of_phone(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!((id.as_str(), id.kind()), (normal.as_str(), IdKind::Contact), "{text}");
    }
}

#[test]
fn what_is_no_id_and_no_number_is_refused() {
    for text in texts("refused") {
        assert!(Id::parse(&text).is_err(), "{text:?}");
    }
    for text in texts("refused phones") {
        assert!(contact_of_phone(&text).is_err(), "{text:?}");
    }
}

#[test]
fn what_only_the_wire_knows_is_of_no_kind_that_can_be_watched() {
    for (text, _) in pairs("only on the wire") {
        assert_eq!(Id::parse(&text).map(|id| id.kind()), Ok(IdKind::Other), "{text}");
    }
}
