//! One tab among all of this browser: the one that holds a Web Lock.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_futures::spawn_local;
use web_sys::AbortController;

#[wasm_bindgen]
extern "C" {
    #[derive(Clone)]
    type LockManager;
    #[wasm_bindgen(thread_local_v2, js_namespace = navigator, js_name = locks)]
    static LOCKS: Option<LockManager>;
    #[wasm_bindgen(method, catch)]
    fn request(this: &LockManager, name: &str, options: &Object, granted: &Function) -> Result<Promise, JsValue>;
}

/// The lock, held or waited for until dropped.
#[must_use = "dropping it gives the lock back"]
pub(crate) struct Lock {
    waiting: Option<AbortController>,
    release: Rc<RefCell<Option<Function>>>,
    dropped: Rc<Cell<bool>>,
}

impl Drop for Lock {
    fn drop(&mut self) {
        self.dropped.set(true);
        if let Some(release) = self.release.borrow_mut().take() {
            // A promise's own resolve function does not throw.
            let _ = release.call0(&JsValue::UNDEFINED);
        } else if let Some(waiting) = &self.waiting {
            waiting.abort();
        }
    }
}

/// Whether the platform has locks.
pub(super) fn exists() -> bool {
    LOCKS.with(Option::is_some)
}

impl Lock {
    /// Waits for the lock and calls back when it is ours; at once, and alone, where the page may have no locks.
    pub(crate) fn request(name: &str, granted: impl FnOnce() + 'static) -> Self {
        Self::ask(name, false, Box::new(granted))
    }

    /// Takes the lock from whoever holds it.
    pub(crate) fn take(name: &str, granted: impl FnOnce() + 'static) -> Self {
        Self::ask(name, true, Box::new(granted))
    }

    fn ask(name: &str, takes: bool, granted: Box<dyn FnOnce()>) -> Self {
        let waiting = AbortController::new().ok();
        let release = Rc::new(RefCell::new(None));
        let dropped = Rc::new(Cell::new(false));
        let lock = Self { waiting: waiting.clone(), release: Rc::clone(&release), dropped: Rc::clone(&dropped) };
        let granted = Rc::new(Cell::new(Some(granted)));
        let grant = move || {
            if let Some(granted) = granted.take() {
                granted();
            }
        };
        let alone = grant.clone();
        let gone = Rc::clone(&dropped);
        let hold = Closure::once_into_js(move |_: JsValue| -> Promise {
            if dropped.get() {
                return Promise::resolve(&JsValue::UNDEFINED);
            }
            let held = Promise::new(&mut |resolve, _| *release.borrow_mut() = Some(resolve));
            grant();
            held
        });
        let options = Object::new();
        // A fresh object takes any property.
        if takes {
            let _ = Reflect::set(&options, &JsValue::from_str("steal"), &JsValue::TRUE);
        } else if let Some(waiting) = &waiting {
            let _ = Reflect::set(&options, &JsValue::from_str("signal"), &waiting.signal());
        }
        let ends = LOCKS.with(Clone::clone).and_then(|locks| locks.request(name, &options, hold.unchecked_ref()).ok());
        spawn_local(async move {
            if let Some(ends) = ends {
                // It rejects when we stop waiting or are robbed, and where a page may have no locks: in a sandboxed frame.
                let _ = JsFuture::from(ends).await;
            }
            if !gone.get() {
                alone();
            }
        });
        lock
    }
}
