//! Refusals: by status, or by an envelope with HTTP 200 that says `error`.
//!
//! 1. `{status, message}`: the request did not reach the instance;
//! 2. `{status, data: {status, message, explanation}}`: it did, and was not carried out;
//! 3. `{message, errors: {field: [sentence]}}` and `{message}` from the framework;
//! 4. a page for people, or nothing, from whatever stands before it.

use super::shapes::Said;
use crate::gateway::http::{self, Response};
use crate::gateway::redact::redact;
use crate::machine::error::{Error, ErrorCode};
use crate::text::{end_of_last, push_number};

/// The sentences, each one's parts joined; empty where none stands.
#[derive(Default)]
pub(super) struct Sentences([String; 4]);

impl Sentences {
    pub(super) fn add(&mut self, field: u8, text: &str) {
        if let Some(sentence) = self.0.get_mut(usize::from(field)) {
            append(text.trim(), "; ", sentence);
        }
    }

    fn get(&self, said: Said) -> &str {
        self.0.get(said as usize).map_or("", String::as_str)
    }

    /// All that was said, without what the framework says twice.
    fn joined(&self) -> String {
        let message = self.get(Said::Message);
        let mut text = if message.is_empty() { self.get(Said::Error) } else { message }.to_owned();
        for said in [Said::Explanation, Said::Errors] {
            let sentence = self.get(said);
            if end_of_last(sentence, &text).is_none() {
                append(sentence, " ", &mut text);
            }
        }
        text
    }
}

fn append(part: &str, between: &str, text: &mut String) {
    if !part.is_empty() {
        if !text.is_empty() {
            text.push_str(between);
        }
        text.push_str(part);
    }
}

/// The error a refusal stands for. A body that cannot be read leaves the status to speak.
pub(super) fn refusal(response: &Response, said: &Sentences) -> Error {
    let text = said.joined();
    let code = code_of(response.status, &text);
    let mut message = redact(&text);
    if message.is_empty() {
        message.push_str("HTTP ");
        push_number(usize::from(response.status), &mut message);
    }
    Error { code, message, status: Some(response.status), retry_after_ms: response.retry_after_ms }
}

fn code_of(status: u16, text: &str) -> ErrorCode {
    const WRONG: [&str; 4] = ["chatid", "format", "invalid", "required"];
    let says = |sense: &str| end_of_last(sense, text).is_some();
    match status {
        401 | 403 | 429 => http::code_of(status),
        // The body beats the status: it is 409 or 200, and the instance the same.
        _ if says("not ready") => ErrorCode::NotReady,
        200..300 if WRONG.into_iter().any(says) => ErrorCode::BadRequest,
        // It reached the instance, which failed.
        200..300 => ErrorCode::Engine,
        _ => http::code_of(status),
    }
}
