//! What callers ask to follow: counted watches, their priorities, and the linger that makes a remount free.

use super::Machine;
use super::config::Config;
use super::deadline::Reason;
use super::id::{Address, Id};
use super::roster::ChatKey;
use super::snapshot::Cause;
use super::sorted_map::{Key, SortedMap};
use super::subscription::Priority;
use super::time::Instant;

/// One caller's wish to follow a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WatchId(u64);

impl WatchId {
    /// The number.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }
}

impl Key for WatchId {
    fn place_after(&self, first: &Self) -> Option<usize> {
        usize::try_from(self.0.checked_sub(first.0)?).ok()
    }
}

/// All watches. One that ended keeps its place until as many ended as live: closing up each time would move all behind it.
#[derive(Debug, Default)]
pub(super) struct Watches {
    entries: SortedMap<WatchId, Option<(ChatKey, Priority)>>,
    ended: usize,
    next: u64,
}

impl Watches {
    fn begin(&mut self, chat: ChatKey, priority: Priority) -> WatchId {
        let watch = WatchId(self.next);
        self.next += 1;
        self.entries.insert(watch, Some((chat, priority)));
        watch
    }

    fn get(&self, watch: WatchId) -> Option<(ChatKey, Priority)> {
        self.entries.get(&watch).copied().flatten()
    }

    fn get_mut(&mut self, watch: WatchId) -> Option<&mut (ChatKey, Priority)> {
        self.entries.get_mut(&watch)?.as_mut()
    }

    fn end(&mut self, watch: WatchId) -> Option<(ChatKey, Priority)> {
        let ended = self.entries.get_mut(&watch)?.take()?;
        self.ended += 1;
        if self.ended * 2 > self.entries.len() {
            self.entries.retain(Option::is_some);
            self.ended = 0;
        }
        Some(ended)
    }

    /// Those of one chat follow another from here on.
    pub(super) fn lead(&mut self, from: ChatKey, into: ChatKey) {
        for (chat, _) in self.entries.iter_mut().filter_map(|(_, watched)| watched.as_mut()) {
            if *chat == from {
                *chat = into;
            }
        }
    }
}

impl Machine {
    /// Follows a chat from here on. Every watch is ended by [`Machine::unwatch`], once.
    pub fn watch(&mut self, id: &Id, priority: Priority, now: Instant) -> WatchId {
        self.handle_timeout(now);
        self.note_list_change();
        let key = self.open_chat(&Address::from(id));
        let watch = self.watches.begin(key, priority);
        self.roster.hold(key);
        let Some(chat) = self.roster.get_mut(key) else { return watch };
        let lingered = chat.subscription.lingers_until.is_some();
        let first = chat.subscription.watch(priority);
        self.begin_watch(key, first, lingered, now);
        watch
    }

    /// Asks for a chat on behalf of other tabs, to which it matters so much; nothing where none of them follows it any more.
    pub fn lend(&mut self, id: &Id, priority: Option<Priority>, now: Instant) {
        self.handle_timeout(now);
        let key = match priority {
            Some(_) => self.open_chat(&Address::from(id)),
            None => match self.find(id.as_str()) {
                Some(key) => key,
                None => return,
            },
        };
        let Some(chat) = self.roster.get_mut(key) else { return };
        let lingered = chat.subscription.lingers_until.take_if(|_| priority.is_some()).is_some();
        let first = !lingered && !chat.subscription.is_watched();
        let was_lent = std::mem::replace(&mut chat.subscription.lent, priority).is_some();
        if priority.is_some() {
            self.roster.hold(key);
            self.begin_watch(key, first, lingered, now);
        } else if was_lent {
            self.leave_watch(key, now);
        }
    }

    /// Somebody watches a chat: the `first`, or after nobody did for a moment, or besides others.
    fn begin_watch(&mut self, key: ChatKey, first: bool, lingered: bool, now: Instant) {
        let max = self.config.max_watched;
        let Some(chat) = self.roster.get_mut(key) else { return };
        self.deadlines.remove(Reason::Linger(key));
        if !first {
            self.queue.reorder(key, &mut chat.subscription, now);
            // A turn or a renewal may have come and gone while nobody watched.
            if lingered {
                self.resume(key, now);
            }
            return;
        }
        let full = self.watched - self.turned_away.len() >= max;
        self.watched += 1;
        chat.subscription.begin(&self.config, now);
        if full {
            chat.subscription.turned_away = true;
            self.turned_away.insert(key, ());
        }
        // The caller reads the first snapshot as the watch begins; only what differs from it is a change.
        self.count_unprompted(key, now);
        self.passes_guard(key, now);
        let Some(chat) = self.roster.get_mut(key) else { return };
        chat.knowledge = super::knowledge::derive(&chat.subscription, self.link, &self.config, now);
        chat.publish();
        self.resume(key, now);
        self.review(key, Cause::Watch, now, now);
    }

    /// Ends one watch. The chat lingers for a moment in case it is watched again.
    pub fn unwatch(&mut self, watch: WatchId, now: Instant) {
        self.handle_timeout(now);
        self.note_list_change();
        let Some((key, priority)) = self.watches.end(watch) else { return };
        if let Some(chat) = self.roster.get_mut(key) {
            chat.subscription.unwatch(priority);
        }
        self.leave_watch(key, now);
    }

