//! The tokens of JSON, by their places in the body: what is quick is written out here, the rest is the lexer's of `hifijson`.
//!
//! Bodies are read once per event and are mostly texts, so those are gone through eight bytes at a time; gateways write neither
//! white space nor fractions, so those may take longer.

use std::borrow::Cow;

use hifijson::escape::{Lex as _, Lit};
use hifijson::num::LexWrite as _;
use hifijson::token::Lex as _;
use hifijson::{Read as _, SliceLexer, Write as _};

/// A whole number of so many digits fits in 64 bits.
const PLAIN_DIGITS: usize = 18;

/// The next byte but for white space, zero at the end, and where it is.
#[inline(always)]
pub(super) fn peek(bytes: &[u8], at: usize) -> (usize, u8) {
    match bytes.get(at) {
        Some(byte) if *byte > b' ' => (at, *byte),
        Some(_) | None => past_white_space(bytes, at),
    }
}

#[inline(never)]
fn past_white_space(bytes: &[u8], at: usize) -> (usize, u8) {
    let mut json = SliceLexer::new(bytes.get(at..).unwrap_or_default());
    let next = json.ws_peek().unwrap_or_default();
    (bytes.len() - json.as_slice().len(), next)
}

/// A text between its quotes.
#[derive(Clone, Copy)]
pub(super) struct Quoted {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) escaped: bool,
}

impl Quoted {
    /// Reads the text whose first quote is here; where it fails, if it is none.
    #[inline(always)]
    pub(super) fn read(bytes: &[u8], at: usize) -> Result<Self, usize> {
        let start = at + 1;
        let mut at = start;
        while let Some(eight) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
            let special = special(u64::from_le_bytes(*eight));
            if special == 0 {
                at += 8;
                continue;
            }
            at += (special.trailing_zeros() / 8) as usize;
            match bytes.get(at) {
                Some(b'"') => return Ok(Self { start, end: at, escaped: false }),
                Some(b' ' | b'!') => at += 1,
                Some(_) | None => break,
            }
        }
        Self::read_slowly(bytes, start, at)
    }

    /// The same with escapes, and near the end of the body: `at` is as far as it was read.
    #[inline(never)]
    fn read_slowly(bytes: &[u8], start: usize, at: usize) -> Result<Self, usize> {
        let mut json = SliceLexer::new(bytes.get(at..).unwrap_or_default());
        let mut escaped = false;
        loop {
            json.skip_until(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f));
            let end = bytes.len() - json.as_slice().len();
            let whole = match json.take_next() {
                Some(b'"') => return Ok(Self { start, end, escaped }),
                Some(b'\\') => match json.take_next() {
                    Some(b'u') => json.hex::<u16>().is_ok(),
                    letter => letter.and_then(Lit::try_from).is_some(),
                },
                Some(_) | None => false,
            };
            if !whole {
                return Err(end);
            }
            escaped = true;
        }
    }

    /// What it says, without a look at escapes.
    pub(super) fn raw<'a>(&self, body: &'a str) -> &'a str {
        body.get(self.start..self.end).unwrap_or_default()
    }

    /// What it says. Half a surrogate pair, as texts that were cut off have it, reads as a replacement character.
    pub(super) fn decoded<'a>(&self, body: &'a str) -> Cow<'a, str> {
        let raw = self.raw(body);
        if !self.escaped {
            return Cow::Borrowed(raw);
        }
        let mut text = String::new();
        let mut rest = SliceLexer::new(raw.as_bytes());
        loop {
            let mut plain: &[u8] = &[];
            rest.write_until(&mut plain, |byte| byte == b'\\');
            text.push_str(str::from_utf8(plain).unwrap_or_default());
            let Some(escape) = rest.discarded().take_next() else { return Cow::Owned(text) };
            text.push(rest.escape(escape).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
    }
}

/// The body within, where a body is JSON as a text: some automation tools pass a webhook on so. Once only.
#[inline]
pub(super) fn unquoted(body: &[u8]) -> Cow<'_, [u8]> {
    match peek(body, 0) {
        (begin, b'"') => within(body, begin).map_or(Cow::Borrowed(body), |text| Cow::Owned(text.into_bytes())),
        _ => Cow::Borrowed(body),
    }
}

#[inline(never)]
fn within(body: &[u8], begin: usize) -> Option<String> {
    let text = str::from_utf8(body).ok()?;
    let quoted = Quoted::read_slowly(body, begin + 1, begin + 1).ok()?;
    let (rest, last) = peek(body, quoted.end + 1);
    let whole = last == 0 && rest == body.len();
    let inner = quoted.decoded(text);
    let (_, first) = peek(inner.as_bytes(), 0);
    (whole && matches!(first, b'{' | b'[')).then(|| inner.into_owned())
}

