//! The gateways a client may believe it talks to. Each puts the same accounts and people into its own words.

pub mod waha;
