//! Performs a request as it is and reports its one outcome.
//!
//! Every request has a deadline of its own: a browser's can be minutes away. The platform's `fetch` is called directly, as
//! the same function exists in windows, workers and Node; gloo-net's wrapper of it would add five kilobytes of wasm and trap
//! on a rejection that is no `Error`.

use std::cell::Cell;
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use js_sys::{ArrayBuffer, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::AbortController;

use crate::gateway::http::{Method, Outcome, Request, Response, retry_after_ms};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch)]
    fn fetch(url: &str, init: &Object) -> Result<Promise, JsValue>;

    pub(super) type Answer;
    #[wasm_bindgen(method, getter)]
    pub(super) fn status(this: &Answer) -> u16;
    #[wasm_bindgen(method, getter)]
    pub(super) fn headers(this: &Answer) -> Headers;
    #[wasm_bindgen(method, catch, js_name = arrayBuffer)]
    fn array_buffer(this: &Answer) -> Result<Promise, JsValue>;

    pub(super) type Headers;
    #[wasm_bindgen(method, catch)]
    pub(super) fn get(this: &Headers, name: &str) -> Result<Option<String>, JsValue>;
}

/// Ends a request in flight when dropped or aborted.
#[derive(Debug)]
pub(crate) struct Flight {
    controller: Option<AbortController>,
}

#[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
impl Flight {
    pub(super) const fn of(controller: Option<AbortController>) -> Self {
        Self { controller }
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        if let Some(controller) = &self.controller {
            controller.abort();
        }
    }
}

/// Starts a request. The future gives its outcome, and what the platform threw where there was none; dropping the flight aborts
/// it.
pub(crate) fn start(request: Request, max_body: usize) -> (Flight, impl Future<Output = (Outcome, Option<JsValue>)>) {
    let controller = AbortController::new().ok();
    let flight = Flight { controller: controller.clone() };
    (flight, perform(request, controller, max_body))
}

/// Sends a request that outlives the page, as far as the platform sees to it. Nobody waits for the answer.
pub(crate) fn send_away(request: &Request) {
    let init = init(request, None);
    set(&init, "keepalive", &JsValue::TRUE);
    if let Ok(promise) = fetch(&request.url, &init) {
        spawn_local(async move {
            let _ = JsFuture::from(promise).await;
        });
    }
}

async fn perform(request: Request, controller: Option<AbortController>, max_body: usize) -> (Outcome, Option<JsValue>) {
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
        Ok(response) => (Outcome::Response(response), None),
        Err(thrown) if late.get() => (Outcome::Timeout, Some(thrown)),
        Err(_) if controller.is_some_and(|controller| controller.signal().aborted()) => (Outcome::Aborted, None),
        Err(thrown) => (Outcome::Network, Some(thrown)),
    }
}

async fn exchange(
    request: &Request,
    controller: Option<&AbortController>,
    max_body: usize,
) -> Result<Response, JsValue> {
    read_whole(&ask(request, controller).await?, max_body).await
}

/// Makes a request; its answer's body is not read yet.
pub(super) async fn ask(request: &Request, controller: Option<&AbortController>) -> Result<Answer, JsValue> {
    let promise = fetch(&request.url, &init(request, controller))?;
    Ok(JsFuture::from(promise).await?.unchecked_into())
}

/// Reads all of an answer.
pub(super) async fn read_whole(answer: &Answer, max_body: usize) -> Result<Response, JsValue> {
    let headers = answer.headers();
    let retry_after_ms = headers.get("retry-after")?.and_then(|value| retry_after_ms(&value));
    let status = answer.status();
    let declared = headers.get("content-length")?.and_then(|length| length.parse::<usize>().ok());
    // What is too large to be an answer to any of our questions is not read.
    let body = if declared.is_some_and(|length| length > max_body) {
        Vec::new()
    } else {
        let buffer: ArrayBuffer = JsFuture::from(answer.array_buffer()?).await?.unchecked_into();
        if buffer.byte_length() as usize > max_body { Vec::new() } else { Uint8Array::new(&buffer).to_vec() }
    };
    Ok(Response { status, retry_after_ms, body })
}

fn init(request: &Request, controller: Option<&AbortController>) -> Object {
    let headers = Object::new();
    for (name, value) in &request.headers {
        set(&headers, name, &JsValue::from_str(value.reveal()));
    }
    let init = Object::new();
    let method = match request.method {
        Method::Get => "GET",
        Method::Post => "POST",
        #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
        Method::Put => "PUT",
    };
    set(&init, "method", &JsValue::from_str(method));
    // Gateways answer with `Access-Control-Allow-Origin: *`, which forbids cookies.
    set(&init, "credentials", &JsValue::from_str("omit"));
    if let Some(controller) = controller {
        set(&init, "signal", &controller.signal());
    }
    if let Some(body) = &request.body {
        set(&headers, "content-type", &JsValue::from_str("application/json"));
        set(&init, "body", &JsValue::from_str(body));
    }
    set(&init, "headers", &headers);
    init
}

fn set(object: &Object, key: &str, value: &JsValue) {
    // A fresh object takes any property.
    let _ = Reflect::set(object, &JsValue::from_str(key), value);
}
