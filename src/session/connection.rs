//! How the connection stands, in words a dashboard can show.

use crate::machine::SessionState;
use crate::machine::time::Instant;

/// The state of the connection to the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionState {
    /// On the way, for the first time.
    Connecting,
    /// Events reach us.
    Open,
    /// Lost; on the way again.
    Reconnecting,
    /// The gateway refuses the credential; nothing is tried any more.
    Unauthorized,
    /// Ended by the application.
    Closed,
}

/// What is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionReason {
    /// The feed could not be opened.
    Unreachable,
    /// The feed broke.
    Dropped,
    /// The gateway refused it.
    Refused,
    /// Nobody looks, and the application wants no feed meanwhile.
    Hidden,
}

/// The connection at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connection {
    /// Connecting, open, …
    pub state: ConnectionState,
    /// Why, where something is wrong.
    pub reason: Option<ConnectionReason>,
    /// The gateway's session with WhatsApp.
    pub session: SessionState,
    /// Since when.
    pub since: Instant,
}
