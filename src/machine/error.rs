//! What can go wrong, as one closed list: the `code` of every `PresenceError` in JavaScript.

use std::fmt;

/// The kind of an error. Its name in JavaScript is stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorCode {
    /// An option is unknown, of the wrong type or out of range.
    InvalidOption,
    /// A text is not a chat id.
    InvalidChat,
    /// A body, or a webhook's signature, is not what a gateway sends.
    Malformed,
    /// A body is larger than `maxBodyBytes`.
    TooLarge,
    /// The gateway refused the credential, or a webhook's signature is not that of its body.
    Unauthorized,
    /// The credential may not do this.
    Forbidden,
    /// The chat, session or route does not exist.
    NotFound,
    /// The session is not connected to WhatsApp.
    NotReady,
    /// The gateway calls the request wrong.
    BadRequest,
    /// This gateway, engine or environment cannot do it.
    Unsupported,
    /// The gateway asked us to slow down.
    RateLimited,
    /// The gateway or its engine failed.
    Engine,
    /// No answer: unreachable, or blocked by the browser.
    Network,
    /// No answer in time.
    Timeout,
    /// The caller gave up.
    Aborted,
    /// The client was closed.
    Closed,
    /// The WebAssembly module trapped; connect again.
    Crashed,
}

/// What a failed call leaves open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outlook {
    /// Nobody knows whether it took effect.
    Unknown,
    /// It did not, and may be made again once the gateway was left alone for a while.
    TooSoon,
    /// It did not, and may be made again once the session works, or the credential is another.
    NotYet,
    /// It did not, and will not.
    Never,
}

impl ErrorCode {
    /// What a call that failed so leaves open.
    #[must_use]
    pub const fn outlook(self) -> Outlook {
        match self {
            Self::Network | Self::Timeout | Self::Engine | Self::Aborted | Self::Malformed | Self::TooLarge => {
                Outlook::Unknown
            }
            Self::RateLimited => Outlook::TooSoon,
            Self::NotReady | Self::Unauthorized => Outlook::NotYet,
            Self::Forbidden
            | Self::Unsupported
            | Self::NotFound
            | Self::BadRequest
            | Self::InvalidChat
            | Self::InvalidOption
            | Self::Closed
            | Self::Crashed => Outlook::Never,
        }
    }

    /// The name JavaScript sees.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidOption => "invalid-option",
            Self::InvalidChat => "invalid-chat",
            Self::Malformed => "malformed",
            Self::TooLarge => "too-large",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not-found",
            Self::NotReady => "not-ready",
            Self::BadRequest => "bad-request",
            Self::Unsupported => "unsupported",
            Self::RateLimited => "rate-limited",
            Self::Engine => "engine",
            Self::Network => "network",
            Self::Timeout => "timeout",
            Self::Aborted => "aborted",
            Self::Closed => "closed",
            Self::Crashed => "crashed",
        }
    }
}

/// An error with what a caller needs to act on it. Its message never holds a number, a token or a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The kind.
    pub code: ErrorCode,
    /// A sentence: expected, found, where.
    pub message: String,
    /// The HTTP status, where there was one.
    pub status: Option<u16>,
    /// How long the gateway asked us to wait, where it could be read.
    pub retry_after_ms: Option<u64>,
}

impl Error {
    /// An error without HTTP facts.
    #[must_use]
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), status: None, retry_after_ms: None }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
