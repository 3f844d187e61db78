//! A relay of one's own: the gateway's key, its subscriptions and its budget are there, and what it knows comes as one stream.
//!
//! What it says over HTTP is in `relay/PROTOCOL.md`. It has one word for each thing whatever gateway is behind it, so nothing of
//! the vendors' dialects is needed here. The stream is read by fetch: tickets and chats stay out of addresses.

mod calls;
mod events;
mod facts;
mod observation;
mod shapes;
mod snapshot;
mod stream;
mod words;

use std::fmt;

pub use calls::Answered;
pub use events::{Hello, Reach, Standing, Told, read};
pub use stream::{Event, EventStream};

use super::{Capabilities, Capability};

/// What a relay can do before it said what is behind it.
pub const CAPABILITIES: Capabilities = Capabilities::of(None, &[Capability::Feed]);

/// What no relay passes on, whatever the gateway behind it can.
pub(super) const WITHHELD: [Capability; 3] = [Capability::List, Capability::LookUp, Capability::ChangesPrivacy];

/// A relay, and an account on it.
#[derive(Clone, PartialEq, Eq)]
pub struct Relay {
    /// `http://` or `https://`, with its path, without a trailing slash.
    pub url: String,
    /// The account's name in the relay's configuration.
    pub account: String,
}

impl fmt::Debug for Relay {
    /// Hides the address.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Relay").finish_non_exhaustive()
    }
}
