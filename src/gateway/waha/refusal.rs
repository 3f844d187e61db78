//! Refusals: four shapes of error body, one typed error.
//!
//! 1. `{message, statusCode}` and `{message, error, statusCode}` from the framework, `message` sometimes a list;
//! 2. `{detail}` from the presence routes;
//! 3. `{error, session, status, expected}` while the session does not work, `error` being the sentence;
//! 4. `{exception: {message}, request, …}` when an engine failed. `request` repeats what we sent and is never read.

use serde::Deserialize;

use crate::gateway::http::Response;
use crate::gateway::lenient::{Object, Sentence, read};
use crate::gateway::redact::redact;
use crate::machine::error::{Error, ErrorCode};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Body {
    detail: Sentence,
    exception: Object<Exception>,
    message: Sentence,
    error: Sentence,
    expected: Sentence,
    status: Sentence,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Exception {
    message: Sentence,
}

/// The error a non-2xx response stands for. A body that cannot be read leaves the status to speak.
pub(super) fn refusal(response: &Response) -> Error {
    let Object(body) = read::<Object<Body>>(&response.body).unwrap_or_default();
    let body = body.unwrap_or_default();
    let not_working = body.expected.0.is_some_and(|expected| expected.contains("WORKING"));
    let exception = body.exception.0.and_then(|exception| exception.message.0);
    let text = body.detail.0.or(exception).or(body.message.0).or(body.error.0);
    let code = code_of(response.status, not_working, text.as_deref().unwrap_or_default());
    let message = match (text, body.status.0) {
        (Some(text), Some(status)) if not_working => redact(&format!("{text} (status {status})")),
        (Some(text), _) => redact(&text),
        (None, _) => format!("HTTP {}", response.status),
    };
    Error { code, message, status: Some(response.status), retry_after_ms: response.retry_after_ms }
}

fn code_of(status: u16, not_working: bool, text: &str) -> ErrorCode {
    match status {
        401 => ErrorCode::Unauthorized,
        403 => ErrorCode::Forbidden,
        429 => ErrorCode::RateLimited,
        // The body beats the status: only a session that does not work names the state it should be in.
        _ if not_working => ErrorCode::NotReady,
        404 => ErrorCode::NotFound,
        405 | 501 => ErrorCode::Unsupported,
        408 => ErrorCode::Timeout,
        409 => ErrorCode::NotReady,
        422 => unprocessable(text),
        400..500 => ErrorCode::BadRequest,
        500 => ErrorCode::Engine,
        // What stands before the gateway answered in its place, or a redirect led nowhere.
        _ => ErrorCode::Network,
    }
}

/// WAHA says 422 of an unknown session and of what its edition lacks too, and only the sentence tells them apart.
fn unprocessable(text: &str) -> ErrorCode {
    const UNSUPPORTED: [&str; 4] = ["plus version", "support only", "this edition", "not implemented"];
    let text = text.to_ascii_lowercase();
    if text.starts_with("session ") && text.contains("does not exist") {
        ErrorCode::NotFound
    } else if UNSUPPORTED.iter().any(|sense| text.contains(sense)) {
        ErrorCode::Unsupported
    } else {
        ErrorCode::BadRequest
    }
}
