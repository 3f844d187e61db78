//! HTTP calls in and out, the gateway's and the control surface's alike.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request as HttpRequest, StatusCode};
use axum::response::{IntoResponse, Response};

use super::cors;
use super::driver::Driver;
use crate::control;
use crate::traffic::call::{Answer, Request};

/// Any call but the upgrade of a socket.
pub(super) async fn call(State(driver): State<Arc<Driver>>, request: HttpRequest<Body>) -> Response {
    if request.method() == Method::OPTIONS {
        return cors::preflight(request.headers());
    }
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST_BODY).await else {
        return respond(&Answer::empty(413));
    };
    let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let request = Request {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        api_key: header("x-api-key").map(str::to_owned),
        json: header("content-type").is_some_and(|kind| kind.starts_with("application/json")),
        headers: parts.headers.iter().filter_map(text).collect(),
        body: body.to_vec(),
    };
    if request.path.starts_with("/_control/") {
        return respond(&driver.feed(|simulator, now| control::handle(simulator, &request, now)));
    }
    let (call, answer) = driver.expect_answer();
    let patience = Patience { driver: Arc::clone(&driver), call };
    driver.feed(|simulator, now| simulator.handle_request(call, request, now));
    let answer = answer.await;
    drop(patience);
    respond(&answer.unwrap_or_else(|_| Answer::empty(503)))
}

/// Tells the simulator when a client goes before its answer came: the server then drops the future that waits for it.
struct Patience {
    driver: Arc<Driver>,
    call: u64,
}

impl Drop for Patience {
    fn drop(&mut self) {
        self.driver.abandon(self.call);
    }
}

fn text((name, value): (&HeaderName, &HeaderValue)) -> Option<(String, String)> {
    Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
}

fn respond(answer: &Answer) -> Response {
    let mut headers = HeaderMap::new();
    if answer.cors {
        cors::open(&mut headers);
    }
    if answer.body.is_empty() {
        headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    } else {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    }
    for (name, value) in &answer.headers {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse::<HeaderValue>()) {
            headers.insert(name, value);
        }
    }
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    // A body without the content type that a text would bring along.
    (status, headers, Body::from(answer.body.clone())).into_response()
}

const LARGEST_BODY: usize = 1 << 20;
