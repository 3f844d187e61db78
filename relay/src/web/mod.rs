//! The HTTP surface: which requests there are. Everything else is a 404, whatever its method.

mod body;
mod call;
mod cors;
mod feed;
mod hooks;
mod page;
mod stream;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use tokio::sync::watch;
use wa_presence::gateway::webhook::ReplayGuard;

use crate::account::{Handle, Shared, draw};
use crate::clock::ms;
use crate::config::{Config, Hook};
use crate::error::Refusal;
use crate::nats::Nats;
use crate::pace::Pace;
use crate::ticket::Keys;

/// What every request may need.
#[derive(Debug)]
pub(crate) struct Desk {
    pub(crate) shared: Shared,
    pub(crate) accounts: BTreeMap<String, Desked>,
    pub(crate) ending: watch::Sender<bool>,
    keys: Keys,
    origins: Vec<String>,
    pace: Mutex<Pace>,
}

/// One account, as requests see it.
#[derive(Debug)]
pub(crate) struct Desked {
    pub(crate) handle: Handle,
    gateway: wa_presence::gateway::Gateway,
    hook: Hook,
    accept_undated: bool,
    guard: Mutex<ReplayGuard>,
    /// Those that it has seen and that were turned away all the same: they come again.
    missed: Mutex<BTreeSet<String>>,
}

impl Desk {
    /// Starts the accounts.
    pub(crate) fn open(config: Config, shared: Shared) -> Result<Self, String> {
        let mut accounts = BTreeMap::new();
        for (name, account) in config.accounts {
            let (gateway, hook) = (account.gateway.clone(), account.hook.clone());
            let accept_undated = account.accept_undated;
            let handle = Handle::start(&name, account, &shared)?;
            let guard = Mutex::new(ReplayGuard::new(draw()?));
            accounts.insert(name, Desked { handle, gateway, hook, accept_undated, guard, missed: Mutex::default() });
        }
        let pace = Mutex::new(Pace::new(shared.limits.requests_per_minute));
        let (keys, origins) = (config.keys, config.origins);
        Ok(Self { shared, accounts, ending: watch::Sender::new(false), keys, origins, pace })
    }

    fn take_pace(&self, account: &str, subject: &str) -> Result<(), u64> {
        let now = self.shared.clock.now();
        // Counts are worth something after a panic as well.
        self.pace.lock().unwrap_or_else(PoisonError::into_inner).take(account, subject, now)
    }
}

/// All there is.
pub(crate) fn router(desk: Arc<Desk>) -> Router {
    let pages = Router::new()
        .route("/feed", post(feed::open))
        .route("/feed/{id}", put(feed::change))
        .route("/call", post(call::call))
        .method_not_allowed_fallback(async || Refusal::not_found())
        .layer(middleware::from_fn_with_state(Arc::clone(&desk), cors::answer));
    Router::new()
        .merge(pages)
        .route("/hooks/{account}", post(hooks::take))
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .fallback(async || Refusal::not_found())
        .method_not_allowed_fallback(async || Refusal::not_found())
        .layer(middleware::from_fn_with_state(Arc::clone(&desk), note))
        .with_state(desk)
}

async fn ready(State(desk): State<Arc<Desk>>) -> Response {
    if *desk.ending.borrow() {
        return (StatusCode::SERVICE_UNAVAILABLE, "ending\n").into_response();
    }
    if let Some(missing) = desk.shared.nats.as_ref().and_then(Nats::missing) {
        return (StatusCode::SERVICE_UNAVAILABLE, format!("{missing}\n")).into_response();
    }
    "ready\n".into_response()
}

async fn metrics(State(desk): State<Arc<Desk>>) -> Response {
    let text = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    ([(CONTENT_TYPE, text)], desk.shared.metrics.text()).into_response()
}

/// Counts and logs a request: by its route, never by its path, which is the caller's.
async fn note(State(desk): State<Arc<Desk>>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("other", MatchedPath::as_str).to_owned();
    let began = tokio::time::Instant::now();
    let mut response = next.run(request).await;
    let (status, took_ms) = (response.status().as_u16(), ms(began.elapsed()));
    desk.shared.metrics.request(&route, status);
    if status < 400 {
        tracing::debug!(route, status, took_ms, "answered");
    } else {
        tracing::info!(route, status, took_ms, "refused");
    }
    response.headers_mut().entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
