//! `PresenceError`: a real `Error` with a stable code. The class users import recognises these by name, so that it works
//! across frames and bundles.

use wasm_bindgen::JsValue;

use super::convert::number;
use super::object::{extend, or_null, word};
use crate::machine::error::{Error, ErrorCode};

/// The error as JavaScript sees it.
#[inline(never)]
pub(super) fn to_js(error: &Error, gateway: Option<&str>) -> JsValue {
    to_js_caused(error, gateway, None)
}

/// The same, and what the platform threw.
#[inline(never)]
pub(super) fn to_js_caused(error: &Error, gateway: Option<&str>, cause: Option<JsValue>) -> JsValue {
    let value: JsValue = js_sys::Error::new(&error.message).into();
    if let Some(cause) = cause {
        extend(&value, &[("cause", cause)]);
    }
    extend(
        &value,
        &[
            ("name", word("PresenceError")),
            ("code", word(error.code.as_str())),
            ("status", or_null(error.status.map(|status| number(status.into())))),
            ("retryAfterMs", or_null(error.retry_after_ms.map(number))),
            ("gateway", or_null(gateway.map(JsValue::from_str))),
        ],
    );
    value
}

/// An error about what a caller passed.
pub(super) fn misuse(code: ErrorCode, message: impl Into<String>) -> JsValue {
    to_js(&Error::new(code, message), None)
}
