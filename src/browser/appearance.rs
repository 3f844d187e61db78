//! How our account appears to others, as far as the page has a part in it: what other tabs claim, last words, the policy's one tab.

use std::rc::Rc;

use super::driver::Driver;
use super::fetch;
use super::lock::Lock;
use crate::patterns::policy::Policy;

impl Driver {
    /// What other tabs spent, and whether they claim that we are online.
    pub(super) fn read_others(&self) {
        let (now, wall) = self.time();
        let mut session = self.session.borrow_mut();
        self.ledger.read(&mut session, wall, now);
        self.claims.read(&mut session, wall, now);
    }

    /// Says what is to be said before the page goes: nobody waits for the answers.
    pub(super) fn leave(&self) {
        self.keep();
        let (now, wall) = self.time();
        self.claims.read(&mut self.session.borrow_mut(), wall, now);
        let last_words = self.session.borrow_mut().leave(now);
        for request in &last_words {
            fetch::send_away(request);
        }
        self.claims.forget();
    }

    /// Sets when our account is online by itself. One tab of this browser sees to it.
    pub(crate) fn set_policy(self: &Rc<Self>, policy: Option<Policy>) {
        let before = self.policy_lock.borrow_mut().take();
        drop(before);
        let has_one = policy.is_some();
        let mut name = "wa-presence:policy:".to_owned();
        self.with(|session, _, now| {
            name.push_str(&session.ledger_name());
            session.patterns_mut().own.set_policy(policy, now);
        });
        if has_one {
            let driver = Rc::downgrade(self);
            let lead = move || {
                let Some(driver) = driver.upgrade() else { return };
                driver.with(|session, _, now| session.patterns_mut().own.lead_policy(now));
            };
            *self.policy_lock.borrow_mut() = Some(Lock::request(&name, lead));
        }
    }
}
