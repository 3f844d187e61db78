//! WaAPI: a hosted gateway without a feed. A page asks it for presence; its webhooks come in by way of a backend.
//!
//! Facts behind the oddities: reading a chat is how one subscribes to it, a failure may come with HTTP 200, an answer is
//! wrapped once or twice, and its presence calls are a beta whose details are documented in prose.

mod answers;
mod calls;
mod envelope;
mod facts;
mod refusal;
mod shapes;

use std::fmt;

pub use answers::answer;
pub use envelope::{decode, is_envelope};

use super::{Capabilities, Capability};

/// Where WaAPI is.
pub const BASE_URL: &str = "https://waapi.app/api/v1";

/// How long a read waits for WhatsApp's first word unless told otherwise, in ms: the vendor's default.
pub const TIMEOUT_MS: u32 = 1_500;

/// What WaAPI can do. That watching marks the account online is documented nowhere.
pub const CAPABILITIES: Capabilities =
    Capabilities::of(None, &[Capability::Snapshot, Capability::TellsHidden, Capability::ChangesPrivacy]);

/// An instance at WaAPI.
#[derive(Clone, PartialEq, Eq)]
pub struct Waapi {
    /// [`BASE_URL`] or that of a proxy before it, without a trailing slash.
    pub base_url: String,
    /// The instance's id: a number so far, which nothing relies on.
    pub instance_id: String,
    /// Whether a read waits for WhatsApp's first word on a chat.
    pub wait_for_data: bool,
    /// How long it waits at most, in ms.
    pub timeout_ms: u32,
}

impl fmt::Debug for Waapi {
    /// Hides the address and the instance: people put credentials into the one, and the other names an account.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waapi")
            .field("wait_for_data", &self.wait_for_data)
            .field("timeout_ms", &self.timeout_ms)
            .finish_non_exhaustive()
    }
}
