//! What the application wants of a client beside its gateway, as far as the browser is concerned.

use crate::session::Background;

/// How a client behaves in its browser.
pub(crate) struct Manner {
    /// Whether what is known is kept for when the page is loaded again.
    pub(crate) keeps: bool,
    /// Whether one feed is shared with other tabs.
    pub(crate) shares: bool,
    /// With those alone that say the same.
    pub(crate) share_key: String,
    /// What becomes of the feed while nobody looks.
    pub(crate) background: Background,
}