/// The highest bit of the first byte, in reading order, that may be special in a text; above it anything. That is a backslash
/// or one up to the quote, and so also a space or an exclamation mark. Zero when there is none.
const fn special(bytes: u64) -> u64 {
    const ONES: u64 = u64::MAX / 0xff;
    let backslash = bytes ^ (ONES * 0x5c);
    let below = (bytes.wrapping_sub(ONES * 0x23) & !bytes) | (backslash.wrapping_sub(ONES) & !backslash);
    below & (ONES * 0x80)
}

/// What is no text, no list and no object.
pub(super) enum Literal {
    Null,
    Flag(bool),
    /// Its whole part.
    Number(i64),
}

/// Reads what begins with `first`, and says where it ends.
pub(super) fn literal(bytes: &[u8], at: usize, first: u8) -> Option<(Literal, usize)> {
    let rest = bytes.get(at..)?;
    match first {
        b'n' if rest.starts_with(b"null") => Some((Literal::Null, at + 4)),
        b't' if rest.starts_with(b"true") => Some((Literal::Flag(true), at + 4)),
        b'f' if rest.starts_with(b"false") => Some((Literal::Flag(false), at + 5)),
        b'0'..=b'9' | b'-' => {
            // Times and counts: a few digits and nothing else. They do not begin with a zero.
            let digits = rest.iter().take(PLAIN_DIGITS).take_while(|byte| byte.is_ascii_digit()).count();
            let plain = !matches!(rest.get(digits), Some(b'0'..=b'9' | b'.' | b'e' | b'E' | b'-'));
            if plain && first != b'0' {
                let number = rest.iter().take(digits).fold(0, |number, digit| number * 10 + i64::from(digit - b'0'));
                return Some((Literal::Number(number), at + digits));
            }
            let mut json = SliceLexer::new(rest);
            let (digits, parts) = json.num_bytes().validated().ok()?;
            let number = truncated_number(digits, parts.is_int());
            Some((Literal::Number(number), bytes.len() - json.as_slice().len()))
        }
        _ => None,
    }
}

/// The whole part of a number as JSON writes it; `whole` when it has neither a fraction nor an exponent. What is beyond
/// the range is the end of the range.
fn truncated_number(json: &[u8], whole: bool) -> i64 {
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

#[cfg(test)]
mod tests {
    use super::*;

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
    fn a_text_ends_at_its_quote_wherever_that_is() {
        for length in 0..40 {
            for tail in ["\"", "\" ", "\",\"later\":1}"] {
                for filler in ["x", " ", "!", "~", "é"] {
                    let said = filler.repeat(length);
                    let body = format!("\"{said}{tail}");
                    let quoted = Quoted::read(body.as_bytes(), 0).unwrap_or_else(|at| panic!("{body}: fails at {at}"));
                    assert_eq!((quoted.raw(&body), quoted.escaped), (said.as_str(), false));
                }
            }
        }
    }

    #[test]
    fn a_text_fails_where_it_is_no_text() {
        for length in 0..20 {
            let said = "x".repeat(length);
            for (wrong, at) in [("", 0), ("\u{1}\"", 0), ("\\x\"", 0), ("\\u12g4\"", 0), ("\\", 0), (" \n\"", 1)] {
                let body = format!("\"{said}{wrong}");
                assert_eq!(Quoted::read(body.as_bytes(), 0).err(), Some(1 + length + at), "{body:?}");
            }
        }
    }

    #[test]
    fn escapes_are_decoded_and_half_a_pair_is_replaced() {
        for (json, said) in [
            (r#""a\\b\"c\/\n\u00e9""#, "a\\b\"c/\né"),
            (r#""\ud83d\ude00!""#, "😀!"),
            (r#""cut \ud83d""#, "cut \u{fffd}"),
        ] {
            let quoted = Quoted::read(json.as_bytes(), 0).unwrap_or_else(|at| panic!("{json}: fails at {at}"));
            assert!(quoted.escaped);
            assert_eq!(quoted.decoded(json), said);
        }
    }

    #[test]
    fn a_body_within_a_text_is_taken_out_once() {
        for (body, within) in [
            (r#""{\"a\":\"\u00e9\"}""#, "{\"a\":\"é\"}"),
            (" \"[]\"\n", "[]"),
            ("\" {}\"", " {}"),
            ("\"\"", "\"\""),
            ("\"7\"", "\"7\""),
            ("\"{}\" {}", "\"{}\" {}"),
            ("\"{}", "\"{}"),
            (r#""\"{}\"""#, r#""\"{}\"""#),
            ("{}", "{}"),
            ("", ""),
        ] {
            assert_eq!(unquoted(body.as_bytes()), within.as_bytes(), "{body}");
        }
        assert_eq!(unquoted(b"\"\xff{}\""), b"\"\xff{}\"".as_slice());
    }
}
