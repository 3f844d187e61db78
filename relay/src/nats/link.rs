//! The one connection: made, watched, made again; and what stands in NATS, made where it is missing.

use std::sync::Arc;
use std::time::Duration;

use async_nats::connection::State as Connected;
use async_nats::{Client, ConnectErrorKind};
use tokio::sync::watch;

use super::settings::{PATIENCE, Settings, backoff};
use super::store::{Budget, Stores};

/// How often the connection is looked at.
const LOOK: Duration = Duration::from_millis(200);
/// How often what stands in NATS is.
const LOOKS_OF_A_CHECK: u32 = 5;

pub(super) const NOT_YET: &str = "NATS: not connected yet";
const AWAY: &str = "NATS: it cannot be reached";
const REFUSED: &str = "NATS: it refuses the credentials";
const NO_JETSTREAM: &str = "NATS: JetStream does not answer, or does not allow what is needed";

/// How it stands.
#[derive(Clone, Debug)]
pub(super) enum State {
    /// Not at all, and why.
    Down(&'static str),
    /// Everything is there. Another one comes where something had to be made anew, or may have been missed.
    Up(Arc<Stores>),
}

/// Connects, and says how it stands; for as long as anybody listens.
pub(super) async fn keep(settings: Settings, budgets: Vec<Budget>, state: watch::Sender<State>) {
    let mut tries = 0;
    let client = loop {
        let why = match connect(&settings).await {
            Ok(client) => break client,
            Err(why) => why,
        };
        say(&state, why);
        tokio::time::sleep(backoff(tries)).await;
        tries += 1;
        if state.is_closed() {
            return;
        }
    };
    watch(&client, &settings, &budgets, &state).await;
}

async fn connect(settings: &Settings) -> Result<Client, &'static str> {
    let (addresses, options) = settings.addresses().and_then(|at| Ok((at, settings.options()?))).map_err(|_| AWAY)?;
    options.connect(addresses).await.map_err(|why| match why.kind() {
        ConnectErrorKind::Authentication | ConnectErrorKind::AuthorizationViolation => REFUSED,
        ConnectErrorKind::Tls => "NATS: no TLS connection can be made to it",
        ConnectErrorKind::Dns => "NATS: its name is not known",
        ConnectErrorKind::ServerParse
        | ConnectErrorKind::TimedOut
        | ConnectErrorKind::Io
        | ConnectErrorKind::MaxReconnects => AWAY,
    })
}

async fn watch(client: &Client, settings: &Settings, budgets: &[Budget], state: &watch::Sender<State>) {
    let mut looks = 0;
    while !state.is_closed() {
        let up = match &*state.borrow() {
            State::Up(stores) => Some(Arc::clone(stores)),
            State::Down(_) => None,
        };
        if client.connection_state() == Connected::Connected {
            looks += 1;
            match up {
                Some(_) if looks % LOOKS_OF_A_CHECK != 0 => {}
                Some(stores) => match tokio::time::timeout(PATIENCE, stores.is_there()).await {
                    Ok(Ok(true)) => {}
                    Ok(Ok(false)) => renew(client, settings, budgets, state).await,
                    Ok(Err(())) | Err(_) => say(state, NO_JETSTREAM),
                },
                None => renew(client, settings, budgets, state).await,
            }
        } else {
            say(state, AWAY);
        }
        tokio::time::sleep(LOOK).await;
    }
}

async fn renew(client: &Client, settings: &Settings, budgets: &[Budget], state: &watch::Sender<State>) {
    match tokio::time::timeout(PATIENCE * 2, Stores::ensure(client, settings.replicas(), budgets)).await {
        Ok(Ok(stores)) => {
            tracing::info!("NATS is there");
            state.send_replace(State::Up(Arc::new(stores)));
        }
        // Not asked again at once: it may just be starting.
        Ok(Err(())) | Err(_) => {
            say(state, NO_JETSTREAM);
            tokio::time::sleep(super::jitter(LOOK * 4)).await;
        }
    }
}

fn say(state: &watch::Sender<State>, why: &'static str) {
    let changed = state.send_if_modified(|known| {
        let news = !matches!(known, State::Down(before) if *before == why);
        *known = State::Down(why);
        news
    });
    if changed {
        tracing::warn!("{why}");
    }
}
