//! WAHA: a self-hosted gateway with four engines, a WebSocket feed and the richest presence of the dialects.
//!
//! Facts behind the oddities: successful calls answer 201 with an empty body, errors come in four shapes, ids may name a
//! person otherwise than asked, and `presence.update` is a delta.

mod answers;
mod calls;
mod envelope;
mod refusal;
mod reports;
mod shapes;

use std::fmt;

pub use answers::answer;
pub use envelope::decode;

use super::Capabilities;
use super::lenient::Scalar;
use crate::machine::id::Address;
use crate::machine::observation::{SessionState, Word};
use crate::machine::time::UnixMs;

/// What WAHA can do. Engines differ: a call one of them lacks answers 501, which is `unsupported`.
pub const CAPABILITIES: Capabilities =
    Capabilities { feed: true, list: true, look_up: true, recording: true, watch_marks_online: true };

/// A WAHA server and a session on it.
#[derive(Clone, PartialEq, Eq)]
pub struct Waha {
    /// `http://` or `https://`, with a path if it is served below one, without a trailing slash.
    pub base_url: String,
    /// The session's name; `*` reads every session the key may see, and is good for the feed only.
    pub session: String,
    /// Whether the feed carries messages too. They end typing at once where the engine does not say so itself.
    pub message_events: bool,
}

impl fmt::Debug for Waha {
    /// Hides the address and the session: people put credentials into the one and phone numbers into the other.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waha").field("message_events", &self.message_events).finish_non_exhaustive()
    }
}

/// The words of all engines; NOWEB passes unknown ones through as they are.
fn word_of(text: &str) -> Word {
    let is = |word: &str| text.eq_ignore_ascii_case(word);
    if is("online") || is("available") {
        Word::Online
    } else if is("offline") || is("unavailable") {
        Word::Offline
    } else if is("typing") || is("composing") {
        Word::Typing
    } else if is("recording") || is("recording_audio") {
        Word::Recording
    } else if is("paused") || is("pause") {
        Word::Paused
    } else {
        Word::Unknown
    }
}

fn session_state_of(text: &str) -> SessionState {
    let is = |word: &str| text.eq_ignore_ascii_case(word);
    if is("WORKING") {
        SessionState::Working
    } else if is("STARTING") {
        SessionState::Starting
    } else if is("SCAN_QR_CODE") || is("PASSKEY_REQUIRED") || is("PASSKEY_CONFIRMATION_REQUIRED") {
        SessionState::NeedsPairing
    } else if is("STOPPED") {
        SessionState::Stopped
    } else if is("FAILED") {
        SessionState::Failed
    } else {
        SessionState::Unknown
    }
}

/// An id, where one stands.
fn address_of(scalar: Scalar<'_>) -> Option<Address<'_>> {
    Address::parse(scalar.text()?).ok()
}

/// A stamp of any unit and number type, where one stands.
fn stamp_of(scalar: Scalar<'_>) -> Option<UnixMs> {
    UnixMs::from_stamp(scalar.number()?)
}
