//! The other tabs of this browser: a lock that one of them holds, and a channel on which all hear each other.
//!
//! Both are named after the account and the version of what is said there, so that tabs of two versions never misread each other. A tab
//! that is about to be frozen gives back the lock: the browser would keep it for a tab that does nothing.

use std::rc::{Rc, Weak};

use wasm_bindgen::prelude::*;
use web_sys::{BroadcastChannel, MessageEvent};

use super::driver::Driver;
use super::globals;
use super::lock::{self, Lock};
use crate::session::{LockStep, Session};

/// Of what tabs say to each other.
const VERSION: &str = "3";

/// The channel, and the lock that is held or waited for.
pub(super) struct Tabs {
    channel: BroadcastChannel,
    name: String,
    lock: Option<Lock>,
    _hear: Closure<dyn Fn(MessageEvent)>,
}

impl Drop for Tabs {
    fn drop(&mut self) {
        self.channel.set_onmessage(None);
        self.channel.close();
    }
}

/// Has the session share its feed, where the page may have what that takes.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "any 53 bits will do")]
pub(super) fn share(session: &mut Session, now: crate::machine::time::Instant) {
    // It throws where there are none, and where the page may not use storage.
    let channel = lock::exists().then(|| BroadcastChannel::new("wa-presence").ok()).flatten();
    if let Some(channel) = channel {
        channel.close();
        session.share((globals::random() * 9_007_199_254_740_992.0) as u64, now);
    }
}

impl Driver {
    /// Hears the other tabs, and leads once none of them does.
    pub(super) fn join_tabs(self: &Rc<Self>) {
        if !self.read(Session::shares) {
            return;
        }
        let mut name = "wa-presence:tabs:".to_owned();
        for part in [VERSION, ":", &self.read(Session::ledger_name), ":", &self.share_key.borrow()] {
            name.push_str(part);
        }
        let Ok(channel) = BroadcastChannel::new(&name) else { return };
        let driver = Rc::downgrade(self);
        let hear = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            if let (Some(driver), Some(text)) = (driver.upgrade(), event.data().as_string()) {
                driver.with(|session, wall, now| session.handle_tab(&text, wall, now));
            }
        });
        channel.set_onmessage(Some(hear.as_ref().unchecked_ref()));
        let lock = Some(self.wait_to_lead(&name));
        *self.tabs.borrow_mut() = Some(Tabs { channel, name, lock, _hear: hear });
    }

    /// Says what the session has to say to the others. True where that was anything.
    pub(super) fn tell_tabs(self: &Rc<Self>) -> bool {
        if !self.read(Session::shares) {
            return false;
        }
        let mut busy = false;
        let step = self.session.borrow_mut().poll_lock();
        if let Some(step) = step {
            self.change_lock(step);
        }
        let (now, wall) = self.time();
        loop {
            let text = self.session.borrow_mut().poll_tab(wall, now);
            let Some(text) = text else { return busy };
            busy = true;
            if let Some(tabs) = self.tabs.borrow().as_ref() {
                // It fails where the page is going, and then nobody need hear it.
                let _ = tabs.channel.post_message(&JsValue::from_str(&text));
            }
        }
    }

    /// The page is frozen, or left and perhaps shown again.
    pub(super) fn hide_from_tabs(self: &Rc<Self>) {
        self.with(|session, _, now| session.handle_hide(now));
        let lock = self.tabs.borrow_mut().as_mut().and_then(|tabs| tabs.lock.take());
        drop(lock);
    }

    /// The page is back.
    pub(super) fn return_to_tabs(self: &Rc<Self>) {
        let name = self.tabs.borrow().as_ref().filter(|tabs| tabs.lock.is_none()).map(|tabs| tabs.name.clone());
        let Some(name) = name else { return };
        self.with(|session, _, now| session.handle_show(now));
        let lock = self.wait_to_lead(&name);
        if let Some(tabs) = self.tabs.borrow_mut().as_mut() {
            tabs.lock = Some(lock);
        }
    }

    fn change_lock(self: &Rc<Self>, step: LockStep) {
        let before = self.tabs.borrow_mut().as_mut().and_then(|tabs| tabs.lock.take());
        drop(before);
        let name = self.tabs.borrow().as_ref().map(|tabs| tabs.name.clone());
        let lock = name.and_then(|name| match step {
            LockStep::GiveUp => None,
            LockStep::Take => Some(Lock::take(&name, self.leads())),
            LockStep::Wait => Some(self.wait_to_lead(&name)),
        });
        if let Some(tabs) = self.tabs.borrow_mut().as_mut() {
            tabs.lock = lock;
        }
    }

    fn wait_to_lead(self: &Rc<Self>, name: &str) -> Lock {
        Lock::request(name, self.leads())
    }

    /// What happens once the lock is ours.
    fn leads(self: &Rc<Self>) -> impl FnOnce() + 'static {
        let driver: Weak<Self> = Rc::downgrade(self);
        move || {
            if let Some(driver) = driver.upgrade() {
                driver.with(|session, wall, now| session.handle_lead(wall, now));
            }
        }
    }
}
