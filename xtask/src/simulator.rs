//! The simulated gateway as a running process.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{ChildStdout, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use anyhow::{Context, Result, anyhow, bail};
use serde::Deserialize;
use serde_json::Value;

use crate::{children::Group, job::Job, tree};

const PACKAGE: &str = "wa-presence-simulator";
/// It only binds a socket.
const START_LIMIT: Duration = Duration::from_secs(20);
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
    /// The line as printed, for those who know more of it than we do.
    pub(crate) line: Value,
    _group: Group,
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
        let log = tree::scratch()?.join("simulator.log");
        let file = File::create(&log).with_context(|| format!("{} cannot be written", log.display()))?;
        let mut command = Command::new(tree::target()?.join("debug").join(PACKAGE));
        command.args(flags).current_dir(tree::root()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(file);
        let mut group = Group::spawn(&mut command)?;
        let stdout = group.child().stdout.take().expect("stdout is piped");
        let line = first_line(stdout).recv_timeout(START_LIMIT).map_err(|_| {
            let said = fs::read_to_string(&log).unwrap_or_default();
            anyhow!("the simulated gateway did not start: {}", said.trim())
        })?;
        let unclear = || format!("the simulated gateway introduced itself unclearly: {line}");
        let line: Value = serde_json::from_str(&line).with_context(unclear)?;
        let card = Card::deserialize(&line).with_context(unclear)?;
        Ok(Self { card, line, _group: group })
    }

    /// One call of its control surface, about its session.
    pub(crate) fn control(&self, verb: &str, body: &Value) -> Result<()> {
        let host = self.card.url.trim_start_matches("http://");
        let mut stream = TcpStream::connect(host).context("the simulated gateway is gone")?;
        stream.set_read_timeout(Some(CONTROL_LIMIT))?;
        let body = body.to_string();
        write!(
            stream,
            "POST /_control/sessions/{}/{verb} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
            self.card.session,
            body.len()
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        if !answer.starts_with("HTTP/1.1 200 ") {
            bail!("the simulated gateway refused {verb}: {}", answer.lines().last().unwrap_or_default());
        }
        Ok(())
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

/// The first line of its output. The rest is read and dropped, so that it never blocks on a full pipe.
fn first_line(stdout: ChildStdout) -> mpsc::Receiver<String> {
    let (send, line) = mpsc::channel();
    thread::spawn(move || {
        let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
        if let Some(first) = lines.next() {
            let _ = send.send(first);
        }
        drop(send);
        lines.for_each(drop);
    });
    line
}
