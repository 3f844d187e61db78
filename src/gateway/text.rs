//! Small things done with texts, once for all dialects.
//!
//! The standard library's counterparts search and format in more ways than are needed here, and all of them would be
//! part of the WebAssembly.

/// Where the last occurrence of an ASCII text ends, in any case.
pub(super) fn end_of_last(sought: &str, text: &str) -> Option<usize> {
    let ends_at = |end: &usize| {
        let window = end.checked_sub(sought.len()).and_then(|start| text.as_bytes().get(start..*end));
        window.is_some_and(|window| window.eq_ignore_ascii_case(sought.as_bytes()))
    };
    (0..=text.len()).rev().find(ends_at)
}

/// The whole number a text is, white space around it or not.
pub(super) fn whole_number(text: &str) -> Option<i64> {
    text.trim().parse().ok()
}

/// The whole part of a number as JSON writes it; `whole` when it has neither a fraction nor an exponent. What is beyond
/// the range is the end of the range.
pub(super) fn truncated_number(json: &[u8], whole: bool) -> i64 {
    let (negative, digits) = json.strip_prefix(b"-").map_or((false, json), |digits| (true, digits));
    let magnitude = if whole { digits_of(digits.iter()) } else { magnitude_of(digits) };
    if negative { -magnitude } else { magnitude }
}

/// The whole part of a number with a fraction, an exponent, or both.
fn magnitude_of(digits: &[u8]) -> i64 {
    let mut parts = digits.splitn(2, |byte| matches!(byte, b'e' | b'E'));
    let mantissa = parts.next().unwrap_or_default();
    let exponent = parts.next().map_or(0, |exponent| {
        let (negative, digits) = match exponent {
            [b'-', digits @ ..] => (true, digits),
            [b'+', digits @ ..] | digits => (false, digits),
        };
        let exponent = digits_of(digits.iter());
        if negative { -exponent } else { exponent }
    });
    let point = mantissa.iter().position(|byte| *byte == b'.').unwrap_or(mantissa.len());
    // Where the whole part ends once the point has moved. Zeros beyond what was written; the loop ends where nothing can change.
    let end = i64::try_from(point).unwrap_or(i64::MAX).saturating_add(exponent);
    let mut digits = mantissa.iter().filter(|byte| **byte != b'.');
    let mut magnitude = 0_i64;
    for _ in 0..end {
        let digit = digits.next();
        if (digit.is_none() && magnitude == 0) || magnitude == i64::MAX {
            break;
        }
        magnitude = appended(magnitude, *digit.unwrap_or(&b'0'));
    }
    magnitude
}

fn digits_of<'a>(digits: impl Iterator<Item = &'a u8>) -> i64 {
    digits.fold(0, |number, digit| appended(number, *digit))
}

/// The number with a digit more; the largest one when there is no room.
fn appended(number: i64, digit: u8) -> i64 {
    // Not by `checked_mul`, which multiplies in 128 bits.
    if number < i64::MAX / 10 { number * 10 + i64::from(digit.wrapping_sub(b'0')) } else { i64::MAX }
}

/// Appends a number.
pub(super) fn push_number(number: usize, text: &mut String) {
    if number > 9 {
        push_number(number / 10, text);
    }
    // A remainder of ten is one digit.
    text.push(char::from(b'0' + (number % 10) as u8));
}

/// Appends a byte as two hexadecimal digits.
pub(super) fn push_hex(byte: u8, text: &mut String) {
    for digit in [byte >> 4, byte & 15] {
        text.push(char::from(if digit < 10 { b'0' + digit } else { b'A' - 10 + digit }));
    }
}

/// Appends a text as JSON.
pub(super) fn push_json(text: &str, json: &mut String) {
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
    use super::*;

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
    fn numbers_are_cut_to_their_whole_part() {
        let cut = [
            ("0", 0),
            ("-0", 0),
            ("1718719.999", 1_718_719),
            ("-1.5", -1),
            ("1.7187e9", 1_718_700_000),
            ("1718700000000e-3", 1_718_700_000),
            ("17187.25E+2", 1_718_725),
            ("5e-1", 0),
            ("0.00012e5", 12),
            ("1e400", i64::MAX),
            ("-1e99999999999999999999", -i64::MAX),
            ("0e99999999999999999999", 0),
            ("1e-99999999999999999999", 0),
            ("99999999999999999999", i64::MAX),
        ];
        for (json, whole) in cut {
            let is_whole = !json.contains(['.', 'e', 'E']);
            assert_eq!(truncated_number(json.as_bytes(), is_whole), whole, "{json}");
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
