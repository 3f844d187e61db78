//! Sends webhooks, over plain HTTP: the servers are on the same machine.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::Request;
use axum::http::header::RETRY_AFTER;
use http_body_util::Full;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use super::driver::Driver;
use crate::traffic::webhook::{Outcome, Post};

pub(super) type Client = hyper_util::client::legacy::Client<HttpConnector, Full<Bytes>>;

/// A client that keeps connections open.
pub(super) fn client() -> Client {
    hyper_util::client::legacy::Client::builder(TokioExecutor::new()).build_http()
}

/// Sends one post and reports its outcome.
pub(super) async fn send(driver: Arc<Driver>, client: Client, post: Post) {
    let outcome = tokio::time::timeout(PATIENCE, attempt(&client, &post)).await.unwrap_or(Outcome::Failed(None));
    driver.feed(|simulator, now| simulator.handle_posted(post.number, outcome, now));
}

async fn attempt(client: &Client, post: &Post) -> Outcome {
    let mut request = Request::post(post.url.as_str());
    for (name, value) in &post.headers {
        request = request.header(*name, value);
    }
    let Ok(request) = request.body(Full::new(Bytes::copy_from_slice(post.body.as_bytes()))) else {
        return Outcome::Failed(None);
    };
    match client.request(request).await {
        Ok(answer) if answer.status().is_success() => Outcome::Taken,
        Ok(answer) => {
            let wait = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
            Outcome::Failed(wait.map(Duration::from_secs))
        }
        Err(_) => Outcome::Failed(None),
    }
}

/// How long a server may take.
const PATIENCE: Duration = Duration::from_secs(10);
