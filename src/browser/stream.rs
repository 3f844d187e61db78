//! One request whose answer is read as it comes: what a relay tells. Dropping the flight ends it, and nothing is heard of it any
//! more.
//!
//! Not an `EventSource`: that takes no body and no header, and would put tickets and chats into an address.

use js_sys::{Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::AbortController;

use super::fetch::{Answer, Flight, ask, read_whole};
use crate::gateway::http::{Request, Response};

#[wasm_bindgen]
extern "C" {
    type Body;
    #[wasm_bindgen(method, catch, js_name = getReader)]
    fn get_reader(this: &Body) -> Result<Reader, JsValue>;

    type Reader;
    #[wasm_bindgen(method, catch)]
    fn read(this: &Reader) -> Result<Promise, JsValue>;

    type Part;
    #[wasm_bindgen(method, getter)]
    fn done(this: &Part) -> bool;
    #[wasm_bindgen(method, getter)]
    fn value(this: &Part) -> Uint8Array;
}

/// What a stream has to say.
#[derive(Debug)]
pub(crate) enum StreamEvent {
    /// It begins.
    Open,
    /// More of it.
    Bytes(Vec<u8>),
    /// It ended; or it was refused with an answer.
    Ended(Option<Response>),
}

/// Makes the request, and tells of its answer until that ends or the flight is dropped.
pub(crate) fn open(request: Request, max_body: usize, tell: impl Fn(StreamEvent) + 'static) -> Flight {
    let controller = AbortController::new().ok();
    let flight = Flight::of(controller.clone());
    spawn_local(async move {
        let end = follow(&request, controller.as_ref(), max_body, &tell).await;
        if controller.is_none_or(|controller| !controller.signal().aborted()) {
            tell(StreamEvent::Ended(end.unwrap_or(None)));
        }
    });
    flight
}

/// Gives the answer where it is no stream.
async fn follow(
    request: &Request,
    controller: Option<&AbortController>,
    max_body: usize,
    tell: &impl Fn(StreamEvent),
) -> Result<Option<Response>, JsValue> {
    let answer = ask(request, controller).await?;
    let body = Reflect::get(&answer, &JsValue::from_str("body"))?;
    if answer.status() != 200 || !is_events(&answer) || !body.is_object() {
        return Ok(Some(read_whole(&answer, max_body).await?));
    }
    let reader = body.unchecked_into::<Body>().get_reader()?;
    tell(StreamEvent::Open);
    loop {
        let part: Part = JsFuture::from(reader.read()?).await?.unchecked_into();
        if part.done() {
            return Ok(None);
        }
        if controller.is_some_and(|controller| controller.signal().aborted()) {
            return Ok(None);
        }
        tell(StreamEvent::Bytes(part.value().to_vec()));
    }
}

fn is_events(answer: &Answer) -> bool {
    let kind = answer.headers().get("content-type").ok().flatten();
    kind.is_some_and(|kind| kind.starts_with("text/event-stream"))
}
