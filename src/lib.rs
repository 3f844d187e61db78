//! wa-presence
