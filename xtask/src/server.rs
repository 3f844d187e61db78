//! A server of ours as a running process: it introduces itself by one line of JSON, and ends with its handle.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader},
    process::{ChildStdout, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use anyhow::{Context, Result, anyhow};
use serde_json::Value;

use crate::{children::Group, tree};

/// They only bind a socket.
const START_LIMIT: Duration = Duration::from_secs(20);

/// Ends with this handle.
pub(crate) struct Server {
    /// The line it printed first.
    pub(crate) line: Value,
    _group: Group,
}

impl Server {
    /// Starts it. `what` completes "… did not start"; what it says on standard error goes to `log`, in our own folder.
    pub(crate) fn start(what: &str, command: &mut Command, log: &str) -> Result<Self> {
        let log = tree::scratch()?.join(log);
        let file = File::create(&log).with_context(|| format!("{} cannot be written", log.display()))?;
        command.current_dir(tree::root()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(file);
        let mut group = Group::spawn(command)?;
        let stdout = group.child().stdout.take().expect("stdout is piped");
        let line = first_line(stdout).recv_timeout(START_LIMIT).map_err(|_| {
            let said = fs::read_to_string(&log).unwrap_or_default();
            anyhow!("{what} did not start: {}", said.trim())
        })?;
        let line =
            serde_json::from_str(&line).with_context(|| format!("{what} introduced itself unclearly: {line}"))?;
        Ok(Self { line, _group: group })
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

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str) -> Result<Server> {
        Server::start("the shell", Command::new("sh").args(["-c", script]), "server-test.log")
    }

    #[test]
    fn its_first_line_is_its_introduction_and_why_it_has_none_is_told() {
        let server = sh("echo '{\"url\":\"here\"}'; echo more; sleep 600").expect("it starts");
        assert_eq!(server.line["url"], "here");
        drop(server);
        let why = sh("echo no such thing >&2; exit 3").err().expect("it does not start").to_string();
        assert_eq!(why, "the shell did not start: no such thing");
        assert!(sh("echo hello").is_err(), "what is no JSON is no introduction");
    }
}
