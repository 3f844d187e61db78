//! WAHA: a self-hosted gateway with four engines, a WebSocket feed and the richest presence of the dialects.
//!
//! Facts behind the oddities: successful calls answer 201 with an empty body, errors come in four shapes, ids may name a
//! person otherwise than asked, and `presence.update` is a delta.

mod answers;
mod calls;
mod envelope;
mod refusal;
mod reports;
pub mod retell;
mod shapes;

use std::fmt;

pub use answers::answer;
pub(super) use calls::object;
pub use envelope::decode;
pub(super) use envelope::decode_instance;
pub(super) use refusal::{error_of, refused};

use super::Capabilities;
use super::Capability::{EventsNeedSetting, Feed, List, LookUp, Recording, WatchMarksOnline};

/// What WAHA can do with each of its engines, and last, with one that is not known.
pub static CAPABILITIES: [Capabilities; 5] = [
    Capabilities::of(Some("NOWEB"), &[Feed, LookUp, Recording, WatchMarksOnline, List]),
    Capabilities::of(Some("WPP"), &[Feed, LookUp, Recording, WatchMarksOnline, List]),
    // Its list holds positions in place of ids, and no presences.
    Capabilities::of(Some("GOWS"), &[Feed, LookUp, Recording, WatchMarksOnline]),
    Capabilities::of(Some("WEBJS"), &[Feed, LookUp, Recording, WatchMarksOnline, EventsNeedSetting]),
    Capabilities::of(None, &[Feed, LookUp, Recording, WatchMarksOnline, EventsNeedSetting]),
];

/// What WAHA can do with the engine of this name.
#[must_use]
pub fn capabilities(engine: Option<&str>) -> &'static Capabilities {
    let [noweb, wpp, gows, webjs, unknown] = &CAPABILITIES;
    match engine {
        Some("NOWEB") => noweb,
        Some("WPP") => wpp,
        Some("GOWS") => gows,
        Some("WEBJS") => webjs,
        Some(_) | None => unknown,
    }
}

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
