//! Chats that hide from us, and whether our own settings are why.

use super::Machine;
use super::deadline::Reason;
use super::id::Address;
use super::knowledge::Hiding;
use super::roster::ChatKey;
use super::snapshot::Cause;
use super::time::Instant;

impl Machine {
    /// An answer that says that a chat's presence is hidden from us.
    pub fn handle_hidden(&mut self, chat: &Address<'_>, hiding: Hiding, now: Instant) {
        self.handle_timeout(now);
        self.counters.observations += 1;
        self.hide(chat, hiding, now);
    }

    /// Hidden is not offline: nothing is claimed until something is heard.
    pub(super) fn hide(&mut self, address: &Address<'_>, hiding: Hiding, now: Instant) {
        if self.roster.is_own(address.as_str()) {
            return;
        }
        let key = self.open_chat(address);
        self.denied |= hiding == Hiding::Deny;
        let Some(chat) = self.roster.get_mut(key) else { return };
        chat.subscription.hidden = Some(if self.hides_own { Hiding::Reciprocity } else { hiding });
        if self.config.subscribes && chat.subscription.is_watched() {
            self.deadlines.set(Reason::Renewal(key), now + self.config.hidden_retry_ms);
        }
        self.review(key, Cause::Read, now, now);
    }

    /// Whether somebody turned out to hide since this was last called: our own privacy settings may be why.
    pub fn take_denial(&mut self) -> bool {
        std::mem::take(&mut self.denied)
    }

    /// Our own privacy settings: whoever shares nothing is told nothing.
    pub fn handle_privacy(&mut self, hides_own: bool, now: Instant) {
        self.handle_timeout(now);
        self.hides_own = hides_own;
        let (before, after) =
            if hides_own { (Hiding::Deny, Hiding::Reciprocity) } else { (Hiding::Reciprocity, Hiding::Deny) };
        let keys: Vec<ChatKey> = self.roster.keys().collect();
        for key in keys {
            let Some(chat) = self.roster.get_mut(key).filter(|chat| chat.subscription.hidden == Some(before)) else {
                continue;
            };
            chat.subscription.hidden = Some(after);
            self.review(key, Cause::Read, now, now);
        }
    }
}
