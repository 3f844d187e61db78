//! The relay's process: started with a configuration of its own, its log kept, ended with the test.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::stage::{PATIENCE, TICKET_KEY};

pub(crate) struct Relay {
    child: Child,
    pub(crate) url: String,
    pub(crate) log: Arc<Mutex<String>>,
    dir: PathBuf,
    secrets: Vec<(String, String)>,
}

impl Relay {
    /// Starts a relay. Each secret is a variable and its value.
    pub(crate) fn start(config: &str, secrets: &[(&str, &str)]) -> Self {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let made = MADE.fetch_add(1, Ordering::Relaxed);
        let dir = std::env::temp_dir().join(format!("wa-presence-relay-{}-{made}", std::process::id()));
        std::fs::create_dir_all(&dir).expect("a directory");
        std::fs::write(dir.join("relay.toml"), config).expect("a file");
        let secrets: Vec<_> = secrets.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let log = Arc::new(Mutex::new(String::new()));
        let (child, url) = run(&dir, &secrets, "127.0.0.1:0", &log);
        Self { child, url, log, dir, secrets }
    }

    /// Kills it in mid-flow, and starts it again at the same address.
    pub(crate) fn restart(&mut self) {
        self.kill();
        let address = self.url.trim_start_matches("http://").to_owned();
        (self.child, self.url) = run(&self.dir, &self.secrets, &address, &self.log);
    }

    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ended");
    }

    /// Asks it to end, as an init system does, and waits until it has; its exit code.
    pub(crate) async fn terminate(&mut self) -> Option<i32> {
        self.signal("-TERM");
        let ended = async {
            loop {
                if let Some(status) = self.child.try_wait().expect("a child of ours") {
                    return status.code();
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(PATIENCE, ended).await.expect("it ends")
    }

    /// Has it stand still, with `-STOP`, or go on, with `-CONT`.
    pub(crate) fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().expect("kill").success());
    }

    pub(crate) fn logged(&self) -> String {
        self.log.lock().expect("no reader panicked").clone()
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}

fn run(dir: &Path, secrets: &[(String, String)], listen: &str, log: &Arc<Mutex<String>>) -> (Child, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wa-presence-relay"));
    command.arg("--config").arg(dir.join("relay.toml")).args(["--log", "debug"]);
    command.env("WA_PRESENCE_RELAY_LISTEN", listen).env("TICKET_KEY", TICKET_KEY);
    for (name, value) in secrets {
        command.env(name, value);
    }
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the relay starts");
    let (mut errors, log) = (child.stderr.take().expect("piped"), Arc::clone(log));
    std::thread::spawn(move || {
        let mut buffer = [0; 4_096];
        while let Ok(count @ 1..) = errors.read(&mut buffer) {
            log.lock().expect("no reader panicked").push_str(&String::from_utf8_lossy(&buffer[..count]));
        }
    });
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("it says where it is");
    let said: serde_json::Value = serde_json::from_str(&line).expect("a line of JSON");
    (child, said["url"].as_str().expect("an address").to_owned())
}
