//! Which of Wawp's documented calls a call means, in either version.

use crate::traffic::call::Request;

/// What a call asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// POST the own presence.
    SetPresence,
    /// GET the presence of one chat, which subscribes to it.
    ChatPresence,
    /// POST a subscription; in version 2 only.
    Subscribe,
    /// POST the beginning of typing.
    StartTyping,
    /// POST its end.
    StopTyping,
    /// GET or POST for what the session is.
    GetSession,
    /// GET or POST the webhooks, for which this plan does not pay.
    Webhooks,
}

/// A call, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// What it asks for.
    pub action: Action,
    /// The chat in its path.
    pub chat: Option<String>,
}

impl Action {
    /// Its name in the log.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SetPresence => "setPresence",
            Self::ChatPresence => "chatPresence",
            Self::Subscribe => "subscribe",
            Self::StartTyping => "startTyping",
            Self::StopTyping => "stopTyping",
            Self::GetSession => "getSession",
            Self::Webhooks => "webhooks",
        }
    }

    /// Whether it subscribes to a chat.
    #[must_use]
    pub const fn subscribes(self) -> bool {
        matches!(self, Self::Subscribe | Self::ChatPresence)
    }
}

/// Finds the route of a call.
#[must_use]
pub fn find(request: &Request) -> Option<Route> {
    let segments = request.segments();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let (second, rest) = match segments.as_slice() {
        ["wp-json", "awp", "v1", rest @ ..] => (false, rest),
        ["v2", rest @ ..] => (true, rest),
        _ => return None,
    };
    let (action, chat) = match (request.method.as_str(), rest, second) {
        ("POST", ["presence"], _) => (Action::SetPresence, None),
        ("GET", ["presence", chat], _) => (Action::ChatPresence, Some(*chat)),
        ("POST", ["presence", chat, "subscribe"], true) => (Action::Subscribe, Some(*chat)),
        ("POST", ["startTyping"], false) | ("POST", ["send", "start-typing"], true) => (Action::StartTyping, None),
        ("POST", ["stopTyping"], false) | ("POST", ["send", "stop-typing"], true) => (Action::StopTyping, None),
        ("GET" | "POST", ["session", "info"], _) => (Action::GetSession, None),
        ("GET" | "POST", ["session", "webhook"], true) => (Action::Webhooks, None),
        (_, _, _) => return None,
    };
    Some(Route { action, chat: chat.map(str::to_owned) })
}
