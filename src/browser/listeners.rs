//! Calling back: user functions that may re-enter, throw, or unlisten while they are being called; and our own listeners on
//! the platform, removed when dropped.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::Function;
use wasm_bindgen::prelude::*;
use web_sys::{AbortSignal, EventTarget};

use super::globals;
use crate::machine::sorted_map::{Key, SortedMap};

/// A listener's number within its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ListenerId(u32);

impl Key for ListenerId {
    fn place_after(&self, first: &Self) -> Option<usize> {
        usize::try_from(self.0.checked_sub(first.0)?).ok()
    }
}

struct Entry {
    /// What it belongs to, by number.
    of: u64,
    function: Function,
    /// The signal that ends it, if it was given one.
    signal: Option<PlatformListener>,
}

/// User functions in order of registration, each with the number of what it belongs to.
#[derive(Default)]
pub(crate) struct Listeners {
    entries: RefCell<SortedMap<ListenerId, Entry>>,
    next: Cell<u32>,
}

impl Listeners {
    #[inline(never)]
    pub(crate) fn add(&self, of: u64, function: Function) -> ListenerId {
        let id = ListenerId(self.next.replace(self.next.get() + 1));
        self.entries.borrow_mut().insert(id, Entry { of, function, signal: None });
        id
    }

    #[inline(never)]
    pub(crate) fn remove(&self, id: ListenerId) {
        // The entry is dropped after the borrow ends: dropping may run code that comes back here.
        let gone = self.entries.borrow_mut().remove(&id);
        drop(gone);
    }

    #[inline(never)]
    pub(crate) fn retain(&self, keep: &dyn Fn(u64) -> bool) {
        let gone: Vec<_> = {
            let mut entries = self.entries.borrow_mut();
            let ids: Vec<_> = entries.iter().filter(|(_, entry)| !keep(entry.of)).map(|(id, _)| *id).collect();
            ids.into_iter().filter_map(|id| entries.remove(&id)).collect()
        };
        drop(gone);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.borrow().len() == 0
    }

    /// Calls every listener that `wants` the news. No borrow is held meanwhile; one that was removed by an earlier one is
    /// not called any more; an exception is reported and stops nobody else.
    #[inline(never)]
    pub(crate) fn tell(&self, wants: &dyn Fn(u64) -> bool, call: &dyn Fn(&Function) -> Result<JsValue, JsValue>) {
        let due: Vec<_> =
            self.entries.borrow().iter().filter(|(_, entry)| wants(entry.of)).map(|(id, _)| *id).collect();
        for id in due {
            let function = self.entries.borrow().get(&id).map(|entry| entry.function.clone());
            if let Some(Err(error)) = function.as_ref().map(call) {
                globals::report(&error);
            }
        }
    }
}

/// Adds a listener to one of its owner's lists. Returns the JavaScript function that removes it; the signal does so too.
pub(crate) fn listen<O: 'static>(
    owner: &Rc<O>,
    list: fn(&O) -> &Listeners,
    of: u64,
    function: Function,
    signal: Option<&AbortSignal>,
) -> JsValue {
    listen_until(owner, list, of, function, signal, || ())
}

/// The same; `ended` is called as the listener is removed so, and again is harmless.
pub(crate) fn listen_until<O: 'static>(
    owner: &Rc<O>,
    list: fn(&O) -> &Listeners,
    of: u64,
    function: Function,
    signal: Option<&AbortSignal>,
    ended: impl Fn() + Clone + 'static,
) -> JsValue {
    let id = list(owner).add(of, function);
    let end = {
        let owner = Rc::downgrade(owner);
        move || {
            if let Some(owner) = owner.upgrade() {
                list(&owner).remove(id);
            }
            ended();
        }
    };
    if let Some(hook) = signal.and_then(|signal| on_abort(signal, end.clone()))
        && let Some(entry) = list(owner).entries.borrow_mut().get_mut(&id)
    {
        // Kept with the listener: the caller may throw the returned function away.
        entry.signal = Some(hook);
    }
    Closure::<dyn Fn()>::new(end).into_js_value()
}

/// A listener on the platform, removed when dropped.
#[must_use = "dropping it stops the listening"]
pub(crate) struct PlatformListener {
    target: EventTarget,
    event: &'static str,
    closure: Closure<dyn Fn()>,
}

impl PlatformListener {
    pub(crate) fn new(target: EventTarget, event: &'static str, call: impl Fn() + 'static) -> Option<Self> {
        let closure = Closure::new(call);
        target.add_event_listener_with_callback(event, closure.as_ref().unchecked_ref()).ok()?;
        Some(Self { target, event, closure })
    }
}

impl Drop for PlatformListener {
    fn drop(&mut self) {
        let function = self.closure.as_ref().unchecked_ref();
        // Failing to remove can only mean that it is gone already.
        let _ = self.target.remove_event_listener_with_callback(self.event, function);
    }
}

/// Calls back once when the signal aborts; at once if it has. Dropping it forgets the signal.
pub(crate) fn on_abort(signal: &AbortSignal, call: impl Fn() + 'static) -> Option<PlatformListener> {
    if signal.aborted() {
        call();
        return None;
    }
    PlatformListener::new(signal.clone().into(), "abort", call)
}
