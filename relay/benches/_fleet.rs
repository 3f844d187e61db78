//! The relays of a measurement: one by itself, or many on a NATS of their own. They end with it.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{CHATS, KEY, SECRET};

/// See the [module documentation](self).
pub(crate) struct Fleet {
    relays: Vec<(Child, String)>,
    nats: Option<Child>,
    dir: PathBuf,
}

impl Drop for Fleet {
    fn drop(&mut self) {
        let relays = self.relays.iter_mut().map(|(child, _)| child);
        for child in relays.chain(&mut self.nats) {
            // It may have ended by itself.
            let _ = child.kill();
            let _ = child.wait();
        }
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}

impl Fleet {
    /// So many relays on a NATS; the embedded form where it is not said how many.
    pub(crate) fn start(base: &str, relays: Option<usize>) -> Self {
        let dir = std::env::temp_dir().join(format!("wa-presence-relay-bench-{}", std::process::id()));
        std::fs::create_dir_all(&dir).expect("a directory");
        let config = format!(
            "listen = \"127.0.0.1:0\"\n[tickets]\nkey_env = \"KEY\"\n[accounts.bench]\ngateway = \"wawp\"\nbase_url = \"{base}\"\n\
             instance_id = \"ABCDEF123456\"\ntoken_env = \"SECRET\"\nwebhook_secret_env = \"SECRET\"\nmax_watched_chats = {CHATS}\n"
        );
        std::fs::write(dir.join("relay.toml"), config).expect("a file");
        let nats = relays.map(|_| nats(&dir));
        let url = nats.as_ref().map(|(_, url)| url.as_str());
        let relays = (0..relays.unwrap_or(1)).map(|_| relay(&dir, url)).collect();
        Self { relays, nats: nats.map(|(child, _)| child), dir }
    }

    /// Where the nth of many goes, and where else if its relay may die.
    pub(crate) fn addresses(&self, nth: u64, may_die: bool) -> Vec<String> {
        let place = usize::try_from(nth).expect("few") % self.relays.len();
        let from_there = self.relays.iter().cycle().skip(place).map(|(_, address)| address.clone());
        from_there.take(if may_die { self.relays.len() } else { 1 }).collect()
    }

    /// Kills the one that drives.
    pub(crate) async fn kill(&mut self) {
        let mut place = 0;
        for (other, (_, address)) in self.relays.iter().enumerate() {
            let answer = reqwest::get(format!("http://{address}/metrics")).await.expect("it answers");
            // What only whoever drives can count.
            if answer.text().await.expect("a body").contains("of=\"budget_limit\"") {
                place = other;
            }
        }
        let child = &mut self.relays[place].0;
        child.kill().expect("it runs");
        child.wait().expect("it ended");
    }

    /// Waits until all relays are ready, and one of them drives.
    pub(crate) async fn until_ready(&self) {
        for (_, address) in &self.relays {
            while !is_ready(address).await {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
    }

    /// The most memory that any relay ever had, where the system tells.
    pub(crate) fn peak_mb(&self) -> u64 {
        self.relays.iter().map(|(child, _)| status_mb(child, "VmHWM:")).max().unwrap_or_default()
    }

    /// What each has.
    pub(crate) fn memory_mb(&self) -> String {
        let each: Vec<_> = self.relays.iter().map(|(child, _)| status_mb(child, "VmRSS:").to_string()).collect();
        each.join(" + ")
    }

    /// What NATS has.
    pub(crate) fn nats_mb(&self) -> Option<u64> {
        self.nats.as_ref().map(|child| status_mb(child, "VmRSS:"))
    }
}

async fn is_ready(address: &str) -> bool {
    let Ok(mut socket) = TcpStream::connect(address).await else { return false };
    let request = format!("GET /readyz HTTP/1.1\r\nhost: {address}\r\n\r\n");
    let mut answer = [0; 12];
    let asked = socket.write_all(request.as_bytes()).await.is_ok();
    asked && socket.read_exact(&mut answer).await.is_ok() && answer.ends_with(b"200")
}

fn nats(dir: &Path) -> (Child, String) {
    // Free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("bound").port();
    let named = std::env::var_os("NATS_SERVER");
    let mut command = Command::new(named.unwrap_or_else(|| "nats-server".into()));
    command
        .args(["--addr", "127.0.0.1", "--port", &port.to_string(), "--jetstream", "--store_dir"])
        .arg(dir.join("nats"));
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let child =
        child.expect("`nats-server` is on the path, or named in NATS_SERVER: Debian's package is `nats-server`");
    (child, format!("nats://127.0.0.1:{port}"))
}

fn relay(dir: &Path, nats: Option<&str>) -> (Child, String) {
    // Built beside this, one folder up.
    let here = std::env::current_exe().expect("a program has a place");
    let folder = here.parent().and_then(Path::parent).expect("a folder");
    let mut command = Command::new(folder.join("wa-presence-relay"));
    command.arg("--config").arg(dir.join("relay.toml")).args(["--log", "error"]).env("KEY", KEY).env("SECRET", SECRET);
    if let Some(nats) = nats {
        command.args(["--nats", nats]);
    }
    let mut child = command.stdout(Stdio::piped()).spawn().expect("the relay starts");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("a line");
    let said: serde_json::Value = serde_json::from_str(&line).expect("JSON");
    let address = said["url"].as_str().expect("an address").trim_start_matches("http://").to_owned();
    (child, address)
}

fn status_mb(child: &Child, what: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(what));
    let kb: Option<u64> = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    kb.unwrap_or_default() / 1_024
}
