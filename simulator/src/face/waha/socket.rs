//! What a socket may hear: the key, session and events in the query of `/ws`.

use std::collections::BTreeSet;

use crate::face::waha::key::{Access, Keys};
use crate::face::waha::route::Scope;
use crate::traffic::webhook::Parcel;

/// The wishes of an open socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listener {
    /// The only session it hears of.
    pub session: Option<String>,
    events: Option<BTreeSet<String>>,
}

/// Why a socket is closed right after it opened, with code 1008.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// No key, or a wrong one.
    Unauthorized,
    /// The key of another session, or one that may not read.
    Forbidden,
}

impl Rejection {
    /// The reason in the close frame.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Unauthorized => "Unauthorized",
            Self::Forbidden => "Forbidden",
        }
    }
}

impl Listener {
    /// Reads the query. Unknown sessions and events are no error; the socket just stays silent.
    ///
    /// # Errors
    ///
    /// The key opens nothing, or not this session.
    pub fn parse(query: &str, keys: &Keys) -> Result<Self, Rejection> {
        let mut key = None;
        let mut session = None;
        let mut events = BTreeSet::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if name.eq_ignore_ascii_case("x-api-key") {
                key = Some(value.into_owned());
            } else if name == "session" {
                session = Some(value.into_owned());
            } else if name == "events" {
                events.extend(value.split(',').filter(|event| !event.is_empty()).map(str::to_owned));
            }
        }
        let session = session.filter(|session| !session.is_empty() && session != "*");
        let session = match keys.access(key.as_deref()).ok_or(Rejection::Unauthorized)? {
            Access::Admin => session,
            // A scoped key narrows "every session" to its own.
            Access::Scoped(scoped) => Some(session.unwrap_or_else(|| scoped.session.clone())),
        };
        let access = keys.access(key.as_deref()).ok_or(Rejection::Unauthorized)?;
        if !access.allows(session.as_deref(), Scope::Read) {
            return Err(Rejection::Forbidden);
        }
        let everything = events.is_empty() || events.contains("*");
        Ok(Self { session, events: (!everything).then_some(events) })
    }

    /// Whether it hears this event.
    #[must_use]
    pub fn hears(&self, parcel: &Parcel) -> bool {
        let session = self.session.as_ref().is_none_or(|session| *session == parcel.session);
        let event = match (&self.events, &parcel.event) {
            (Some(events), Some(event)) => events.contains(event),
            (None, Some(event)) => !EXCLUDED.contains(&event.as_str()),
            (_, None) => true,
        };
        session && event
    }
}

/// What "every event" leaves out.
const EXCLUDED: [&str; 2] = ["state.change", "engine.event"];
