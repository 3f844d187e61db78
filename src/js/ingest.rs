//! Webhook bodies as callers have them: text, bytes, or the parsed object.

use std::rc::Rc;

use js_sys::{JSON, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};

use crate::browser::driver::Driver;
use crate::machine::error::{Error, ErrorCode};

/// Hands a body to the session. Its size is checked before it is copied where it can be.
pub(super) fn ingest(driver: &Rc<Driver>, body: &JsValue) -> Result<(), Error> {
    if let Some(text) = body.as_string() {
        return driver.with(|session, wall, now| session.ingest(text.as_bytes(), wall, now));
    }
    if let Some(bytes) = body.dyn_ref::<Uint8Array>() {
        let max = driver.max_body();
        let length = bytes.length() as usize;
        if length > max {
            let message = format!("body: expected at most {max} bytes, found {length}");
            return Err(Error::new(ErrorCode::TooLarge, message));
        }
        let bytes = bytes.to_vec();
        return driver.with(|session, wall, now| session.ingest(&bytes, wall, now));
    }
    let text = if body.is_object() { JSON::stringify(body).ok().and_then(|text| text.as_string()) } else { None };
    let text = text.ok_or_else(|| {
        Error::new(ErrorCode::Malformed, "body: expected text, a Uint8Array, or an object that is plain JSON")
    })?;
    driver.with(|session, wall, now| session.ingest(text.as_bytes(), wall, now))
}
