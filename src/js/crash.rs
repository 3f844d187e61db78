//! After a trap: what is left of a client is not to be trusted, and says so.
//!
//! A panic is noticed as it happens. An exception that tears through the module, out of a platform function that cannot
//! fail, is noticed by what it leaves behind: state that stays borrowed, which nothing of ours does across a call.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use gloo_timers::callback::Timeout;

use super::client::Client;
use crate::machine::error::{Error, ErrorCode};

thread_local! {
    static PANICS: Cell<u32> = const { Cell::new(0) };
    /// Whoever is to be told.
    static CLIENTS: RefCell<Vec<Weak<Client>>> = const { RefCell::new(Vec::new()) };
}

/// From here on a client is told of traps.
pub(super) fn tell(client: &Rc<Client>) {
    CLIENTS.with_borrow_mut(|clients| {
        clients.retain(|client| client.strong_count() > 0);
        clients.push(Rc::downgrade(client));
    });
}

/// A page that only listens makes no call that would notice.
fn notice() {
    let clients = CLIENTS.with_borrow(Clone::clone);
    for client in clients.iter().filter_map(Weak::upgrade) {
        let _ = client.intact();
    }
}

/// Notices panics from here on. After one no hook can be set any more, and whoever connects again must not trap over that.
pub(super) fn arm() {
    if std::thread::panicking() {
        return;
    }
    // In tests somebody reads what a panic says. In a page nobody does, and the standard hook weighs three kilobytes.
    #[cfg(debug_assertions)]
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |_panic| {
        PANICS.set(PANICS.get() + 1);
        // Once the trap has torn through whatever is under way.
        Timeout::new(0, notice).forget();
        #[cfg(debug_assertions)]
        report(_panic);
    }));
}

/// How often the module has panicked: a client remembers the count at its beginning.
pub(super) fn panics() -> u32 {
    PANICS.get()
}

/// What every call on a crashed client gives.
pub(super) fn crashed() -> Error {
    Error::new(ErrorCode::Crashed, "the WebAssembly module trapped in this client: connect again")
}
