//! `WaAPI`: hosted instances that run WhatsApp's own page, driven by named actions.

pub mod answers;
pub mod errors;
pub mod event;
pub mod params;
pub mod perform;
pub mod presence;
pub mod route;
pub mod settings;

use crate::chance::Chance;

/// A session as `WaAPI` knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// Its id.
    pub id: u64,
    /// The token that opens all of it.
    pub token: String,
    /// How it says what it says.
    pub manners: Manners,
}

/// Where the sources disagree on what `WaAPI` says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Manners {
    /// What an answer lies in.
    pub envelope: Envelope,
    /// How it says that the instance is not ready.
    pub not_ready: NotReady,
}

/// What an answer lies in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Envelope {
    /// In each action's own: flat for what sends, nested for what reads.
    #[default]
    Documented,
    /// In two, each with a status.
    Nested,
    /// In one, which names the instance.
    Single,
    /// In one, which does not.
    Flat,
}

/// How an instance says that it is not ready.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NotReady {
    /// Under HTTP 200, in the outer envelope.
    #[default]
    Outer,
    /// Under HTTP 200, in the inner one.
    Inner,
    /// With HTTP 409.
    Conflict,
}

impl Instance {
    /// The instance that a session of this name is, unless it is told otherwise.
    #[must_use]
    pub fn derived(seed: u64, session: &str) -> Self {
        let mut chance = Chance::new(seed, &[session, "waapi"]);
        let id = chance.between(100_000, 999_999_999);
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        Self { id, token: chance.text(alphabet, 40), manners: Manners::default() }
    }
}
