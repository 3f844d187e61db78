//! In whose words an event is told.

/// The words of a gateway, where one has two of them as well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dialect {
    /// WAHA's envelope.
    #[default]
    Waha,
    /// Wawp's envelope around what its engine, WAHA, has: a chat and a list of presences.
    Wawp,
    /// Wawp's envelope around what its page shows: a chat, a type and who.
    WawpPage,
    /// WaAPI's envelope: an event, an instance and data.
    Waapi,
}
