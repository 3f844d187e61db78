//! Signatures and stamps as a stranger may send them, beside what they must be.

use std::fmt::Write;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Sha256, Sha512};
use wa_presence::gateway::webhook::{Algorithm, Fresh, fresh, verify};
use wa_presence::machine::error::{Error, ErrorCode};
use wa_presence::machine::time::UnixMs;

use super::fit::assert_fit;

/// In a signature of the input: the right one by SHA-256, by SHA-512.
const RIGHT: [char; 2] = ['\u{11}', '\u{12}'];
const ALGORITHMS: [(Algorithm, &str); 2] = [(Algorithm::Sha256, "sha256"), (Algorithm::Sha512, "sha512")];

/// A header's text against a body and a secret.
pub(crate) fn check(body: &[u8], header: &str, secret: &[u8]) {
    let right = [signed::<Hmac<Sha256>>(body, secret), signed::<Hmac<Sha512>>(body, secret)];
    let header = RIGHT.iter().zip(&right).fold(header.to_owned(), |text, (mark, right)| text.replace(*mark, right));
    for wanted in [None, Some(Algorithm::Sha256), Some(Algorithm::Sha512)] {
        let found = verify(body, &header, secret, wanted);
        assert_eq!(found.as_ref().err().map(|error| error.code), expected(&header, &right, secret, wanted));
        if let Err(error) = found {
            assert_mute(&error, &header, wanted);
        }
    }
    if !secret.is_empty() {
        accepted(body, secret, &right);
    }
}

/// The right signature is taken, and no other: not of another body, not with another digit, not by another algorithm.
fn accepted(body: &[u8], secret: &[u8], right: &[String; 2]) {
    let unauthorized = Some(ErrorCode::Unauthorized);
    for ((algorithm, name), right) in ALGORITHMS.iter().zip(right) {
        let code =
            |body: &[u8], digits: &str, wanted| verify(body, digits, secret, wanted).err().map(|error| error.code);
        for digits in [right.clone(), right.to_uppercase(), format!(" {name}={right}\t")] {
            assert_eq!(code(body, &digits, Some(*algorithm)), None, "the right signature");
        }
        assert_eq!(code(&[body, b" "].concat(), right, None), unauthorized, "of a longer body");
        let shorter = body.split_last().map_or(b"{".as_slice(), |(_, shorter)| shorter);
        assert_eq!(code(shorter, right, None), unauthorized, "of a shorter body");
        let place = body.len() % right.len();
        let other = if right[place..].starts_with('0') { "1" } else { "0" };
        let wrong = format!("{}{other}{}", &right[..place], &right[place + 1..]);
        assert_eq!(code(body, &wrong, None), unauthorized, "with another digit");
        for (other, _) in ALGORITHMS.iter().filter(|(other, _)| other != algorithm) {
            assert_eq!(code(body, right, Some(*other)), Some(ErrorCode::Malformed), "by another algorithm");
        }
    }
}

/// What becomes of a signature, by its text alone.
fn expected(header: &str, right: &[String; 2], secret: &[u8], wanted: Option<Algorithm>) -> Option<ErrorCode> {
    if secret.is_empty() {
        return Some(ErrorCode::InvalidOption);
    }
    let text = header.trim_ascii().to_ascii_lowercase();
    let fits = ALGORITHMS.iter().zip(right).find_map(|((algorithm, name), right)| {
        let digits = text.strip_prefix(&format!("{name}=")).unwrap_or(&text);
        let is_hex = digits.len() == right.len() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        (is_hex && wanted.is_none_or(|wanted| wanted == *algorithm)).then(|| digits == right)
    });
    match fits {
        Some(true) => None,
        Some(false) => Some(ErrorCode::Unauthorized),
        None => Some(ErrorCode::Malformed),
    }
}

/// The message would be the same for another signature of that length, another body and another secret.
fn assert_mute(error: &Error, header: &str, wanted: Option<Algorithm>) {
    assert_fit(error);
    assert_eq!((error.status, error.retry_after_ms), (None, None));
    let others = if error.code == ErrorCode::Malformed {
        verify(b"", &"g".repeat(header.len()), b"?", wanted)
    } else if error.code == ErrorCode::Unauthorized {
        let is_long = header.trim_ascii().len() >= 128;
        verify(b"", &"0".repeat(if is_long { 128 } else { 64 }), b"?", wanted)
    } else {
        verify(b"", "", b"", wanted)
    };
    assert_eq!(others.as_ref(), Err(error), "a message tells more than a length");
}

/// Whether a stamp is near the wall clock, by arithmetic that cannot overflow.
pub(crate) fn date(stamp: Option<UnixMs>, wall: UnixMs, tolerance_ms: u64) {
    let found = fresh(stamp, wall, tolerance_ms);
    let expected = match stamp {
        None => Fresh::Unknown,
        Some(at) => {
            let apart = (i128::from(at.as_ms()) - i128::from(wall.as_ms())).unsigned_abs();
            if apart <= u128::from(tolerance_ms) { Fresh::Yes } else { Fresh::No }
        }
    };
    assert_eq!(found, expected, "{stamp:?} at {wall:?}, give or take {tolerance_ms} ms");
}

fn signed<M: Mac + KeyInit>(body: &[u8], secret: &[u8]) -> String {
    let mac = <M as KeyInit>::new_from_slice(secret).expect("a key of any length");
    let digest = mac.chain_update(body).finalize().into_bytes();
    digest.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes all");
        text
    })
}
