//! The dashboard and the built package over HTTP, on loopback.
//!
//! `/` is www/, `/pkg/` is pkg/, and `/config.json` says which gateways the page talks to. That answer can hold a real key, so the
//! server answers only to its own name: another site that resolves to loopback gets nothing. Webhooks come in under that name too.

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
use tower_http::services::ServeDir;

use crate::{hooks::Hooks, tree};

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
    /// 0 takes a free one.
    pub(crate) port: u16,
    /// Where the gateways post to, if they do.
    pub(crate) hooks: Option<Hooks>,
    /// For benchmarks: isolated, and tests/bench/ under `/bench/`.
    pub(crate) bench: bool,
}

impl Site {
    /// Serves it until the process ends; the answer is the address of the page.
    pub(crate) fn serve(self) -> Result<String> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().context("no runtime")?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind(address))
            .with_context(|| format!("port {} of loopback cannot be had", self.port))?;
        let port = listener.local_addr().context("no address")?.port();
        let router = self.router(port);
        thread::spawn(move || runtime.block_on(axum::serve(listener, router).into_future()));
        Ok(format!("http://127.0.0.1:{port}/"))
    }

    fn router(self, port: u16) -> Router {
        let root = tree::root();
        let config = self.config;
        let mut router = Router::new()
            .route("/config.json", get(move || async move { Json(config) }))
            .nest_service("/pkg", ServeDir::new(root.join("pkg")))
            .fallback_service(ServeDir::new(root.join("www")));
        if let Some(hooks) = self.hooks {
            router = router.merge(hooks.router());
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
    [format!("127.0.0.1:{port}"), format!("localhost:{port}")].iter().any(|name| name == host)
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
