//! What the words of all gateways mean, and how ids and stamps are read: once for all dialects.

use super::lenient::Scalar;
use crate::machine::id::Address;
use crate::machine::observation::{SessionState, Word};
use crate::machine::time::UnixMs;

/// Every word for a presence that any gateway or engine has; some pass unknown ones through as they are.
const WORDS: [(&str, Word); 11] = [
    ("online", Word::Online),
    ("available", Word::Online),
    ("offline", Word::Offline),
    ("unavailable", Word::Offline),
    ("typing", Word::Typing),
    ("composing", Word::Typing),
    ("recording", Word::Recording),
    ("recording_audio", Word::Recording),
    ("paused", Word::Paused),
    ("pause", Word::Paused),
    ("stop", Word::Paused),
];

/// What gateways call the state of a session or an instance, and what WhatsApp Web calls that of its connection.
const SESSION_STATES: [(&str, SessionState); 21] = [
    ("WORKING", SessionState::Working),
    ("STARTING", SessionState::Starting),
    ("SCAN_QR_CODE", SessionState::NeedsPairing),
    ("PASSKEY_REQUIRED", SessionState::NeedsPairing),
    ("PASSKEY_CONFIRMATION_REQUIRED", SessionState::NeedsPairing),
    ("STOPPED", SessionState::Stopped),
    ("FAILED", SessionState::Failed),
    ("booting", SessionState::Starting),
    ("loading_screen", SessionState::Starting),
    ("qr", SessionState::NeedsPairing),
    ("authenticated", SessionState::Starting),
    ("ready", SessionState::Working),
    ("auth_failure", SessionState::Failed),
    ("disconnected", SessionState::Stopped),
    ("CONNECTED", SessionState::Working),
    ("OPENING", SessionState::Starting),
    ("PAIRING", SessionState::Starting),
    ("UNPAIRED", SessionState::NeedsPairing),
    ("UNPAIRED_IDLE", SessionState::NeedsPairing),
    // Older servers of Wawp.
    ("ONLINE", SessionState::Working),
    ("OFFLINE", SessionState::Stopped),
];

pub(super) fn word_of(text: &str) -> Word {
    meaning_of(text, &WORDS).unwrap_or(Word::Unknown)
}

pub(super) fn session_state_of(text: &str) -> SessionState {
    meaning_of(text, &SESSION_STATES).unwrap_or(SessionState::Unknown)
}

pub(super) fn meaning_of<T: Copy>(text: &str, meanings: &[(&str, T)]) -> Option<T> {
    meanings.iter().find(|(word, _)| text.eq_ignore_ascii_case(word)).map(|(_, meaning)| *meaning)
}

/// An id, where one stands.
#[inline]
pub(super) fn address_of(scalar: Scalar<'_>) -> Option<Address<'_>> {
    Address::parse(scalar.text()?).ok()
}

/// A stamp of any unit and number type, where one stands.
pub(super) fn stamp_of(scalar: Scalar<'_>) -> Option<UnixMs> {
    UnixMs::from_stamp(scalar.number()?)
}
