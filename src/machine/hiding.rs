//! Chats that hide from us, and whether our own settings are why.

use super::Machine;
use super::deadline::Reason;
use super::id::Address;
use super::knowledge::{Hiding, Knowledge};
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
        self.share(now);
    }

    /// We told everybody that we are online, or offline: whoever is not there is told of nobody.
    pub fn handle_own(&mut self, online: bool, now: Instant) {
        self.handle_timeout(now);
        self.own_offline = !online;
        self.share(now);
    }

    /// What we share may have changed, and with it what is told to us. Who begins to share asks again: only then is the present
    /// state told.
    fn share(&mut self, now: Instant) {
        let hidden = self.own_offline || self.hides_own;
        if std::mem::replace(&mut self.link.own_hidden, hidden) == hidden {
            return;
        }
        let keys: Vec<ChatKey> = self.watched_chats().collect();
        for key in keys {
            let unheard = matches!(self.knowledge(key), Knowledge::Hidden(_));
            self.review(key, Cause::Connection, now, now);
            if unheard && !hidden {
                self.enqueue(key, now);
            }
        }
    }
}
