//! Which of `WaAPI`'s calls a call means.

use crate::traffic::call::Request;

/// What a call asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// The presence of one chat, which subscribes to it.
    ChatPresence,
    /// What is known of one chat.
    Snapshot,
    /// To show that we type.
    StartTyping,
    /// To stop that.
    StopTyping,
    /// To be online.
    Available,
    /// To be offline.
    Unavailable,
    /// What we show of ourselves.
    Privacy,
    /// To change that.
    SetPrivacy,
    /// GET the state of the instance.
    Status,
    /// GET who we are.
    Me,
    /// An action that is not simulated.
    Unknown,
}

/// A call, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// What it asks for.
    pub action: Action,
    /// The instance in its path.
    pub instance: String,
    /// What comes after the instance in its path.
    pub tail: String,
}

impl Action {
    /// Its name in the log.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ChatPresence => "chatPresence",
            Self::Snapshot => "snapshot",
            Self::StartTyping => "startTyping",
            Self::StopTyping => "stopTyping",
            Self::Available | Self::Unavailable => "setPresence",
            Self::Privacy => "privacy",
            Self::SetPrivacy => "setPrivacy",
            Self::Status => "getSession",
            Self::Me => "me",
            Self::Unknown => "unknown",
        }
    }

    /// Whether it subscribes to a chat.
    #[must_use]
    pub const fn subscribes(self) -> bool {
        matches!(self, Self::ChatPresence)
    }

    /// Whether its answer is documented in one envelope only.
    #[must_use]
    pub const fn sends(self) -> bool {
        matches!(self, Self::StartTyping | Self::StopTyping | Self::Available | Self::Unavailable)
    }
}

/// Finds the route of a call.
#[must_use]
pub fn find(request: &Request) -> Option<Route> {
    let segments = request.segments();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let ["api", "v1", "instances", instance, tail @ ..] = segments.as_slice() else {
        return None;
    };
    let action = match (request.method.as_str(), tail) {
        ("GET", ["client", "status"]) => Action::Status,
        ("GET", ["client", "me"]) => Action::Me,
        ("POST", ["client", "action", action]) => match *action {
            "get-chat-presence" => Action::ChatPresence,
            "get-chat-presence-snapshot" => Action::Snapshot,
            "send-typing" => Action::StartTyping,
            "send-stop-typing" => Action::StopTyping,
            "send-presence-available" => Action::Available,
            "send-presence-unavailable" => Action::Unavailable,
            "get-privacy-settings" => Action::Privacy,
            "set-privacy-setting" => Action::SetPrivacy,
            _ => Action::Unknown,
        },
        (_, _) => return None,
    };
    Some(Route { action, instance: (*instance).to_owned(), tail: tail.join("/") })
}
