//! The few globals that `web-sys` offers only on a window, and that workers and Node have too.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    pub(crate) fn performance_now() -> f64;

    #[wasm_bindgen(js_namespace = Date, js_name = now)]
    pub(crate) fn date_now() -> f64;

    #[wasm_bindgen(js_namespace = Math, js_name = random)]
    pub(crate) fn random() -> f64;

    /// Browsers: raises a window `error` event, as an exception in any event listener does. Absent in Node 20.
    #[wasm_bindgen(catch, js_name = reportError)]
    fn report_error(error: &JsValue) -> Result<(), JsValue>;

    #[wasm_bindgen(js_namespace = console)]
    pub(crate) fn warn(text: &str);

    #[wasm_bindgen(js_namespace = console, js_name = error)]
    fn console_error(error: &JsValue);
}

/// Reports an exception that user code threw at us, the way the platform does for its own listeners.
pub(crate) fn report(error: &JsValue) {
    if report_error(error).is_err() {
        console_error(error);
    }
}
