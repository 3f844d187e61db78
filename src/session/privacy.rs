//! Why somebody is hidden: whoever shows nobody when they were online is shown nobody's either.
//!
//! Asked where a gateway says that somebody hides, and seldom: settings hardly change.

use super::Session;
use super::calls::{Purpose, Queued};
use crate::gateway::{Answer, Call, Capability};
use crate::machine::time::Instant;

impl Session {
    /// Asks for our own settings, once for as long as a hidden chat is left alone.
    pub(super) fn explain_denials(&mut self, now: Instant) {
        if !self.machine.take_denial() || !self.capabilities.has(Capability::TellsHidden) {
            return;
        }
        let retry_ms = self.machine.config().hidden_retry_ms;
        if self.machine.config().subscribes && self.privacy_asked_at.is_none_or(|at| now.since(at) >= retry_ms) {
            self.privacy_asked_at = Some(now);
            let id = self.next_id();
            self.waiting.push_back(Queued { id, call: Call::Privacy, purpose: Purpose::Privacy });
        }
    }

    /// The answer. One that cannot be had explains nothing, and is nobody's concern.
    pub(super) fn privacy_told(&mut self, answer: &Answer<'_>, now: Instant) {
        if let Answer::Privacy { shares_last_seen, shares_online, .. } = answer {
            let hides = *shares_last_seen == Some(false) || *shares_online == Some(false);
            self.machine.handle_privacy(hides, now);
        }
    }
}
