//! Refusals, which may come under any status, 200 too.
//!
//! 1. `{code, message, data: {status}}`, as WordPress does it: `code` is a word, `data.status` the status that is meant;
//! 2. `wawp_upstream_error`, as that code or as a key of its own, when the engine behind it failed;
//! 3. `{result: false}` from older servers;
//! 4. XML or plain text, when a parameter is missing;
//! 5. what WAHA says, passed on.

use crate::gateway::http::Response;
use crate::gateway::lenient::{Key, Scalar, Sink, Then, key, read};
use crate::gateway::redact::redact;
use crate::gateway::waha::{error_of, refused};
use crate::gateway::words::meaning_of;
use crate::machine::error::{Error, ErrorCode};
use crate::text::end_of_last;

const UPSTREAM_ERROR: &str = "wawp_upstream_error";

/// The words that say more than the status they come with.
const CODES: [(&str, ErrorCode); 3] = [
    ("invalid_session", ErrorCode::NotReady),
    ("subscription_required", ErrorCode::Forbidden),
    (UPSTREAM_ERROR, ErrorCode::Engine),
];

/// WAHA's sentence while its session does not work, wherever it was passed on.
const NOT_WORKING: &str = "status is not as expected";

/// How much of a text that is no JSON is looked at, in characters.
const MAX_PLAIN_CHARS: usize = 4_096;

const CODE: u8 = 0;
const MESSAGE: u8 = 1;
const STATUS: u8 = 2;
const RESULT: u8 = 3;
const UPSTREAM: u8 = 4;

static REFUSAL: Then = Then::Into(&[
    key("code", Then::Texts(CODE)),
    key("message", Then::Texts(MESSAGE)),
    key("data", Then::Into(DATA)),
    key("result", Then::Keep(RESULT)),
    key(UPSTREAM_ERROR, Then::Keep(UPSTREAM)),
]);
const DATA: &[Key] = &[key("status", Then::Keep(STATUS))];

/// What tells a refusal from an answer.
#[derive(Default)]
struct Told<'a> {
    code: String,
    has_message: bool,
    status: Option<u16>,
    /// Which `result` says.
    failed: bool,
    upstream: Scalar<'a>,
    is_json: bool,
}

impl<'a> Told<'a> {
    fn of(body: &'a [u8]) -> Self {
        let mut told = Self::default();
        if read(body, &REFUSAL, &mut told).is_err() {
            return Self::default();
        }
        told.is_json = true;
        told
    }

    fn is_upstream_error(&self) -> bool {
        !matches!(self.upstream, Scalar::Absent | Scalar::Flag(false))
    }

    /// Whether it refuses in spite of a status that does not. WordPress has codes for success as well.
    fn is_refusal(&self) -> bool {
        let named = !self.code.is_empty() && self.has_message && !self.status.is_some_and(is_success);
        named || self.failed || self.is_upstream_error()
    }
}

impl<'a> Sink<'a> for Told<'a> {
    fn keep(&mut self, field: u8, scalar: Scalar<'a>) {
        match field {
            STATUS => self.status = scalar.number().and_then(|status| u16::try_from(status).ok()),
            RESULT => self.failed = scalar.flag() == Some(false),
            _ => self.upstream = scalar,
        }
    }

    fn text(&mut self, field: u8, text: &str) {
        if field == CODE {
            text.trim().clone_into(&mut self.code);
        } else {
            self.has_message = true;
        }
    }
}

fn is_success(status: u16) -> bool {
    (200..300).contains(&status)
}

/// The error a response stands for, if it does.
pub(super) fn refusal(response: &Response) -> Option<Error> {
    let told = Told::of(&response.body);
    let succeeded = is_success(response.status);
    if succeeded && !told.is_refusal() {
        return None;
    }
    let status = match told.status {
        Some(status) if succeeded && !is_success(status) => status,
        // Taken, and refused for no named reason: something behind it failed.
        _ if succeeded => 500,
        _ => response.status,
    };
    let (code, message) = refused(status, &response.body);
    let words = message.or_else(|| told.upstream.text().and_then(shown));
    let words = words.or_else(|| shown(&told.code));
    let words = words.or_else(|| told.is_upstream_error().then(|| UPSTREAM_ERROR.to_owned()));
    let words = words.or_else(|| (succeeded && told.failed).then(|| "refused without a reason".to_owned()));
    let is_plain = response.status == 400 && !told.is_json;
    let words = words.or_else(|| if is_plain { shown(&plain(&response.body)?) } else { None });
    let code = code_of(code, &told, words.as_deref().unwrap_or_default());
    Some(error_of(code, words, response))
}

fn shown(text: &str) -> Option<String> {
    let text = redact(text);
    (!text.is_empty()).then_some(text)
}

/// The body beats the status, except where that is about the credential or the rate.
fn code_of(by_status: ErrorCode, told: &Told<'_>, words: &str) -> ErrorCode {
    if matches!(by_status, ErrorCode::Unauthorized | ErrorCode::Forbidden | ErrorCode::RateLimited) {
        by_status
    } else if let Some(code) = meaning_of(&told.code, &CODES) {
        code
    } else if end_of_last("token", &told.code).is_some() {
        ErrorCode::Unauthorized
    } else if told.is_upstream_error() {
        ErrorCode::Engine
    } else if end_of_last(NOT_WORKING, words).is_some() {
        ErrorCode::NotReady
    } else {
        by_status
    }
}

