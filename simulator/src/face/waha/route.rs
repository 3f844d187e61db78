//! Which of WAHA's routes a call means.

use serde_json::Value;

use crate::traffic::call::Request;

/// What a call asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// POST the own presence.
    SetPresence,
    /// GET the presence of all chats.
    AllPresence,
    /// GET the presence of one chat, which subscribes to it.
    ChatPresence,
    /// POST a subscription.
    Subscribe,
    /// POST the beginning of typing.
    StartTyping,
    /// POST its end.
    StopTyping,
    /// GET one session.
    GetSession,
    /// GET all sessions.
    ListSessions,
    /// GET the phone behind a hidden id.
    LidToPhone,
    /// GET the hidden id of a phone.
    PhoneToLid,
    /// GET a sign of life, without a key.
    Ping,
    /// GET the server's health.
    Health,
    /// GET the server's version.
    Version,
}

/// What a scoped key must allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// To look.
    Read,
    /// To do.
    Send,
}

/// A call, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// What it asks for.
    pub action: Action,
    /// The session it is about.
    pub session: Option<String>,
    /// The chat, hidden id or phone it is about, as the client spelled it.
    pub subject: Option<String>,
}

impl Action {
    /// Its name in the log.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SetPresence => "setPresence",
            Self::AllPresence => "allPresence",
            Self::ChatPresence => "chatPresence",
            Self::Subscribe => "subscribe",
            Self::StartTyping => "startTyping",
            Self::StopTyping => "stopTyping",
            Self::GetSession => "getSession",
            Self::ListSessions => "listSessions",
            Self::LidToPhone => "lidToPhone",
            Self::PhoneToLid => "phoneToLid",
            Self::Ping => "ping",
            Self::Health => "health",
            Self::Version => "version",
        }
    }

    /// Whether it subscribes to a chat.
    #[must_use]
    pub const fn subscribes(self) -> bool {
        matches!(self, Self::Subscribe | Self::ChatPresence)
    }

    /// The scope it needs.
    #[must_use]
    pub const fn scope(self) -> Scope {
        match self {
            Self::SetPresence | Self::Subscribe | Self::StartTyping | Self::StopTyping => Scope::Send,
            Self::AllPresence
            | Self::ChatPresence
            | Self::GetSession
            | Self::ListSessions
            | Self::LidToPhone
            | Self::PhoneToLid
            | Self::Ping
            | Self::Health
            | Self::Version => Scope::Read,
        }
    }
}

/// Finds the route of a call. `body` is its parsed body, which names session and chat on two routes.
#[must_use]
pub fn find(request: &Request, body: Option<&Value>) -> Option<Route> {
    let segments = request.segments();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let of_body = |key: &str| body?.get(key)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let (action, session, subject) = match (request.method.as_str(), segments.as_slice()) {
        ("GET", ["ping"]) => (Action::Ping, None, None),
        ("GET", ["health"]) => (Action::Health, None, None),
        ("GET", ["api", "server", "version"] | ["api", "version"]) => (Action::Version, None, None),
        ("GET", ["api", "sessions"]) => (Action::ListSessions, None, None),
        ("GET", ["api", "sessions", session]) => (Action::GetSession, Some(*session), None),
        ("POST", ["api", "startTyping"]) => return Some(typing(Action::StartTyping, of_body)),
        ("POST", ["api", "stopTyping"]) => return Some(typing(Action::StopTyping, of_body)),
        ("POST", ["api", session, "presence"]) => {
            let route =
                Route { action: Action::SetPresence, session: Some((*session).to_owned()), subject: of_body("chatId") };
            return Some(route);
        }
        ("GET", ["api", session, "presence"]) => (Action::AllPresence, Some(*session), None),
        ("GET", ["api", session, "presence", chat]) => (Action::ChatPresence, Some(*session), Some(*chat)),
        ("POST", ["api", session, "presence", chat, "subscribe"]) => (Action::Subscribe, Some(*session), Some(*chat)),
        ("GET", ["api", session, "lids", "pn", phone]) => (Action::PhoneToLid, Some(*session), Some(*phone)),
        ("GET", ["api", session, "lids", lid]) => (Action::LidToPhone, Some(*session), Some(*lid)),
        (_, _) => return None,
    };
    Some(Route { action, session: session.map(str::to_owned), subject: subject.map(str::to_owned) })
}

fn typing(action: Action, of_body: impl Fn(&str) -> Option<String>) -> Route {
    Route { action, session: of_body("session"), subject: of_body("chatId") }
}
