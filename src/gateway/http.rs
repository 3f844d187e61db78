//! HTTP as data: requests a driver performs, and the one outcome it reports for each.

use std::fmt;

use crate::machine::error::{Error, ErrorCode};
use crate::text::{push_hex, whole_number};

/// A credential. `Debug` hides it; only [`Secret::reveal`] shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a credential.
    #[must_use]
    pub const fn new(value: String) -> Self {
        Self(value)
    }

    /// The credential itself: for a request, never for a message.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}

/// An HTTP method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// GET.
    Get,
    /// POST.
    Post,
    /// PUT.
    #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
    Put,
}

/// A request to be performed as it is.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// Where to. May hold a phone number: not for logs.
    pub url: String,
    /// Headers beyond those a body implies.
    pub headers: Vec<(&'static str, Secret)>,
    /// A JSON body.
    pub body: Option<String>,
    /// When to give up, in ms from sending.
    pub timeout_ms: u32,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request").field("method", &self.method).finish_non_exhaustive()
    }
}

/// An answer.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// Retry-After, where it could be read, in ms.
    pub retry_after_ms: Option<u64>,
    /// The body.
    pub body: Vec<u8>,
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// What became of a request: exactly one of these is reported for each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The gateway, or something before it, answered.
    Response(Response),
    /// No answer: unreachable, refused, or blocked by the browser.
    Network,
    /// No answer within the request's `timeout_ms`.
    Timeout,
    /// The caller gave up.
    Aborted,
}

impl Outcome {
    /// The response, or the error that stands for its absence.
    ///
    /// # Errors
    /// `network`, `timeout` or `aborted`.
    pub fn response(&self) -> Result<&Response, Error> {
        match self {
            Self::Response(response) => Ok(response),
            Self::Network => Err(Error::new(
                ErrorCode::Network,
                "no answer from the gateway: it is unreachable, or the browser blocked the request",
            )),
            Self::Timeout => Err(Error::new(ErrorCode::Timeout, "no answer from the gateway in time")),
            Self::Aborted => Err(Error::new(ErrorCode::Aborted, "the call was aborted")),
        }
    }
}

/// Reads a Retry-After header: seconds, as every gateway sends it. A date is treated as absent.
#[must_use]
pub fn retry_after_ms(value: &str) -> Option<u64> {
    let seconds = u64::try_from(whole_number(value)?).ok()?;
    Some(seconds.min(3_600) * 1_000)
}

/// What the status of a refusal says, where its body says nothing more telling.
pub(super) const fn code_of(status: u16) -> ErrorCode {
    match status {
        401 => ErrorCode::Unauthorized,
        403 => ErrorCode::Forbidden,
        404 => ErrorCode::NotFound,
        405 | 501 => ErrorCode::Unsupported,
        408 => ErrorCode::Timeout,
        409 => ErrorCode::NotReady,
        429 => ErrorCode::RateLimited,
        400..500 => ErrorCode::BadRequest,
        500 => ErrorCode::Engine,
        // What stands before the gateway answered in its place, or a redirect led nowhere.
        _ => ErrorCode::Network,
    }
}

/// Appends `text` percent-encoded as JavaScript's `encodeURIComponent` does it: fit for a path segment or a query value.
pub(super) fn push_encoded(text: &str, url: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) {
            url.push(char::from(byte));
        } else {
            url.push('%');
            push_hex(byte, url);
        }
    }
}
