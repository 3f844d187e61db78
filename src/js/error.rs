//! `PresenceError`: a real `Error` with a stable code. The class users import recognises these by name, so that it works
//! across frames and bundles.

use js_sys::Reflect;
use wasm_bindgen::JsValue;

use crate::machine::error::{Error, ErrorCode};

/// The error as JavaScript sees it.
pub(super) fn to_js(error: &Error, gateway: Option<&str>) -> JsValue {
    let value: JsValue = js_sys::Error::new(&error.message).into();
    let number = |n: Option<f64>| n.map_or(JsValue::NULL, JsValue::from_f64);
    let fields = [
        ("name", JsValue::from_str("PresenceError")),
        ("code", JsValue::from_str(error.code.as_str())),
        ("status", number(error.status.map(f64::from))),
        ("retryAfterMs", number(error.retry_after_ms.map(super::convert::number))),
        ("gateway", gateway.map_or(JsValue::NULL, JsValue::from_str)),
    ];
    for (key, field) in fields {
        // A fresh Error takes any property.
        let _ = Reflect::set(&value, &JsValue::from_str(key), &field);
    }
    value
}

/// An error about what a caller passed.
pub(super) fn misuse(code: ErrorCode, message: impl Into<String>) -> JsValue {
    to_js(&Error::new(code, message), None)
}
