//! Performs a request as it is and reports its one outcome.
//!
//! Every request has a deadline of its own: a browser's can be minutes away. Aborting gives no reason, since a rejection
//! that is no `Error` would trap inside gloo-net.

use std::cell::Cell;
use std::rc::Rc;

use gloo_net::http::{Method as HttpMethod, RequestBuilder, Response as HttpResponse};
use gloo_timers::callback::Timeout;
use web_sys::{AbortController, RequestCredentials};

use crate::gateway::http::{Method, Outcome, Request, Response, retry_after_ms};

/// Ends a request in flight when dropped or aborted.
#[derive(Debug)]
pub(crate) struct Flight {
    controller: Option<AbortController>,
}

impl Drop for Flight {
    fn drop(&mut self) {
        if let Some(controller) = &self.controller {
            controller.abort();
        }
    }
}

/// Starts a request. The future gives its outcome; dropping the flight aborts it.
pub(crate) fn start(request: Request, max_body: usize) -> (Flight, impl Future<Output = Outcome>) {
    let controller = AbortController::new().ok();
    let flight = Flight { controller: controller.clone() };
    (flight, perform(request, controller, max_body))
}

async fn perform(request: Request, controller: Option<AbortController>, max_body: usize) -> Outcome {
    let late = Rc::new(Cell::new(false));
    let deadline = controller.clone().map(|controller| {
        let late = Rc::clone(&late);
        Timeout::new(request.timeout_ms, move || {
            late.set(true);
            controller.abort();
        })
    });
    let response = exchange(&request, controller.as_ref(), max_body).await;
    drop(deadline);
    match response {
        Some(response) => Outcome::Response(response),
        None if late.get() => Outcome::Timeout,
        None if controller.is_some_and(|controller| controller.signal().aborted()) => Outcome::Aborted,
        None => Outcome::Network,
    }
}

async fn exchange(request: &Request, controller: Option<&AbortController>, max_body: usize) -> Option<Response> {
    let method = match request.method {
        Method::Get => HttpMethod::GET,
        Method::Post => HttpMethod::POST,
    };
    let signal = controller.map(AbortController::signal);
    let mut builder = RequestBuilder::new(&request.url)
        .method(method)
        // Gateways answer with `Access-Control-Allow-Origin: *`, which forbids cookies.
        .credentials(RequestCredentials::Omit)
        .abort_signal(signal.as_ref());
    for (name, value) in &request.headers {
        builder = builder.header(name, value.reveal());
    }
    let built = match &request.body {
        Some(body) => builder.header("content-type", "application/json").body(body.as_str()),
        None => builder.build(),
    };
    let response = built.ok()?.send().await.ok()?;
    let retry_after_ms = response.headers().get("retry-after").and_then(|value| retry_after_ms(&value));
    let status = response.status();
    let body = read_body(&response, max_body).await?;
    Some(Response { status, retry_after_ms, body })
}

/// The body; an empty one in place of one that is too large to be an answer to any of our questions.
async fn read_body(response: &HttpResponse, max_body: usize) -> Option<Vec<u8>> {
    let declared = response.headers().get("content-length").and_then(|length| length.parse::<usize>().ok());
    if declared.is_some_and(|length| length > max_body) {
        return Some(Vec::new());
    }
    let body = response.binary().await.ok()?;
    Some(if body.len() > max_body { Vec::new() } else { body })
}
