//! The gateways, and all that the suite knows of what sets them apart.

/// A gateway that a page may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Vendor {
    Waha,
    WawpV1,
    WawpV2,
    Waapi,
}

pub(crate) const ALL: [Vendor; 4] = [Vendor::Waha, Vendor::WawpV1, Vendor::WawpV2, Vendor::Waapi];

impl Vendor {
    /// `gateway.kind`, and the simulator's word for whose bodies are posted.
    pub(crate) const fn kind(self) -> &'static str {
        match self {
            Self::Waha => "waha",
            Self::WawpV1 | Self::WawpV2 => "wawp",
            Self::Waapi => "waapi",
        }
    }

    /// Where it is on the simulator, and which of its versions.
    pub(crate) const fn place(self) -> (&'static str, &'static str) {
        match self {
            Self::Waha => ("", ""),
            Self::WawpV1 => ("/wp-json/awp/v1", "version: 'v1',"),
            Self::WawpV2 => ("/v2", "version: 'v2',"),
            Self::Waapi => ("/api/v1", ""),
        }
    }

    /// An instance that nobody has, and how that is said. Wawp does not tell it from one that is not ready.
    pub(crate) const fn nobody(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Waha => ("nobody", "not-found", "does not exist"),
            Self::WawpV1 | Self::WawpV2 => ("nobody", "not-ready", "Session not found or not connected."),
            Self::Waapi => ("4", "not-found", "No query results for model [App\\Models\\Instance] 4"),
        }
    }

    /// How it refuses a wrong credential, one subscription too many, and whatever it cannot do without its phone.
    pub(crate) const fn words(self) -> Words {
        match self {
            Self::Waha => Words {
                unauthorized: "Unauthorized",
                rate_limited: "Too Many Requests",
                not_ready: "Session status is not as expected",
            },
            Self::WawpV1 | Self::WawpV2 => Words {
                unauthorized: "Invalid access token",
                rate_limited: "Too Many Requests",
                not_ready: "Session not found or not connected.",
            },
            Self::Waapi => Words {
                unauthorized: "Unauthenticated.",
                rate_limited: "Too Many Attempts.",
                not_ready: "instance not ready",
            },
        }
    }

    /// A refusal of a single chat, in the gateway's own shape around these words: its status and body.
    pub(crate) fn refusal(self, words: &str) -> (u16, String) {
        match self {
            Self::Waha => (400, format!(r#"{{"detail":"{words}"}}"#)),
            Self::WawpV1 | Self::WawpV2 => {
                (400, format!(r#"{{"code":"rest_invalid_param","message":"{words}","data":{{"status":400}}}}"#))
            }
            Self::Waapi => (422, format!(r#"{{"message":"{words}","errors":{{"chatId":["{words}"]}}}}"#)),
        }
    }

    /// The call that subscribes: part of its path, and the simulator's word for it.
    pub(crate) const fn subscribes_by(self) -> (&'static str, &'static str) {
        match self {
            Self::Waha | Self::WawpV2 => ("/subscribe", "subscribe"),
            Self::WawpV1 => ("GET /wp-json/awp/v1/presence/", "chatPresence"),
            Self::Waapi => ("/get-chat-presence", "chatPresence"),
        }
    }

    /// The call that reads a chat and is asked most: at WaAPI the one that does not subscribe.
    pub(crate) const fn reads_by(self) -> &'static str {
        match self {
            Self::Waha | Self::WawpV1 | Self::WawpV2 => "get",
            Self::Waapi => "snapshot",
        }
    }

    /// Whether it says of somebody that they hide; elsewhere they are silent.
    pub(crate) const fn tells_hidden(self) -> bool {
        matches!(self, Self::Waapi)
    }

    /// The calls it has not, by the names in tests/hosted/calls.rs.
    pub(crate) const fn lacks(self) -> &'static [&'static str] {
        match self {
            Self::Waha => &["snapshot"],
            Self::WawpV1 | Self::WawpV2 => &["snapshot", "getAll", "lookUp"],
            Self::Waapi => &["getAll", "recording", "lookUp"],
        }
    }
}

/// A gateway's own sentences, which errors must keep.
pub(crate) struct Words {
    pub(crate) unauthorized: &'static str,
    pub(crate) rate_limited: &'static str,
    pub(crate) not_ready: &'static str,
}
