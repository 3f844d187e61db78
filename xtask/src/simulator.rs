//! The simulated gateway as a running process.

use std::{
    io::{Read, Write},
    net::TcpStream,
    process::Command,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::Value;

use crate::{job::Job, server::Server, tree};

const PACKAGE: &str = "wa-presence-simulator";
/// It answers at once.
const CONTROL_LIMIT: Duration = Duration::from_secs(10);

/// The line it prints first.
#[derive(Deserialize, Clone)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Card {
    pub(crate) url: String,
    pub(crate) api_key: String,
    pub(crate) scoped_key: String,
    pub(crate) session: String,
    pub(crate) wawp: WawpCard,
    pub(crate) waapi: WaapiCard,
}

/// How its people are reached by way of Wawp.
#[derive(Deserialize, Clone)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WawpCard {
    pub(crate) instance_id: String,
    pub(crate) access_token: String,
}

/// How they are by way of WaAPI.
#[derive(Deserialize, Clone)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WaapiCard {
    pub(crate) instance_id: u64,
    pub(crate) token: String,
}

impl Card {
    /// Where it tells the names of its people.
    pub(crate) fn people_url(&self) -> String {
        format!("{}/_control/people?session={}", self.url, self.session)
    }
}

/// Ends with this handle.
pub(crate) struct Simulator {
    pub(crate) card: Card,
    server: Server,
}

impl Simulator {
    /// Compiles it where needed. Apart from [`Self::start`], so that the compiler's minutes are a step of their own.
    pub(crate) fn build() -> Result<()> {
        Job::cargo("compiling the simulated gateway", ["build", "--package", PACKAGE]).run()?;
        Ok(())
    }

    /// Starts it with the people of the demo, on a free port of loopback.
    pub(crate) fn start() -> Result<Self> {
        Self::start_with(&[])
    }

    /// Starts it with flags of its own.
    pub(crate) fn start_with(flags: &[String]) -> Result<Self> {
        let mut command = Command::new(tree::target()?.join("debug").join(PACKAGE));
        let server = Server::start("the simulated gateway", command.args(flags), "simulator.log")?;
        let unclear = || format!("the simulated gateway introduced itself unclearly: {}", server.line);
        let card = Card::deserialize(&server.line).with_context(unclear)?;
        Ok(Self { card, server })
    }

    /// The line it printed, for those who know more of it than we do.
    pub(crate) const fn line(&self) -> &Value {
        &self.server.line
    }

    /// One call of its control surface, about its session.
    pub(crate) fn control(&self, verb: &str, body: &Value) -> Result<()> {
        self.ask("POST", verb, &body.to_string()).map(drop)
    }

    /// The same with its answer.
    pub(crate) fn ask(&self, method: &str, verb: &str, body: &str) -> Result<Value> {
        let host = self.card.url.trim_start_matches("http://");
        let mut stream = TcpStream::connect(host).context("the simulated gateway is gone")?;
        stream.set_read_timeout(Some(CONTROL_LIMIT))?;
        write!(
            stream,
            "{method} /_control/sessions/{}/{verb} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
            self.card.session,
            body.len()
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        if !answer.starts_with("HTTP/1.1 200 ") {
            bail!("the simulated gateway refused {verb}: {}", answer.lines().last().unwrap_or_default());
        }
        let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        serde_json::from_str(body).with_context(|| format!("the simulated gateway answered {verb} unclearly"))
    }

    /// What the tests are told of it.
    pub(crate) fn environment(&self) -> [(&'static str, &str); 4] {
        [
            ("SIMULATOR_URL", &self.card.url),
            ("SIMULATOR_API_KEY", &self.card.api_key),
            ("SIMULATOR_SCOPED_KEY", &self.card.scoped_key),
            ("SIMULATOR_SESSION", &self.card.session),
        ]
    }
}
