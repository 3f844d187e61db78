//! A hidden tab leaves the lead to a visible one: its timers are throttled, and it may be frozen at any moment.
//!
//! The visible one opens its feed first and takes the lock once that is believed, so no event is missed: until it says that it leads, all
//! hear the one before, and what its own feed told meanwhile it knows already.

use super::message::Message;
use super::{LockStep, Other};
use crate::machine::time::Instant;
use crate::session::Session;
use crate::session::background::HIDDEN_MS;

impl Session {
    /// Whether any of the other tabs is on somebody's screen.
    pub(in crate::session) fn another_is_visible(&self) -> bool {
        self.tabs.as_ref().is_some_and(|tabs| tabs.others.iter().any(|other| other.visible))
    }

    /// We are shown, or hidden: the leader is told at once.
    pub(in crate::session) fn tell_visibility(&mut self, now: Instant) {
        if let Some(tabs) = &mut self.tabs {
            tabs.list_due = tabs.list_due.map(|_| now);
        }
        if self.follows() && self.attention.hidden_since.is_some() {
            // What was begun on the leader's wish comes too late.
            self.stop_feed();
        }
    }

    /// Another tab is shown, or hidden.
    pub(super) fn note_visible(&mut self, tab: u64, visible: bool, now: Instant) {
        let others = self.tabs.iter_mut().flat_map(|tabs| &mut tabs.others);
        others.filter(|other| other.tab == tab).for_each(|other| other.visible = visible);
        self.review_attention(now);
        self.yield_lead(now);
    }

    /// When the lead is to be left to another tab.
    pub(super) fn yields_at(&self) -> Option<Instant> {
        let tabs = self.tabs.as_ref().filter(|tabs| tabs.leads)?;
        let hidden_for_long = self.attention.hidden_since? + HIDDEN_MS;
        self.another_is_visible().then(|| hidden_for_long.max(tabs.yields_from))
    }

    /// The lead is left to nobody for a while.
    pub(in crate::session) fn yield_later(&mut self, now: Instant) {
        self.tabs.iter_mut().for_each(|tabs| tabs.yields_from = now + HIDDEN_MS);
    }

    /// Time passed, or another tab is visible. A tab that does not take it is asked again: perhaps it is another by then.
    pub(super) fn yield_lead(&mut self, now: Instant) {
        if self.yields_at().is_none_or(|at| at > now) {
            return;
        }
        self.yield_later(now);
        let Some(tabs) = &mut self.tabs else { return };
        let visible = tabs.others.iter().filter(|other| other.visible);
        if let Some(&Other { tab, .. }) = visible.max_by_key(|other| other.heard_at) {
            let message = Message::Yields { epoch: tabs.epoch, tab };
            tabs.say(&message);
        }
    }

    /// The leader would have this tab lead.
    pub(super) fn prepare_to_lead(&mut self, tab: u64) {
        let ours = self.tabs.as_ref().is_some_and(|tabs| tabs.id == tab);
        if ours && self.attention.hidden_since.is_none() {
            self.feed.start();
        }
    }

    /// The feed that was opened on the leader's wish is believed.
    pub(in crate::session) fn take_lead(&mut self) {
        if let Some(tabs) = &mut self.tabs {
            tabs.lock = Some(LockStep::Take);
        }
    }

    /// Another tab took the lead: we wait for it again, like the others.
    pub(super) fn be_succeeded(&mut self, now: Instant) {
        let refused = self.credential.is_refused();
        let Some(tabs) = self.tabs.as_mut().filter(|tabs| tabs.leads) else { return };
        tabs.leads = false;
        if !refused {
            tabs.lock = Some(LockStep::Wait);
        }
        self.stop_feed();
        self.machine.halt_calls();
        self.probe_at = None;
        self.let_all_go(now);
        self.attend_anew(now);
    }
}
