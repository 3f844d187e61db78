//! Small things done with texts, once for all who write or read wire formats.
//!
//! The standard library's counterparts search and format in more ways than are needed here, and all of them would be
//! part of the WebAssembly.

/// Where the last occurrence of an ASCII text ends, in any case.
pub(crate) fn end_of_last(sought: &str, text: &str) -> Option<usize> {
    let ends_at = |end: &usize| {
        let window = end.checked_sub(sought.len()).and_then(|start| text.as_bytes().get(start..*end));
        window.is_some_and(|window| window.eq_ignore_ascii_case(sought.as_bytes()))
    };
    (0..=text.len()).rev().find(ends_at)
}

/// The whole number a text is, white space around it or not.
pub(crate) fn whole_number(text: &str) -> Option<i64> {
    text.trim().parse().ok()
}

/// Appends a number.
pub(crate) fn push_number(number: usize, text: &mut String) {
    push_u64(number as u64, text);
}

/// Appends a number.
pub(crate) fn push_u64(number: u64, text: &mut String) {
    if number > 9 {
        push_u64(number / 10, text);
    }
    // A remainder of ten is one digit.
    text.push(char::from(b'0' + (number % 10) as u8));
}

/// Appends a byte as two hexadecimal digits.
pub(crate) fn push_hex(byte: u8, text: &mut String) {
    for digit in [byte >> 4, byte & 15] {
        text.push(char::from(if digit < 10 { b'0' + digit } else { b'A' - 10 + digit }));
    }
}

/// Appends a text as JSON.
pub(crate) fn push_json(text: &str, json: &mut String) {
    json.push('"');
    for c in text.chars() {
        if c < ' ' {
            json.push_str("\\u00");
            push_hex(c as u8, json);
        } else {
            if matches!(c, '"' | '\\') {
                json.push('\\');
            }
            json.push_str(c.encode_utf8(&mut [0; 4]));
        }
    }
    json.push('"');
}

#[cfg(test)]
mod tests {
    use crate::text::*;

    #[test]
    fn the_last_occurrence_counts_in_any_case() {
        assert_eq!(end_of_last("bearer", "Bearer bEARER x"), Some(13));
        assert_eq!(end_of_last("bearer", "é bearer"), Some(9));
        assert_eq!(end_of_last("bearer", "beare"), None);
        assert_eq!(end_of_last("bearer", ""), None);
    }

    #[test]
    fn numbers_are_written_as_they_are_read() {
        for number in [0, 9, 10, 429, 1_000_001, usize::MAX] {
            let mut text = String::new();
            push_number(number, &mut text);
            assert_eq!(text, number.to_string());
        }
    }

    #[test]
    fn every_text_survives_json() {
        let text: String = (0..=0x300).filter_map(char::from_u32).chain("\u{2028}\u{ffff}😀".chars()).collect();
        let mut json = String::new();
        push_json(&text, &mut json);
        assert_eq!(serde_json::from_str::<String>(&json).expect("JSON"), text);
    }
}
