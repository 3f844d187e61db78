//! WAHA, the WhatsApp HTTP API, version 2026.2.1: its routes, its envelopes, and its engines with their flaws.

pub mod body;
pub mod envelope;
pub mod errors;
pub mod key;
pub mod message;
pub mod perform;
pub mod presence;
pub mod route;
pub mod session;
pub mod socket;

use serde::Serialize;

/// The version this face answers as.
pub const VERSION: &str = "2026.2.1";

/// The library with which WAHA reaches WhatsApp; each has its own habits on the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Engine {
    /// Baileys.
    #[default]
    Noweb,
    /// whatsmeow.
    Gows,
    /// whatsapp-web.js in a browser.
    Webjs {
        /// `config.webjs.tagsEventsOn`, without which it tells nothing of presence by itself.
        tags_events_on: bool,
    },
    /// `WPPConnect` in a browser.
    Wpp,
}

impl Engine {
    /// Its name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Noweb => "NOWEB",
            Self::Gows => "GOWS",
            Self::Webjs { .. } => "WEBJS",
            Self::Wpp => "WPP",
        }
    }

    /// Reads a name, in any case. `tags_events_on` is a setting of WEBJS and means nothing to the others.
    #[must_use]
    pub fn parse(name: &str, tags_events_on: bool) -> Option<Self> {
        [Self::Noweb, Self::Gows, Self::Webjs { tags_events_on }, Self::Wpp]
            .into_iter()
            .find(|engine| engine.name().eq_ignore_ascii_case(name))
    }
}

/// The `environment` of envelopes, which is also the answer of `/api/server/version`.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Environment {
    version: &'static str,
    engine: &'static str,
    tier: &'static str,
    browser: Option<&'static str>,
    platform: &'static str,
    worker: Worker,
}

#[derive(Clone, Copy, Debug, Serialize)]
struct Worker {
    id: Option<&'static str>,
}

impl Environment {
    /// The environment of a server that runs this engine.
    #[must_use]
    pub const fn of(engine: Engine) -> Self {
        Self {
            version: VERSION,
            engine: engine.name(),
            tier: "CORE",
            browser: None,
            platform: "linux/x64",
            worker: Worker { id: None },
        }
    }
}
