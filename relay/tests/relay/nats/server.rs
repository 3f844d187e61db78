//! A NATS server of a test's own: on loopback, with its files in a folder of its own, ended with the test.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::net::TcpStream;

use crate::stage::PATIENCE;

pub(crate) struct Nats {
    child: Option<Child>,
    port: u16,
    dir: PathBuf,
}

impl Nats {
    /// Starts one that takes anybody in.
    pub(crate) async fn start() -> Self {
        Self::with("").await
    }

    /// The same with more in its configuration.
    pub(crate) async fn with(more: &str) -> Self {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let made = MADE.fetch_add(1, Ordering::Relaxed);
        let dir = std::env::temp_dir().join(format!("wa-presence-nats-{}-{made}", std::process::id()));
        std::fs::create_dir_all(&dir).expect("a directory");
        // Free a moment ago: the same again after a restart.
        let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("bound").port();
        let config = format!(
            "listen: \"127.0.0.1:{port}\"\njetstream {{ store_dir: \"{}\" }}\n{more}\n",
            dir.join("store").display()
        );
        std::fs::write(dir.join("nats.conf"), config).expect("a file");
        let mut nats = Self { child: None, port, dir };
        nats.run().await;
        nats
    }

    pub(crate) fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// The same with a user's name and password, or a token, before the host.
    pub(crate) fn url_as(&self, login: &str) -> String {
        format!("nats://{login}@127.0.0.1:{}", self.port)
    }

    pub(crate) async fn run(&mut self) {
        let config = self.dir.join("nats.conf");
        let named = std::env::var_os("NATS_SERVER");
        let mut command = Command::new(named.unwrap_or_else(|| "nats-server".into()));
        command.arg("--config").arg(config).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn();
        self.child = Some(
            child.expect("`nats-server` is on the path, or named in NATS_SERVER: Debian's package is `nats-server`"),
        );
        let listens = async {
            while TcpStream::connect(("127.0.0.1", self.port)).await.is_err() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(PATIENCE, listens).await.expect("nats-server listens");
    }

    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("it runs");
            child.wait().expect("it ended");
        }
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            // It may have ended by itself.
            let _ = child.kill();
            let _ = child.wait();
        }
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}
