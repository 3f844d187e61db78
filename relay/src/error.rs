//! What callers are told when something is refused: a status, and JSON that says why. Nothing they sent is repeated.

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::{HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;
use wa_presence::machine::error::{Error, ErrorCode};

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Refusal {
    /// One of the codes of `PresenceError`.
    pub code: &'static str,
    /// Expected, found, where; no id, token or address.
    pub message: String,
    /// The status of this answer or, where the gateway refused, its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// When to try again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
    /// Where in a list the trouble is: places from 0 on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<usize>,
    #[serde(skip)]
    http: u16,
}

impl Refusal {
    /// A refusal of our own.
    #[must_use]
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        let http = status_of(code);
        Self {
            code: code.as_str(),
            message: message.into(),
            status: Some(http),
            retry_after_ms: None,
            places: Vec::new(),
            http,
        }
    }

    /// The same, under another status than its code's.
    #[must_use]
    pub const fn with_status(mut self, status: u16) -> Self {
        self.http = status;
        self.status = Some(status);
        self
    }

    /// The same, because of what stands at these places of a list.
    #[must_use]
    pub fn at(mut self, places: Vec<usize>) -> Self {
        self.places = places;
        self
    }

    /// The same, worth another try later.
    #[must_use]
    pub const fn with_retry(mut self, after_ms: u64) -> Self {
        self.retry_after_ms = Some(after_ms);
        self
    }

    /// What this answers with.
    #[must_use]
    pub const fn http(&self) -> u16 {
        self.http
    }

    /// No such route, call or feed.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(ErrorCode::NotFound, "no such route or call")
    }

    /// There are as many feeds as may be.
    #[must_use]
    pub fn full() -> Self {
        let message = "feeds: there are as many as may be";
        Self::new(ErrorCode::RateLimited, message).with_status(503).with_retry(5_000)
    }

    /// The refusal as it goes from one relay to another.
    #[must_use]
    pub(crate) fn carry(&self) -> Value {
        let mut carried = serde_json::to_value(self).unwrap_or_default();
        carried["http"] = self.http.into();
        carried
    }

    /// One that came from another relay.
    #[must_use]
    pub(crate) fn carried(from: &Value) -> Option<Self> {
        let code = CODES.into_iter().find(|code| from["code"] == code.as_str())?;
        let number = |name: &str| from[name].as_u64().and_then(|number| u16::try_from(number).ok());
        let places = from["places"].as_array().into_iter().flatten();
        Some(Self {
            code: code.as_str(),
            message: from["message"].as_str()?.to_owned(),
            status: number("status"),
            retry_after_ms: from["retryAfterMs"].as_u64(),
            places: places.filter_map(|place| usize::try_from(place.as_u64()?).ok()).collect(),
            http: number("http")?,
        })
    }

    /// The relay is ending.
    #[must_use]
    pub fn ending() -> Self {
        Self::new(ErrorCode::Closed, "the relay is ending: try again").with_retry(1_000)
    }
}

impl From<Error> for Refusal {
    /// What the gateway refused. Its credential is the owner's affair: a caller must not take that for his ticket's refusal.
    fn from(error: Error) -> Self {
        let http = if error.code == ErrorCode::Unauthorized { 502 } else { status_of(error.code) };
        let (code, status) = (error.code.as_str(), error.status);
        Self { code, message: error.message, status, retry_after_ms: error.retry_after_ms, places: Vec::new(), http }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.http).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry_after = self.retry_after_ms.map(|ms| HeaderValue::from(ms.div_ceil(1_000).max(1)));
        let mut response = (status, Json(self)).into_response();
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(RETRY_AFTER, seconds);
        }
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// All there are.
const CODES: [ErrorCode; 17] = [
    ErrorCode::InvalidOption,
    ErrorCode::InvalidChat,
    ErrorCode::Malformed,
    ErrorCode::TooLarge,
    ErrorCode::Unauthorized,
    ErrorCode::Forbidden,
    ErrorCode::NotFound,
    ErrorCode::NotReady,
    ErrorCode::BadRequest,
    ErrorCode::Unsupported,
    ErrorCode::RateLimited,
    ErrorCode::Engine,
    ErrorCode::Network,
    ErrorCode::Timeout,
    ErrorCode::Aborted,
    ErrorCode::Closed,
    ErrorCode::Crashed,
];

const fn status_of(code: ErrorCode) -> u16 {
    match code {
        ErrorCode::Unauthorized => 401,
        ErrorCode::Forbidden => 403,
        ErrorCode::NotFound => 404,
        ErrorCode::NotReady => 409,
        ErrorCode::TooLarge => 413,
        ErrorCode::RateLimited => 429,
        ErrorCode::Unsupported => 501,
        ErrorCode::Engine | ErrorCode::Network => 502,
        ErrorCode::Closed | ErrorCode::Aborted | ErrorCode::Crashed => 503,
        ErrorCode::Timeout => 504,
        // The caller's request is at fault, and so it is for any code that comes next.
        ErrorCode::Malformed | ErrorCode::InvalidOption | ErrorCode::InvalidChat | ErrorCode::BadRequest | _ => 400,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_that_the_gateway_refuses_is_not_a_ticket_that_we_refuse() {
        let refused = Error { status: Some(401), ..Error::new(ErrorCode::Unauthorized, "refused") };
        let refusal = Refusal::from(refused);
        assert_eq!((refusal.http(), refusal.status, refusal.code), (502, Some(401), "unauthorized"));
    }

    #[test]
    fn a_refusal_is_the_same_at_another_relay() {
        let refusal = Refusal::new(ErrorCode::RateLimited, "slow down").with_retry(7).with_status(503).at(vec![2]);
        assert_eq!(Refusal::carried(&refusal.carry()), Some(refusal));
    }

    #[test]
    fn what_may_be_tried_again_says_when_in_whole_seconds() {
        let refusal = Refusal::new(ErrorCode::RateLimited, "slow down").with_retry(1_200);
        let response = refusal.into_response();
        assert_eq!(response.headers().get(RETRY_AFTER).map(HeaderValue::as_bytes), Some(&b"2"[..]));
        assert_eq!(response.status(), 429);
    }
}