    /// One less watches a chat. The last one leaves it lingering.
    fn leave_watch(&mut self, key: ChatKey, now: Instant) {
        let Some(chat) = self.roster.get_mut(key) else { return };
        if chat.subscription.priority().is_some() {
            self.queue.reorder(key, &mut chat.subscription, now);
            return;
        }
        let until = now + self.config.linger_ms;
        chat.subscription.lingers_until = Some(until);
        self.queue.remove(key, &mut chat.subscription);
        self.deadlines.set(Reason::Linger(key), until);
    }

    /// Changes how much a watch matters.
    pub fn set_priority(&mut self, watch: WatchId, priority: Priority, now: Instant) {
        self.handle_timeout(now);
        self.note_list_change();
        let Some(entry) = self.watches.get_mut(watch) else { return };
        let (key, before) = std::mem::replace(entry, (entry.0, priority));
        let Some(chat) = self.roster.get_mut(key) else { return };
        chat.subscription.watch(priority);
        chat.subscription.unwatch(before);
        self.queue.reorder(key, &mut chat.subscription, now);
    }

    /// The chat a watch follows; another than before once two ids turned out to be one person.
    #[must_use]
    pub fn watched_by(&self, watch: WatchId) -> Option<ChatKey> {
        self.watches.get(watch).map(|(key, _)| key)
    }

    /// The highest priority with which a chat is watched.
    #[must_use]
    pub fn priority(&self, chat: ChatKey) -> Option<Priority> {
        self.roster.get(chat)?.subscription.priority()
    }

    /// Whether somebody watches a chat, or did a moment ago.
    #[must_use]
    pub fn is_watched(&self, chat: ChatKey) -> bool {
        self.roster.get(chat).is_some_and(|chat| chat.subscription.is_watched())
    }

    /// How many chats are watched, or were a moment ago.
    #[must_use]
    pub const fn watched(&self) -> usize {
        self.watched
    }

    /// What this tab watches, or did a moment ago, and how much it matters here.
    #[must_use]
    pub fn wanted_here(&self) -> Vec<(Id, Priority)> {
        let chats = self.roster.chats().filter_map(|(_, chat)| {
            let subscription = &chat.subscription;
            let lingers = subscription.lingers_until.map(|_| Priority::Background);
            Some((chat.id.clone(), subscription.own_priority().or(lingers)?))
        });
        chats.collect()
    }

    /// Whether a chat is asked for on behalf of other tabs alone.
    #[must_use]
    pub fn is_only_lent(&self, chat: ChatKey) -> bool {
        self.roster.get(chat).is_some_and(|chat| {
            let subscription = &chat.subscription;
            subscription.lent.is_some() && subscription.own_priority().is_none()
        })
    }

    /// Every chat that this tab watches at this moment, in the order they were first heard of.
    pub fn followed_chats(&self) -> impl Iterator<Item = ChatKey> + '_ {
        self.roster.chats().filter(|(_, chat)| chat.subscription.own_priority().is_some()).map(|(key, _)| key)
    }

    /// What the machine was told when it was made.
    #[must_use]
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// Puts a watched chat where its next call is due: into the queue, or at its renewal.
    pub(super) fn resume(&mut self, key: ChatKey, now: Instant) {
        let Some(chat) = self.roster.get(key) else { return };
        match chat.subscription.lease {
            Some(lease) if self.config.subscribes => {
                self.deadlines.set(Reason::Renewal(key), lease.renew_at(&self.config).max(now));
            }
            Some(_) | None => self.enqueue(key, now),
        }
        self.enqueue_look_up(key);
    }

    pub(super) fn end_linger(&mut self, key: ChatKey, at: Instant, now: Instant) {
        let Some(chat) = self.roster.get_mut(key) else { return };
        if chat.subscription.priority().is_some() {
            return;
        }
        self.queue.remove(key, &mut chat.subscription);
        chat.subscription.end();
        self.watched -= 1;
        self.note_list_change();
        self.turned_away.remove(&key);
        self.deadlines.remove(Reason::Renewal(key));
        self.roster.touch(key);
        self.roster.trim(&self.config, key);
        self.drop_forgotten();
        self.review(key, Cause::Watch, at, now);
        self.admit(now);
    }

    /// A place became free: the chat that has waited longest for one gets it.
    pub(super) fn admit(&mut self, now: Instant) {
        if self.watched - self.turned_away.len() >= self.config.max_watched {
            return;
        }
        let Some(key) = self.turned_away.iter().next().map(|(key, ())| *key) else { return };
        self.turned_away.remove(&key);
        self.note_list_change();
        if let Some(chat) = self.roster.get_mut(key) {
            chat.subscription.turned_away = false;
        }
        self.resume(key, now);
        self.review(key, Cause::Watch, now, now);
    }

    /// What is followed changed, or how much it matters: whoever follows it for us must hear of it.
    pub(super) fn note_list_change(&mut self) {
        self.list_changed = true;
    }

    /// Whether what is followed, or how much it matters, changed since this was last called.
    pub fn take_list_change(&mut self) -> bool {
        std::mem::take(&mut self.list_changed)
    }
}
