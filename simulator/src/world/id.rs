//! WhatsApp's identifiers in the one spelling that the gateways show to their clients.

use std::fmt;

use serde::{Serialize, Serializer};

/// The id of a person or a chat: `15550100001@c.us`, `990000000001@lid`, `120363000000000001@g.us`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Jid(String);

/// What kind of thing an id names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A person, by phone number.
    Phone,
    /// A person, by hidden id.
    Lid,
    /// A group.
    Group,
    /// A channel, a broadcast list, or something unknown.
    Other,
}

impl Jid {
    /// Reads an id as the gateways do: bare digits are a phone, the internal suffix becomes `@c.us`, device numbers go.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let text = text.trim();
        let Some((user, server)) = text.split_once('@') else {
            return Self(format!("{}@c.us", text.trim_start_matches('+')));
        };
        match server {
            "s.whatsapp.net" | "c.us" => Self(format!("{}@c.us", without_device(user))),
            "lid" => Self(format!("{}@lid", without_device(user))),
            other => Self(format!("{user}@{other}")),
        }
    }

    /// The whole id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the `@`.
    #[must_use]
    pub fn user(&self) -> &str {
        self.0.split('@').next().unwrap_or_default()
    }

    /// What it names.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self.0.split_once('@') {
            Some((_, "c.us")) => Kind::Phone,
            Some((_, "lid")) => Kind::Lid,
            Some((_, "g.us")) => Kind::Group,
            Some(_) | None => Kind::Other,
        }
    }
}

impl fmt::Display for Jid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Jid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

fn without_device(user: &str) -> &str {
    user.split(':').next().unwrap_or_default()
}
