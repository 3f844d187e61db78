//! The service: listens, serves, and ends in order.

mod patience;

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use crate::account::Shared;
use crate::clock::Clock;
use crate::config::{Account, Config};
use crate::metrics::Metrics;
use crate::nats::{Budget, Nats};
use crate::upstream::Client;
use crate::web::{self, Desk};
use patience::Patient;

/// How long the head of a request may take to arrive, and a connection may idle before one.
const HEAD_MS: u64 = 30_000;
/// How long a reader may take nothing of what is written to it, in ms.
const READER_MS: u64 = 20_000;
/// Largest head of a request, in bytes: a ticket that names some hundred chats.
const HEAD_BYTES: usize = 64 << 10;

/// A relay that listens.
#[derive(Debug)]
pub struct Relay {
    listener: TcpListener,
    desk: Arc<Desk>,
    router: Router,
}

impl Relay {
    /// Starts the accounts and takes the port.
    ///
    /// # Errors
    /// Why it cannot.
    pub async fn bind(config: Config) -> Result<Self, String> {
        let listener = TcpListener::bind(config.listen).await;
        let listener = listener.map_err(|why| format!("listen: {}", why.kind()))?;
        if let Some(dir) = &config.state_dir {
            std::fs::create_dir_all(dir).map_err(|why| format!("state_dir: it cannot be made: {}", why.kind()))?;
        }
        let shared = Shared {
            clock: Clock::new(),
            limits: Arc::new(config.limits.clone()),
            metrics: Metrics::new().map_err(|why| why.to_string())?,
            client: Client::new()?,
            state_dir: config.state_dir.clone(),
            nats: nats(&config)?,
        };
        let desk = Arc::new(Desk::open(config, shared)?);
        let router = web::router(Arc::clone(&desk));
        Ok(Self { listener, desk, router })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// The listener broke.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until `stop` is done; then ends feeds, lets requests finish, and says the accounts' last words.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let limits = Arc::clone(&self.desk.shared.limits);
        let places = Arc::new(Semaphore::new(limits.connections));
        let mut connections = JoinSet::new();
        tokio::pin!(stop);
        loop {
            // At the cap, new connections wait in the kernel.
            let accepted = async {
                let place = Arc::clone(&places).acquire_owned().await;
                (self.listener.accept().await, place)
            };
            let (accepted, place) = tokio::select! {
                accepted = accepted => accepted,
                () = &mut stop => break,
                // Those that ended are forgotten.
                Some(_) = connections.join_next() => continue,
            };
            match accepted {
                Ok((stream, _)) => {
                    let serving = serve(stream, self.router.clone(), self.desk.ending.subscribe());
                    let gauge = self.desk.shared.metrics.connections.clone();
                    connections.spawn(async move {
                        gauge.inc();
                        serving.await;
                        gauge.dec();
                        drop(place);
                    });
                }
                // Out of descriptors, as a rule: some will be free in a moment.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
        tracing::info!("ending");
        self.desk.ending.send_replace(true);
        let drain = async { while connections.join_next().await.is_some() {} };
        if tokio::time::timeout(Duration::from_millis(limits.drain_ms), drain).await.is_err() {
            tracing::warn!("some requests did not finish in time");
        }
        futures_util::future::join_all(self.desk.accounts.values().map(|account| account.handle.stop())).await;
    }
}

fn nats(config: &Config) -> Result<Option<Nats>, String> {
    let Some(settings) = config.nats.clone() else { return Ok(None) };
    let budget = |(name, account): (&String, &Account)| Budget { account: name.clone(), calls: account.machine.budget };
    Nats::start(settings, config.accounts.iter().map(budget).collect()).map(Some)
}

async fn serve(stream: TcpStream, router: Router, mut ending: watch::Receiver<bool>) {
    // A presence is small and wanted at once. Where it cannot be set, it is late.
    let _ = stream.set_nodelay(true);
    let stream = Patient::new(stream, Duration::from_millis(READER_MS));
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(Duration::from_millis(HEAD_MS)).max_buf_size(HEAD_BYTES);
    let connection = http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    tokio::pin!(connection);
    tokio::select! {
        // What breaks is the caller's connection: the caller knows.
        _ = connection.as_mut() => return,
        _ = ending.wait_for(|ending| *ending) => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}