/// What XML or plain text says: of XML its `message`, or all of its texts. A page is nothing: something else sent it.
fn plain(body: &[u8]) -> Option<String> {
    // JSON that was cut off tells more by its status.
    if matches!(body.trim_ascii_start().first(), None | Some(b'{' | b'[' | b'"')) {
        return None;
    }
    let text: String = str::from_utf8(body).ok()?.chars().take(MAX_PLAIN_CHARS).collect();
    if ["<html", "<!doctype html"].into_iter().any(|tag| end_of_last(tag, &text).is_some()) {
        return None;
    }
    let message = end_of_last("</message>", &text).and_then(|end| {
        let before = text.get(..end - "</message>".len())?;
        before.get(end_of_last("<message>", before)?..)
    });
    without_tags(message.unwrap_or(&text))
}

/// Nothing where an element is called after a credential: what it held would stand without its name.
fn without_tags(text: &str) -> Option<String> {
    let mut kept = String::new();
    let mut rest = text;
    while let Some(open) = rest.bytes().position(|byte| byte == b'<') {
        let (before, tag) = rest.split_at_checked(open)?;
        kept.push_str(before);
        kept.push(' ');
        // One that was cut off ends the text.
        let close = tag.bytes().position(|byte| byte == b'>').map_or(tag.len(), |close| close + 1);
        let (tag, after) = tag.split_at_checked(close)?;
        if ["token", "key", "auth", "secret"].into_iter().any(|name| end_of_last(name, tag).is_some()) {
            return None;
        }
        rest = after;
    }
    kept.push_str(rest);
    Some(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused_as(status: u16, body: &str) -> (ErrorCode, String) {
        let response = Response { status, retry_after_ms: None, body: body.as_bytes().to_vec() };
        let error = refusal(&response).expect("a refusal");
        assert_eq!(error.status, Some(status));
        (error.code, error.message)
    }

    #[test]
    fn xml_and_plain_text_speak_for_themselves() {
        for (body, message) in [
            ("Missing required parameter(s): chatId", "Missing required parameter(s): chatId"),
            ("\n Bad\n request ", "Bad request"),
            (
                "<?xml version=\"1.0\"?><error><code>400</code><message>Missing chatId</message></error>",
                "Missing chatId",
            ),
            ("<error><Message>No <b>chat</b> 15550001111</Message></error>", "No chat ***"),
            ("<response><error>Bad</error><detail>No chat</detail></response>", "Bad No chat"),
            ("<e>access_token=s3cret is wrong</e>", "*** is wrong"),
            ("<e>Bad<access_token>s3cret</access_token></e>", "HTTP 400"),
            ("<e><message>Bad <token>s3cret</token></message></e>", "HTTP 400"),
            ("<message>a</message><message>b", "a"),
            ("</message>", "HTTP 400"),
            ("<cut", "HTTP 400"),
            ("<!DOCTYPE html><title>400</title>", "HTTP 400"),
            ("<html>400</html>", "HTTP 400"),
            ("{\"message\":\"cut", "HTTP 400"),
            ("\"s3cret", "HTTP 400"),
            ("7", "HTTP 400"),
        ] {
            assert_eq!(refused_as(400, body), (ErrorCode::BadRequest, message.to_owned()), "{body}");
        }
        assert_eq!(refused_as(502, "Bad Gateway").1, "HTTP 502", "other statuses are not Wawp's own");
        let long = "<a>é</a>".repeat(100_000);
        assert!(refused_as(400, &long).1.starts_with("é é"));
    }

    #[test]
    fn what_a_200_refuses() {
        for (body, code) in [
            ("{\"wawp_upstream_error\":true}", ErrorCode::Engine),
            ("{\"wawp_upstream_error\":{\"status\":502}}", ErrorCode::Engine),
            ("{\"wawp_upstream_error\":\"t\\u0069med out\"}", ErrorCode::Engine),
            ("{\"code\":\"wawp_upstream_error\",\"message\":\"Try again\"}", ErrorCode::Engine),
            ("{\"code\":\"missing_access_token\",\"message\":\"Missing access_token\"}", ErrorCode::Unauthorized),
            ("{\"code\":\"x\",\"message\":\"y\",\"data\":{\"status\":\"429\"}}", ErrorCode::RateLimited),
            ("{\"code\":\"x\",\"message\":\"y\",\"data\":{\"status\":400}}", ErrorCode::BadRequest),
            ("{\"code\":\"x\",\"message\":\"y\",\"data\":null}", ErrorCode::Engine),
            ("{\"result\":false}", ErrorCode::Engine),
        ] {
            assert_eq!(refused_as(200, body).0, code, "{body}");
        }
        assert_eq!(refused_as(200, "{\"result\":false}").1, "refused without a reason");
        assert_eq!(refused_as(200, "{\"wawp_upstream_error\":[]}").1, "wawp_upstream_error");
    }

    #[test]
    fn what_a_200_does_not_refuse() {
        for body in [
            "",
            "null",
            "[]",
            "{}",
            "OK",
            "{\"result\":true}",
            "{\"code\":200,\"message\":\"done\"}",
            "{\"code\":\"done\"}",
            "{\"message\":\"done\"}",
            "{\"code\":\"done\",\"message\":\"done\",\"data\":{\"status\":200}}",
            "{\"wawp_upstream_error\":null}",
            "{\"wawp_upstream_error\":false}",
            "{\"code\":\"x\",\"message\":\"cut",
        ] {
            let response = Response { status: 200, retry_after_ms: None, body: body.as_bytes().to_vec() };
            assert_eq!(refusal(&response), None, "{body}");
        }
    }
}
