//! The dashboard and the built package over HTTP, on loopback.
//!
//! `/` is www/, `/pkg/` is pkg/, and `/config.json` says which gateways the page talks to. That answer can hold a real key, so the
//! server answers only to its own name: another site that resolves to loopback gets nothing. Tickets for a relay are had under that
//! name too.

use std::{
    net::{Ipv4Addr, SocketAddr},
    thread,
};

use anyhow::{Context, Result};
use axum::{
    Json, Router,
    extract::{Request, State},
    http::{
        HeaderName, HeaderValue, StatusCode,
        header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS},
    },
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::Value;
use tokio::{
    net::TcpListener,
    runtime::{Builder, Runtime},
};
use tower_http::services::ServeDir;

use crate::{tickets::Tickets, tree};

/// Nothing inline, nothing foreign. The gateway may be anywhere, hence `connect-src *`.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: http: https:; \
    connect-src *; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
static HEADERS: [(HeaderName, &str); 4] = [
    (CONTENT_SECURITY_POLICY, POLICY),
    // The package is rebuilt under the same names.
    (CACHE_CONTROL, "no-store"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "no-referrer"),
];
/// Cross-origin isolation: it gives benchmarks a clock of 5 µs in place of 100 µs.
static ISOLATION: [(HeaderName, &str); 2] = [
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-embedder-policy"), "require-corp"),
];

/// What is served.
pub(crate) struct Site {
    /// The answer of `/config.json`.
    pub(crate) config: Value,
    /// Who signs tickets for the page, where it needs any.
    pub(crate) tickets: Option<Tickets>,
    /// For benchmarks: isolated, and tests/bench/ under `/bench/`.
    pub(crate) bench: bool,
}

/// An address of loopback that is ours before anything is served at it: a relay has to know it first.
pub(crate) struct Place {
    runtime: Runtime,
    listener: TcpListener,
    port: u16,
}

impl Place {
    /// Takes it; port 0 is any that is free.
    pub(crate) fn take(port: u16) -> Result<Self> {
        let runtime = Builder::new_current_thread().enable_io().build().context("no runtime")?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let listener = runtime
            .block_on(TcpListener::bind(address))
            .with_context(|| format!("port {port} of loopback cannot be had"))?;
        let port = listener.local_addr().context("no address")?.port();
        Ok(Self { runtime, listener, port })
    }

    /// What a page that is served here may call itself.
    pub(crate) fn origins(&self) -> Vec<String> {
        names(self.port).map(|name| format!("http://{name}")).to_vec()
    }
}

impl Site {
    /// Serves it until the process ends; the answer is the address of the page.
    pub(crate) fn serve(self, Place { runtime, listener, port }: Place) -> String {
        let router = self.router(port);
        thread::spawn(move || runtime.block_on(axum::serve(listener, router).into_future()));
        format!("http://127.0.0.1:{port}/")
    }

    fn router(self, port: u16) -> Router {
        let root = tree::root();
        let config = self.config;
        let mut router = Router::new()
            .route("/config.json", get(move || async move { Json(config) }))
            .nest_service("/pkg", ServeDir::new(root.join("pkg")))
            .fallback_service(ServeDir::new(root.join("www")));
        if let Some(tickets) = self.tickets {
            router = router.merge(tickets.router());
        }
        if self.bench {
            router = router.nest_service("/bench", ServeDir::new(root.join("tests/bench")));
        }
        router.layer(middleware::from_fn_with_state(Guard { port, isolated: self.bench }, guard))
    }
}

#[derive(Clone, Copy)]
struct Guard {
    port: u16,
    isolated: bool,
}

/// Refuses other host names, and adds the headers to every answer.
async fn guard(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    let ours = host.is_some_and(|host| is_ours(host, guard.port));
    let mut response = match ours {
        true => next.run(request).await,
        false => {
            (StatusCode::MISDIRECTED_REQUEST, "this server answers to 127.0.0.1 and localhost only").into_response()
        }
    };
    let isolation = if guard.isolated { ISOLATION.as_slice() } else { &[] };
    for (name, value) in HEADERS.iter().chain(isolation) {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

fn is_ours(host: &str, port: u16) -> bool {
    names(port).iter().any(|name| name == host)
}

/// What this server answers to.
fn names(port: u16) -> [String; 2] {
    [format!("127.0.0.1:{port}"), format!("localhost:{port}")]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_names_with_the_port_are_ours() {
        assert!(is_ours("127.0.0.1:8000", 8000));
        assert!(is_ours("localhost:8000", 8000));
        for host in ["127.0.0.1", "localhost:8001", "rebound.example:8000", "127.0.0.1:8000.example"] {
            assert!(!is_ours(host, 8000), "{host}");
        }
    }
}
