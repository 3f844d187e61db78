//! What gateways say of a failure, made fit to be shown and logged: no phone number, no credential, one short line.

use crate::text::end_of_last;

/// Longest text kept, in characters: a sentence or two. WAHA's stack traces run to thousands.
const MAX_CHARS: usize = 300;
/// Runs of digits from this length are a phone number or a hidden id: the shortest international numbers have seven.
const NUMBER_DIGITS: usize = 7;
/// Where one of these occurs, a credential stands beside it: in a header, a query or a JSON text.
const CREDENTIAL_NAMES: [&str; 4] = ["x-api-key", "access_token", "authorization", "bearer"];
/// How WAHA's scoped keys begin.
const KEY_PREFIX: &str = "key_";
const HIDDEN: &str = "***";

/// The text with numbers and credentials replaced by `***`, on one line, cut at 300 characters.
pub(super) fn redact(text: &str) -> String {
    let mut shown = String::new();
    let mut credential_follows = false;
    for word in text.split_whitespace() {
        // Every character takes four bytes at most: enough is known to fill the line.
        if shown.len() > MAX_CHARS * 4 {
            break;
        }
        if !shown.is_empty() {
            shown.push(' ');
        }
        // Invisible characters could split what would be recognised.
        let word: String = word.chars().filter(|c| !c.is_control()).collect();
        let word = word.as_str();
        let named = after_credential_name(word);
        if named.is_some() || credential_follows {
            shown.push_str(HIDDEN);
            credential_follows = !named.unwrap_or(word).bytes().any(|byte| byte.is_ascii_alphanumeric());
        } else {
            push_masked(word, &mut shown);
        }
    }
    if let Some((end, _)) = shown.char_indices().nth(MAX_CHARS) {
        shown.truncate(end);
        shown.push('…');
    }
    shown
}

/// What follows the last name of a credential in a word; a URL is one word, so all of it goes.
fn after_credential_name(word: &str) -> Option<&str> {
    let end = CREDENTIAL_NAMES.into_iter().filter_map(|name| end_of_last(name, word)).max()?;
    word.get(end..)
}

fn push_masked(word: &str, shown: &mut String) {
    let mut rest = word;
    while let Some(first) = rest.chars().next() {
        let is_token = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (taken, hidden) = if rest.starts_with(KEY_PREFIX) {
            (rest.bytes().take_while(is_token).count(), true)
        } else if digits > 0 {
            (digits, digits >= NUMBER_DIGITS)
        } else {
            (first.len_utf8(), false)
        };
        let (part, after) = rest.split_at_checked(taken).unwrap_or((rest, ""));
        if hidden {
            shown.push_str(HIDDEN);
        } else {
            shown.push_str(part);
        }
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::redact;

    #[test]
    fn numbers_and_credentials_go_wherever_they_stand() {
        for (text, shown) in [
            ("number 15550001111@c.us is not on WhatsApp", "number ***@c.us is not on WhatsApp"),
            ("see %2B15550001111, 3 of 123456", "see %2B***, 3 of 123456"),
            ("Cannot GET /api/default/presence?x-api-key=s3cret", "Cannot GET ***"),
            ("X-Api-Key: s3cret refused", "*** *** refused"),
            ("X-API-KEY = s3cret refused", "*** *** *** refused"),
            ("{\"x-api-key\":\"s3cret\"}", "***"),
            ("Authorization: Bearer s3cret", "*** *** ***"),
            ("token key_a-B_9 and monkeys", "token *** and monkeys"),
            ("1555\u{0}000\u{7f}1111", "***"),
            ("two\n\tlines\u{1b}[31m", "two lines[31m"),
        ] {
            assert_eq!(redact(text), shown);
        }
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        let cut = redact(&"é".repeat(1_000));
        assert_eq!(cut.chars().count(), 301);
        assert!(cut.ends_with('…'));
        assert_eq!(redact(&"1".repeat(1_000_000)), "***");
    }
}
