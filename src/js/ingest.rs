//! Webhook bodies as callers have them: text, bytes, or the parsed object.
//!
//! Those of usual size, in text or bytes, are written straight into the module's memory by the package's `ingest.js`: an
//! allocation and four calls across the border fewer, which is a third of what taking one in costs.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::WebAssembly::Memory;
use js_sys::{JSON, Uint8Array};
use wasm_bindgen::prelude::*;

use crate::browser::driver::Driver;
use crate::machine::error::{Error, ErrorCode};

/// Larger bodies take the long way, in bytes.
const INBOX_BYTES: u32 = 65_536;

thread_local! {
    static INBOX: RefCell<Vec<u8>> = RefCell::new(vec![0; INBOX_BYTES as usize]);
}

/// The place for a body, as JavaScript sees it: until the memory grows, when the view is empty and another must be asked for.
#[wasm_bindgen(skip_typescript)]
pub fn inbox() -> Uint8Array {
    let address = INBOX.with_borrow(|inbox| inbox.as_ptr().addr());
    let memory: Memory = wasm_bindgen::memory().unchecked_into();
    Uint8Array::new_with_byte_offset_and_length(&memory.buffer(), u32::try_from(address).unwrap_or(0), INBOX_BYTES)
}

/// Hands what was written into the inbox to the session, and says whether it took it. Whoever is called back may write into
/// it again.
pub(super) fn take_in(driver: &Rc<Driver>, length: usize, wall_ms: f64) -> bool {
    driver.with_at(wall_ms, |session, wall, now| {
        INBOX.with_borrow(|inbox| session.ingest(inbox.get(..length).unwrap_or_default(), wall, now).is_ok())
    })
}

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
