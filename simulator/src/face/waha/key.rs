//! Who may do what: the admin key, and keys that reach one session with a few scopes.

use std::collections::BTreeMap;

use crate::face::waha::route::Scope;

/// A key that reaches one session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopedKey {
    /// The session it reaches.
    pub session: String,
    /// May read, and open sockets.
    pub read: bool,
    /// May subscribe, type, and set the own presence.
    pub send: bool,
}

/// What a key opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access<'a> {
    /// Everything.
    Admin,
    /// One session.
    Scoped(&'a ScopedKey),
}

impl Access<'_> {
    /// Whether it allows a call about `session`, or about the server when there is none.
    #[must_use]
    pub fn allows(&self, session: Option<&str>, scope: Scope) -> bool {
        match self {
            Self::Admin => true,
            Self::Scoped(key) => {
                let scoped = match scope {
                    Scope::Read => key.read,
                    Scope::Send => key.send,
                };
                scoped && session == Some(key.session.as_str())
            }
        }
    }
}

/// All keys of the server.
#[derive(Debug)]
pub struct Keys {
    admin: String,
    scoped: BTreeMap<String, ScopedKey>,
}

impl Keys {
    /// Only the admin key.
    #[must_use]
    pub const fn new(admin: String) -> Self {
        Self { admin, scoped: BTreeMap::new() }
    }

    /// Adds or replaces a scoped key. False when there are too many.
    pub fn add(&mut self, key: String, scoped: ScopedKey) -> bool {
        let fits = self.scoped.len() < MOST_KEYS || self.scoped.contains_key(&key);
        if fits {
            self.scoped.insert(key, scoped);
        }
        fits
    }

    /// What this key opens, if it is one.
    #[must_use]
    pub fn access(&self, key: Option<&str>) -> Option<Access<'_>> {
        let key = key?;
        if key == self.admin {
            return Some(Access::Admin);
        }
        self.scoped.get(key).map(Access::Scoped)
    }

    /// The keys of a session open nothing any more.
    pub fn revoke(&mut self, session: &str) {
        self.scoped.retain(|_, key| key.session != session);
    }
}

const MOST_KEYS: usize = 1_024;
