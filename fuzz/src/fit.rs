//! What holds of everything that leaves a codec, whatever went in: ids are in normal form and were in the body; errors may be
//! shown and logged.

use wa_presence::machine::error::{Error, ErrorCode};
use wa_presence::machine::id::{Address, MAX_ID_LEN};

/// A sentence or two; the gateway's own words are cut at 300 characters and an ellipsis.
const LONGEST_MESSAGE: usize = 301;
/// Runs of digits from this length are somebody's number.
const NUMBER_DIGITS: usize = 7;
/// The fewest bytes that an id takes in a body: a digit in quotes. One that is told as chat, as sender and as participant had
/// the words around it to make good for that.
const ID_BYTES: usize = 3;

/// What a body that cannot be read is said to be instead.
const EXPECTED: [&str; 11] = [
    "JSON",
    "every key once",
    "an object or a list of objects",
    "a chat with its id",
    "a list of chats",
    "a session",
    "a pair of ids",
    "a presence",
    "a presence or null",
    "an instance",
    "privacy settings",
];
const FOUND: [&str; 10] = [
    "the end of the body",
    "something else",
    "one twice",
    "an object",
    "a list",
    "a text",
    "true or false",
    "null",
    "a number",
    "nothing",
];

/// An error that may be shown and logged: one short line without a number.
pub(crate) fn assert_fit(error: &Error) {
    let text = &error.message;
    assert!(!text.is_empty(), "{:?} says nothing", error.code);
    assert!(text.chars().count() <= LONGEST_MESSAGE, "too long: {text}");
    assert!(!text.contains(char::is_control), "not a line: {text:?}");
    let longest = text.split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap_or(0);
    assert!(longest < NUMBER_DIGITS, "a number of {longest} digits in {text:?}");
    assert_eq!(error.to_string(), *text, "an error says its message");
}

/// The error for a body that cannot be read: places and our own words, nothing of the body.
pub(crate) fn assert_places_only(error: &Error) {
    assert_eq!(error.code, ErrorCode::Malformed);
    assert_eq!(error.retry_after_ms, None);
    assert_fit(error);
    let without_digits: String = error.message.chars().filter(|c| !c.is_ascii_digit()).collect();
    if without_digits == "expected UTF-, found something else at byte " {
        return;
    }
    let words = without_digits.strip_prefix("expected ").and_then(|words| words.strip_suffix(" at line  column "));
    let known = words
        .and_then(|words| words.split_once(", found "))
        .is_some_and(|(expected, found)| EXPECTED.contains(&expected) && FOUND.contains(&found));
    assert!(known, "more than a place in {:?}", error.message);
}

/// Ids that were read are in normal form, short, and hide themselves; there are no more than the body has room for, and none
/// that is neither in it nor asked for.
pub(crate) fn assert_ids(ids: &[&Address<'_>], body: &[u8], asked: &str) {
    let room = body.len() / ID_BYTES;
    assert!(ids.len() <= room, "{} ids of {} bytes", ids.len(), body.len());
    let body = str::from_utf8(body).unwrap_or_default();
    for id in ids {
        assert_normal(id);
        let text = id.as_str();
        assert!(text.len() <= MAX_ID_LEN, "an id of {} bytes", text.len());
        let (person, server) = text.split_once('@').expect("an id has a server");
        assert_eq!(format!("{id:?}"), format!("***@{server}"), "an id hides who it is");
        assert!(body.contains(person) || text == asked, "an id that nobody named");
    }
}

/// What was read is in normal form: reading it again changes nothing.
pub(crate) fn assert_normal(address: &Address<'_>) {
    let again = Address::parse(address.as_str());
    assert!(again.as_ref() == Ok(address), "{} characters are no normal form", address.as_str().len());
}

#[cfg(test)]
mod tests {
    use std::panic::{UnwindSafe, catch_unwind};

    use super::*;

    fn fails(check: impl FnOnce() + UnwindSafe) -> bool {
        catch_unwind(check).is_err()
    }

    #[test]
    fn an_unfit_error_is_noticed() {
        for message in ["", "two\nlines", "number 15550001111", &"e".repeat(302)] {
            let error = Error::new(ErrorCode::Engine, message);
            assert!(fails(|| assert_fit(&error)), "{message:?}");
        }
        assert_fit(&Error::new(ErrorCode::Engine, "number *** is not on WhatsApp: HTTP 500"));
    }

    #[test]
    fn more_than_a_place_is_noticed() {
        for (code, message, is_fine) in [
            (ErrorCode::Malformed, "expected JSON, found something else at line 1 column 17", true),
            (ErrorCode::Malformed, "expected UTF-8, found something else at byte 6", true),
            (ErrorCode::Malformed, "expected JSON, found Ana at line 1 column 17", false),
            (ErrorCode::Malformed, "expected JSON, found something else", false),
            (ErrorCode::Engine, "expected JSON, found something else at line 1 column 17", false),
        ] {
            let error = Error::new(code, message);
            assert_eq!(fails(|| assert_places_only(&error)), !is_fine, "{message}");
        }
    }

    #[test]
    fn too_many_ids_and_made_up_ones_are_noticed() {
        let id = Address::parse("15550001111@c.us").expect("an id");
        let body = b"[\"15550001111\"]";
        assert_ids(&[&id], body, "");
        assert_ids(&[&id], b"null", "15550001111@c.us");
        assert!(fails(|| assert_ids(&[&id], b"[\"15550002222\"]", "")));
        assert!(fails(|| assert_ids(&[&id; 6], body, "")));
    }
}
