//! Two chats that turned out to be one: what was known of either is known of both.

use super::Machine;
use super::deadline::Reason;
use super::happening::What;
use super::id::Address;
use super::roster::ChatKey;
use super::snapshot::Cause;
use super::time::{Instant, UnixMs};
use super::typing::EndedBy;

impl Machine {
    /// Two chats are one: watches, the better lease and the newest of every dimension go to the canonical one.
    pub(super) fn join_chats(&mut self, from: ChatKey, into: ChatKey, wall: UnixMs, now: Instant) {
        if from == into {
            return;
        }
        if let Some(chat) = self.roster.get_mut(from) {
            self.queue.remove(from, &mut chat.subscription);
        }
        let Some(old) = self.roster.take(from, into) else { return };
        self.drop_deadlines(from, old.keys());
        self.turned_away.remove(&from);
        let was_watched = old.subscription.is_watched();
        if let Some(theirs) = old.contact()
            && let Ok(person_key) = self.roster.join(into, &Address::from(&self.canonical_of(into)), &self.config)
        {
            if let Some(mine) = self.roster.get_mut(into).and_then(|chat| chat.person_mut(person_key)) {
                mine.merge(theirs, wall);
            }
            self.settle(into, person_key);
        }
        self.watches.lead(from, into);
        if let Some(chat) = self.roster.get_mut(into) {
            chat.last_inbound = chat.last_inbound.max(old.last_inbound);
            chat.active_until = chat.active_until.max(old.active_until);
            chat.reshaped = true;
            if was_watched && chat.subscription.is_watched() {
                // Two watched chats became one.
                self.watched -= 1;
            }
            let mine_watched = chat.subscription.is_watched();
            let turned_away = match (mine_watched, was_watched) {
                (true, true) => chat.subscription.turned_away && old.subscription.turned_away,
                (true, false) => chat.subscription.turned_away,
                (false, _) => old.subscription.turned_away,
            };
            chat.subscription.join(&old.subscription);
            chat.subscription.turned_away = turned_away;
            if chat.subscription.turned_away {
                self.turned_away.insert(into, ());
            } else {
                self.turned_away.remove(&into);
            }
            if let Some(until) = chat.subscription.lingers_until {
                self.deadlines.set(Reason::Linger(into), until);
            }
        }
        if was_watched {
            self.roster.hold(into);
            self.resume(into, now);
        }
        if let Some(kind) = old.contact().and_then(|theirs| theirs.told.activity) {
            // It goes on under the other id, if it does.
            self.happened(from, old.keys().next(), What::Ended(kind, EndedBy::Paused), now);
        }
        self.happened(into, None, What::Joined(from), now);
        self.review(into, Cause::Alias, now, now);
        self.admit(now);
    }

    fn canonical_of(&self, key: ChatKey) -> super::id::Id {
        self.roster.get(key).map_or_else(|| unreachable!("both chats of a join exist"), |chat| chat.id.clone())
    }
}
