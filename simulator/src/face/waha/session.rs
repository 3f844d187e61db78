//! What WAHA says of a session itself.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::face::session::Session;
use crate::face::waha::Engine;
use crate::face::waha::envelope::Me;
use crate::world::account::Connection;

/// `GET /api/sessions/{session}`
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionBody {
    name: String,
    status: &'static str,
    config: Config,
    me: Option<Me>,
    presence: Option<&'static str>,
    timestamps: Timestamps,
    engine: EngineBody,
}

#[derive(Debug, Serialize)]
struct Config {
    metadata: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    webjs: Option<WebjsConfig>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct WebjsConfig {
    tags_events_on: bool,
}

#[derive(Debug, Serialize)]
struct Timestamps {
    activity: Option<u64>,
}

#[derive(Debug, Serialize)]
struct EngineBody {
    engine: &'static str,
}

impl Session {
    /// Its status on the wire.
    #[must_use]
    pub const fn status(&self) -> &'static str {
        status_word(self.account.connection())
    }

    /// The description of the session.
    #[must_use]
    pub fn describe(&self) -> SessionBody {
        let epoch = self.account.world.epoch();
        let webjs = match self.engine {
            Engine::Webjs { tags_events_on } => Some(WebjsConfig { tags_events_on }),
            Engine::Noweb | Engine::Gows | Engine::Wpp => None,
        };
        SessionBody {
            name: self.name.clone(),
            status: self.status(),
            config: Config { metadata: self.metadata.clone(), webjs },
            me: self.me().cloned(),
            presence: self.account.online().map(|online| if online { "online" } else { "offline" }),
            timestamps: Timestamps { activity: self.account.acted_at().map(|at| epoch.wall(at).as_ms()) },
            engine: EngineBody { engine: self.engine.name() },
        }
    }
}

/// The wire's word for the state of a connection.
#[must_use]
pub const fn status_word(connection: Connection) -> &'static str {
    match connection {
        Connection::Stopped => "STOPPED",
        Connection::Starting => "STARTING",
        Connection::Scanning => "SCAN_QR_CODE",
        Connection::Working => "WORKING",
        Connection::Failed => "FAILED",
    }
}
