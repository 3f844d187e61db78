//! The processes a command starts, none of which outlives it.
//!
//! Every child leads a process group of its own, so that what it starts in turn (a driver its browser) is reached as well. A
//! group is ended when its [`Group`] is dropped. When the command itself dies first (ctrl-c, a kill, a lost terminal), nothing
//! is dropped: for that case a warden process holds the list of groups, and ends them as soon as its pipe to us closes.

use std::{
    collections::BTreeSet,
    io::{BufRead, Write},
    os::unix::process::CommandExt,
    process::{Child, ChildStdin, Command, ExitStatus, Stdio},
    sync::{Mutex, OnceLock, PoisonError, mpsc},
    thread,
    time::Duration,
};

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

use crate::{demo::KEY, tree};

/// The hidden command that runs [`warden`].
pub(crate) const WARDEN: &str = "warden";
/// What a group may take to end in its own way (Chromium removes its profile) before it is killed.
const GRACE: Duration = Duration::from_secs(2);

/// A running child and everything it starts.
pub(crate) struct Group {
    child: Child,
    pid: Pid,
    exited: mpsc::Receiver<()>,
    reaped: Option<ExitStatus>,
}

impl Group {
    /// Starts the command as the leader of a new group. The gateway key of `demo --waha` is never handed on.
    pub(crate) fn spawn(command: &mut Command) -> Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        let child =
            command.process_group(0).env_remove(KEY).spawn().with_context(|| format!("{name} could not be started"))?;
        let pid = Pid::from_child(&child);
        tell_warden('+', pid);
        let (tell, exited) = mpsc::channel();
        thread::spawn(move || {
            // Not reaped here: until `Group` reaps it, the number belongs to nobody else and the group can be signalled.
            let _ = waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT);
            let _ = tell.send(());
        });
        Ok(Self { child, pid, exited, reaped: None })
    }

    /// The child itself, for its pipes.
    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Waits at most this long; `None` means that it still runs.
    pub(crate) fn wait(&mut self, limit: Duration) -> Result<Option<ExitStatus>> {
        if self.reaped.is_none() && self.exited.recv_timeout(limit) != Err(mpsc::RecvTimeoutError::Timeout) {
            self.reap()?;
        }
        Ok(self.reaped)
    }

    /// Ends what the leader left behind, then takes its status.
    fn reap(&mut self) -> Result<()> {
        let _ = kill_process_group(self.pid, Signal::KILL);
        self.reaped = Some(self.child.wait().context("a child could not be waited for")?);
        tell_warden('-', self.pid);
        Ok(())
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if self.reaped.is_some() {
            return;
        }
        let _ = kill_process_group(self.pid, Signal::TERM);
        let _ = self.exited.recv_timeout(GRACE);
        let _ = self.reap();
    }
}

/// The pipe to the warden, which is started with the first child.
fn tell_warden(sign: char, pid: Pid) {
    static PIPE: OnceLock<Option<Mutex<ChildStdin>>> = OnceLock::new();
    let pipe = PIPE.get_or_init(|| {
        // The unit tests run in a binary that has no such command.
        if cfg!(test) {
            return None;
        }
        let started = Command::new(tree::program().ok()?)
            .arg(WARDEN)
            .process_group(0)
            .env_remove(KEY)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        started.ok()?.stdin.take().map(Mutex::new)
    });
    if let Some(pipe) = pipe {
        let mut pipe = pipe.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = writeln!(pipe, "{sign}{}", pid.as_raw_nonzero());
    }
}

/// Reads the list of groups from stdin; at its end, ends those that are left.
pub(crate) fn warden() -> Result<()> {
    let mut groups = BTreeSet::new();
    for line in std::io::stdin().lock().lines() {
        note(&mut groups, &line?);
    }
    for signal in [Signal::TERM, Signal::KILL] {
        groups.retain(|&group| {
            let Some(pid) = Pid::from_raw(group) else { return false };
            kill_process_group(pid, signal).is_ok()
        });
        if groups.is_empty() {
            break;
        }
        thread::sleep(GRACE);
    }
    Ok(())
}

fn note(groups: &mut BTreeSet<i32>, line: &str) {
    if let Some(started) = line.strip_prefix('+') {
        groups.extend(started.parse::<i32>());
    } else if let Some(Ok(ended)) = line.strip_prefix('-').map(str::parse::<i32>) {
        groups.remove(&ended);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_warden_keeps_only_the_groups_that_were_not_ended() {
        let mut groups = BTreeSet::new();
        for line in ["+41", "+42", "-41", "nonsense", "+x", ""] {
            note(&mut groups, line);
        }
        assert_eq!(groups, BTreeSet::from([42]));
    }

    #[test]
    fn a_group_ends_with_its_handle_and_takes_its_own_children_along() {
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 600 & echo $!; wait"]).stdout(Stdio::piped());
        let mut group = Group::spawn(&mut command).expect("sh starts");
        let mut line = String::new();
        let stdout = group.child().stdout.take().expect("stdout is piped");
        let mut stdout = std::io::BufReader::new(stdout);
        stdout.read_line(&mut line).expect("sh prints the number of its child");
        drop(group);
        // The pipe is closed once the last process that held it is gone.
        line.clear();
        assert_eq!(stdout.read_line(&mut line).expect("the pipe closes"), 0);
    }
}
