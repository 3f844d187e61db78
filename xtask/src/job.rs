//! One external command, run with one line of report: what it does, how it goes while it takes long, how long it took.
//!
//! Its output is kept and shown only when it fails: a reader of a green run sees one line per step.

use std::{
    collections::VecDeque,
    ffi::OsStr,
    io::{BufRead, BufReader, PipeReader, Write},
    process::{Command, ExitStatus, Stdio},
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use crate::{children::Group, tree};

/// How often a step that is still running says so.
const SIGN_OF_LIFE: Duration = Duration::from_secs(15);
/// Above any honest step on a slow machine; a hung browser must not hang the caller for ever.
const LIMIT: Duration = Duration::from_secs(60 * 60);
/// How often the wait looks up from the output: an orphan can hold the pipe open after the child is gone.
const GLANCE: Duration = Duration::from_millis(250);
/// Lines of output kept for a failure. A fuzzer prints for minutes.
const KEPT_LINES: usize = 4000;

/// A command to run from the repository's root, with the words that describe it.
pub(crate) struct Job {
    what: String,
    command: Command,
    limit: Duration,
    note: fn(&str) -> Option<String>,
}

impl Job {
    /// `what` completes "I am …": "compiling the SDK".
    pub(crate) fn new(what: impl Into<String>, program: impl AsRef<OsStr>) -> Self {
        let mut command = Command::new(program);
        command.current_dir(tree::root());
        Self { what: what.into(), command, limit: LIMIT, note: |_| None }
    }

    /// A cargo command.
    pub(crate) fn cargo<S: AsRef<OsStr>>(what: impl Into<String>, args: impl IntoIterator<Item = S>) -> Self {
        Self::new(what, "cargo").args(args)
    }

    pub(crate) fn args<S: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.command.args(args);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn envs<K: AsRef<OsStr>, V: AsRef<OsStr>>(mut self, all: impl IntoIterator<Item = (K, V)>) -> Self {
        self.command.envs(all);
        self
    }

    /// Keeps variables of ours from it.
    pub(crate) fn without(mut self, names: &[&str]) -> Self {
        for name in names {
            self.command.env_remove(name);
        }
        self
    }

    /// Ends the command after this time and calls it a failure.
    pub(crate) fn within(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Something worth adding to the line of a success, read from the output.
    pub(crate) fn noting(mut self, note: fn(&str) -> Option<String>) -> Self {
        self.note = note;
        self
    }

    /// Runs it; the answer is what it printed.
    pub(crate) fn run(mut self) -> Result<String> {
        let started = Instant::now();
        eprint!("{} … ", self.what);
        let _ = std::io::stderr().flush();
        let outcome = self.watch(started);
        match outcome {
            Ok((output, Some(status))) if status.success() => {
                let note = (self.note)(&output).map(|note| format!("{note}, ")).unwrap_or_default();
                eprintln!("{note}{}", spelled(started.elapsed()));
                Ok(output)
            }
            Ok((output, status)) => {
                eprintln!("failed after {}", spelled(started.elapsed()));
                eprintln!("$ {}\n{}", self.line(), output.trim_end());
                match status {
                    Some(status) => bail!("{} failed ({status})", self.what),
                    None => bail!("{} took longer than {}", self.what, spelled(self.limit)),
                }
            }
            Err(error) => {
                eprintln!("failed");
                Err(error.context(format!("{} failed", self.what)))
            }
        }
    }

    /// Runs it in the foreground with the user's terminal: it may ask for a password, and its output is the result.
    pub(crate) fn show(mut self) -> Result<()> {
        eprintln!("{}: {}", self.what, self.line());
        let status = self.command.status().with_context(|| format!("{} failed", self.what))?;
        if !status.success() {
            bail!("{} failed ({status})", self.what);
        }
        Ok(())
    }

    /// Starts it and follows its output; no status means that the limit passed.
    fn watch(&mut self, started: Instant) -> Result<(String, Option<ExitStatus>)> {
        let (reader, writer) = std::io::pipe().context("no pipe")?;
        self.command.stdin(Stdio::null()).stdout(writer.try_clone().context("no pipe")?).stderr(writer);
        let mut group = Group::spawn(&mut self.command)?;
        // The command holds our ends of the pipe; without them it closes with the child.
        self.command.stdout(Stdio::null()).stderr(Stdio::null());
        let lines = lines_of(reader);
        let mut kept = Kept::default();
        let mut said = SIGN_OF_LIFE;
        while started.elapsed() < self.limit {
            match lines.recv_timeout(GLANCE) {
                Ok(line) => kept.push(line),
                Err(RecvTimeoutError::Timeout) if group.wait(Duration::ZERO)?.is_none() => {}
                Err(_) => break,
            }
            if started.elapsed() >= said {
                eprint!("\n  {}: {} ", spelled(said), kept.last());
                let _ = std::io::stderr().flush();
                said += SIGN_OF_LIFE;
            }
        }
        let status = group.wait(self.limit.saturating_sub(started.elapsed()))?;
        kept.extend(lines.try_iter());
        Ok((kept.text(), status))
    }

    /// The command as one would type it.
    fn line(&self) -> String {
        let words = std::iter::once(self.command.get_program()).chain(self.command.get_args());
        words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
    }
}

/// The lines of a pipe, read beside the wait.
fn lines_of(reader: PipeReader) -> mpsc::Receiver<String> {
    let (send, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(reader).split(b'\n') {
            let Ok(line) = line else { break };
            if send.send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                break;
            }
        }
    });
    lines
}

