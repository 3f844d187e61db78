//! Refusals: four shapes of error body, one typed error.
//!
//! 1. `{message, statusCode}` and `{message, error, statusCode}` from the framework, `message` sometimes a list;
//! 2. `{detail}` from the presence routes;
//! 3. `{error, session, status, expected}` while the session does not work, `error` being the sentence;
//! 4. `{exception: {message}, request, …}` when an engine failed. `request` repeats what we sent and is never read.

use super::shapes::{REFUSAL, Said};
use crate::gateway::http::{self, Response};
use crate::gateway::lenient::{Sink, read};
use crate::gateway::redact::redact;
use crate::machine::error::{Error, ErrorCode};
use crate::text::{end_of_last, push_number};

/// The sentences, each one's parts joined; empty where none stands.
#[derive(Default)]
struct Sentences([String; 6]);

impl Sentences {
    fn get(&self, said: Said) -> &str {
        self.0.get(said as usize).map_or("", String::as_str)
    }
}

impl Sink<'_> for Sentences {
    fn text(&mut self, field: u8, text: &str) {
        let text = text.trim();
        let Some(sentence) = self.0.get_mut(usize::from(field)) else { return };
        if !text.is_empty() {
            if !sentence.is_empty() {
                sentence.push_str("; ");
            }
            sentence.push_str(text);
        }
    }
}

/// The error a non-2xx response stands for.
pub(super) fn refusal(response: &Response) -> Error {
    let (code, message) = refused(response.status, &response.body);
    error_of(code, message, response)
}

/// An error with the gateway's words; without any, the status has to speak.
pub(in crate::gateway) fn error_of(code: ErrorCode, message: Option<String>, response: &Response) -> Error {
    let message = message.unwrap_or_else(|| {
        let mut message = "HTTP ".to_owned();
        push_number(usize::from(response.status), &mut message);
        message
    });
    Error { code, message, status: Some(response.status), retry_after_ms: response.retry_after_ms }
}

/// What a status and a body say. One that cannot be read says nothing.
pub(in crate::gateway) fn refused(status: u16, body: &[u8]) -> (ErrorCode, Option<String>) {
    let mut sentences = Sentences::default();
    if read(body, &REFUSAL, &mut sentences).is_err() {
        sentences = Sentences::default();
    }
    let expected = sentences.get(Said::Expected).as_bytes();
    let not_working = expected.windows(7).any(|window| window == b"WORKING");
    let order = [Said::Detail, Said::Exception, Said::Message, Said::Error];
    let text = order.into_iter().map(|said| sentences.get(said)).find(|text| !text.is_empty()).unwrap_or_default();
    let code = code_of(status, not_working, text);
    if text.is_empty() {
        return (code, None);
    }
    let mut message = text.to_owned();
    let state = sentences.get(Said::Status);
    if not_working && !state.is_empty() {
        message.push_str(" (status ");
        message.push_str(state);
        message.push(')');
    }
    (code, Some(redact(&message)))
}

fn code_of(status: u16, not_working: bool, text: &str) -> ErrorCode {
    match status {
        401 | 403 | 429 => http::code_of(status),
        // The body beats the status: only a session that does not work names the state it should be in.
        _ if not_working => ErrorCode::NotReady,
        422 => unprocessable(text),
        _ => http::code_of(status),
    }
}

/// WAHA says 422 of an unknown session and of what its edition lacks too, and only the sentence tells them apart.
fn unprocessable(text: &str) -> ErrorCode {
    const SESSION: &str = "session ";
    const UNSUPPORTED: [&str; 4] = ["plus version", "support only", "this edition", "not implemented"];
    let says = |sense: &str| end_of_last(sense, text).is_some();
    let of_session = text.get(..SESSION.len()).is_some_and(|start| start.eq_ignore_ascii_case(SESSION));
    if of_session && says("does not exist") {
        ErrorCode::NotFound
    } else if UNSUPPORTED.into_iter().any(says) {
        ErrorCode::Unsupported
    } else {
        ErrorCode::BadRequest
    }
}
