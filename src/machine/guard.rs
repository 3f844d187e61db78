//! Whom we may ask about: people who wrote first, and lately. Watching strangers is what gets accounts banned.

use super::Machine;
use super::deadline::Reason;
use super::id::Id;
use super::knowledge::Refusal;
use super::roster::ChatKey;
use super::snapshot::Cause;
use super::time::{Instant, UnixMs};

/// What happens to a chat whose last message is unknown or long ago.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Guard {
    /// It is asked for, and counted.
    #[default]
    Warn,
    /// It is refused until they write.
    Strict,
    /// Nothing.
    Off,
}

/// After their last message a conversation counts as active for this long, in ms: WhatsApp's service window.
pub const SERVICE_WINDOW_MS: u64 = 86_400_000;

impl Machine {
    /// The application knows when they last wrote in a chat.
    pub fn note_inbound(&mut self, id: &Id, at: UnixMs, wall: UnixMs, now: Instant) {
        self.handle_timeout(now);
        let key = self.open_chat(&id.into());
        let Some(chat) = self.roster.get_mut(key) else { return };
        chat.last_inbound = chat.last_inbound.max(Some(at));
        self.note_list_change();
        self.note_written(key, wall.as_ms().saturating_sub(at.as_ms()), now);
    }

    /// Somebody else wrote in a chat so long ago: if it was refused for their silence, it is asked for.
    pub(super) fn note_written(&mut self, key: ChatKey, age_ms: u64, now: Instant) {
        let (Some(left_ms), Some(chat)) = (SERVICE_WINDOW_MS.checked_sub(age_ms), self.roster.get_mut(key)) else {
            return;
        };
        chat.active_until = chat.active_until.max(Some(now + left_ms));
        if chat.subscription.refused == Some(Refusal::OutsideWindow) && left_ms > 0 {
            chat.subscription.refused = None;
            self.resume(key, now);
            self.review(key, Cause::Message, now, now);
        }
    }

    /// Whether a chat may be asked for. One that may not is refused from here on.
    pub(super) fn passes_guard(&mut self, key: ChatKey, now: Instant) -> bool {
        if self.config.guard != Guard::Strict {
            return true;
        }
        let Some(chat) = self.roster.get_mut(key) else { return false };
        let active = chat.active_until.is_some_and(|until| until > now);
        if !active && chat.subscription.is_watched() {
            chat.subscription.refused = Some(Refusal::OutsideWindow);
            self.queue.remove(key, &mut chat.subscription);
            self.deadlines.remove(Reason::Renewal(key));
            self.review(key, Cause::Lease, now, now);
        }
        active
    }

    /// Counts a chat that begins to be watched although nobody wrote lately.
    pub(super) fn count_unprompted(&mut self, key: ChatKey, now: Instant) {
        let until = self.roster.get(key).and_then(|chat| chat.active_until);
        let prompted = until.is_some_and(|until| until > now);
        if self.config.guard == Guard::Warn && self.config.subscribes && !prompted {
            self.counters.unprompted += 1;
        }
    }
}