/// The last lines of an output.
#[derive(Default)]
struct Kept(VecDeque<String>);

impl Kept {
    fn push(&mut self, line: String) {
        if self.0.len() == KEPT_LINES {
            self.0.pop_front();
        }
        self.0.push_back(line);
    }

    fn extend(&mut self, lines: impl Iterator<Item = String>) {
        lines.for_each(|line| self.push(line));
    }

    /// What it said last, short enough for one line of a terminal.
    fn last(&self) -> String {
        let line = self.0.iter().rev().map(|line| line.trim()).find(|line| !line.is_empty());
        line.unwrap_or("nothing said yet").chars().take(100).collect()
    }

    fn text(self) -> String {
        self.0.into_iter().collect::<Vec<_>>().join("\n")
    }
}

/// A duration for people: "0.4 s", "12.3 s", "2 min 05 s".
pub(crate) fn spelled(duration: Duration) -> String {
    let seconds = duration.as_secs();
    if seconds < 60 {
        return format!("{:.1} s", duration.as_secs_f64());
    }
    format!("{} min {:02} s", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str) -> Job {
        Job::new("testing", "sh").args(["-c", script])
    }

    #[test]
    fn the_answer_holds_both_streams_in_order() {
        let output = sh("echo one; echo two >&2; echo three").run().expect("sh succeeds");
        assert_eq!(output, "one\ntwo\nthree");
    }

    #[test]
    fn a_failing_command_is_one_sentence() {
        let error = sh("echo why; exit 3").run().expect_err("exit 3 is a failure");
        assert_eq!(error.to_string(), "testing failed (exit status: 3)");
    }

    #[test]
    fn a_command_that_hangs_is_ended_at_its_limit() {
        let error = sh("sleep 600").within(Duration::from_millis(300)).run().expect_err("the limit is a failure");
        assert_eq!(error.to_string(), "testing took longer than 0.3 s");
    }

    #[test]
    fn an_orphan_that_holds_the_output_does_not_hold_the_step() {
        assert_eq!(sh("sleep 600 & echo done").run().expect("sh succeeds"), "done");
    }

    #[test]
    fn long_output_keeps_its_end() {
        let output = sh("seq 1 5000").run().expect("seq succeeds");
        assert!(output.starts_with("1001\n") && output.ends_with("\n5000"));
    }

    #[test]
    fn durations_are_spelled_for_people() {
        assert_eq!(spelled(Duration::from_millis(350)), "0.3 s");
        assert_eq!(spelled(Duration::from_secs(125)), "2 min 05 s");
    }
}
