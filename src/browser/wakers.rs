//! What the platform tells a driver beside its timer: that the page came back, the network did, another tab wrote something, or that
//! the page goes. Timers are late, or not there at all, while a page is hidden or a machine sleeps.

use std::rc::{Rc, Weak};

use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::EventTarget;

use super::driver::Driver;
use super::listeners::PlatformListener;

/// Listens for all of it, for as long as what is returned lives.
pub(super) fn on_the_platform(driver: &Rc<Driver>) -> Vec<PlatformListener> {
    let global: JsValue = js_sys::global().into();
    let document = Reflect::get(&global, &JsValue::from_str("document")).unwrap_or_default();
    let listen = |target: &JsValue, event, call: fn(&Rc<Driver>)| {
        let target = target.clone().dyn_into::<EventTarget>().ok()?;
        let driver: Weak<Driver> = Rc::downgrade(driver);
        PlatformListener::new(target, event, move || {
            if let Some(driver) = driver.upgrade() {
                call(&driver);
            }
        })
    };
    [
        listen(&global, "pageshow", return_to),
        listen(&global, "pagehide", |driver| {
            driver.leave();
            driver.hide_from_tabs();
        }),
        listen(&global, "online", hurry),
        listen(&global, "focus", hurry),
        listen(&document, "visibilitychange", |driver| {
            // A hidden page may be discarded without another word.
            driver.keep();
            driver.with(|session, _, now| session.handle_visibility(is_visible(), now));
            hurry(driver);
        }),
        listen(&document, "freeze", |driver| {
            driver.keep();
            driver.hide_from_tabs();
        }),
        listen(&document, "resume", |driver| {
            driver.return_to_tabs();
            hurry(driver);
        }),
        listen(&global, "storage", |driver| {
            driver.read_others();
            driver.pump();
        }),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Whether anybody can look at the page. Where there is none, as in a worker, nobody knows.
pub(super) fn is_visible() -> bool {
    let global: JsValue = js_sys::global().into();
    let document = Reflect::get(&global, &JsValue::from_str("document")).unwrap_or_default();
    // It throws where there is no document.
    !Reflect::get(&document, &JsValue::from_str("hidden")).is_ok_and(|hidden| hidden.is_truthy())
}

/// A hint, nothing more: the clock decides what is due.
fn hurry(driver: &Rc<Driver>) {
    driver.with(|session, _, now| session.handle_wake(now));
}

/// The page was left, and is shown again as it was.
fn return_to(driver: &Rc<Driver>) {
    driver.return_to_tabs();
    driver.with(|session, _, now| {
        session.handle_return(now);
        session.handle_wake(now);
    });
}
