//! Wawp, versions 1 and 2: hosted sessions over WAHA, under other paths, with other credentials and other refusals.

pub mod credentials;
pub mod envelope;
pub mod errors;
pub mod perform;
pub mod route;

use crate::chance::{Chance, Span};
use crate::world::watch::Lease;

/// A session as Wawp knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// Its id.
    pub id: String,
    /// The token that opens all of it.
    pub token: String,
    /// How it says what it says.
    pub manners: Manners,
}

/// Where the sources disagree on what Wawp says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Manners {
    /// Refusals come with HTTP 200, their own status in `data.status`.
    pub errors_under_200: bool,
    /// How it says that a parameter is missing.
    pub missing: Missing,
}

/// The bodies of a 400.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Missing {
    /// The shape of all other refusals.
    #[default]
    Json,
    /// XML.
    Xml,
    /// A sentence.
    Text,
}

impl Instance {
    /// The instance that a session of this name is, unless it is told otherwise.
    #[must_use]
    pub fn derived(seed: u64, session: &str) -> Self {
        let mut chance = Chance::new(seed, &[session, "wawp"]);
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
        let id = chance.text(alphabet, 12);
        Self { id, token: chance.text("abcdefghijklmnopqrstuvwxyz0123456789", 14), manners: Manners::default() }
    }
}

/// How long a subscription lives there, "typically".
pub const LEASE: Lease = Lease::Within(Span(20_000, 60_000));
