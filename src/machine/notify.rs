//! From "something arrived" to "what you see changed": at most one change per chat and interval, the leading edge at once,
//! the last state always delivered.

use super::chat::PersonKey;
use super::deadline::Reason;
use super::happening::What;
use super::knowledge::{self, Knowledge};
use super::roster::ChatKey;
use super::snapshot::Cause;
use super::time::Instant;
use super::{Machine, Notice};

impl Machine {
    /// A person's state may have changed: sees to their deadlines and to whether listeners must hear.
    pub(super) fn settle(&mut self, key: ChatKey, person_key: PersonKey) {
        let Some(chat) = self.roster.get_mut(key) else { return };
        chat.compare(person_key);
        let Some(person) = chat.person_mut(person_key) else { return };
        let news = if self.config.tells { person.take_news() } else { None };
        let typing = person.typing();
        let due = [
            (typing.expires_at(), Reason::ActivityExpiry(key, person_key)),
            (typing.settles_at(&self.config), Reason::ActivitySettled(key, person_key)),
            (person.fades_at(&self.config), Reason::InferredFade(key, person_key)),
        ];
        for (at, reason) in due {
            // An entry that is too early only asks again; moving it on every repetition would cost more.
            if let Some(at) = at {
                self.deadlines.set_no_later(reason, at);
            }
        }
        if let Some(news) = news {
            self.tell(key, person_key, &news);
        }
    }

    /// Ends what was due of one person at `at`; what comes due later has its own turn.
    pub(super) fn expire(&mut self, key: ChatKey, person_key: PersonKey, cause: Cause, at: Instant, now: Instant) {
        let config = &self.config;
        let Some(person) = self.roster.get_mut(key).and_then(|chat| chat.person_mut(person_key)) else { return };
        person.advance(config, at);
        self.settle(key, person_key);
        self.changed(key, cause, now);
    }

    /// Derives what may be claimed of the chat as of `at`, and forgets availability that nothing vouches for any more.
    pub(super) fn review(&mut self, key: ChatKey, cause: Cause, at: Instant, now: Instant) {
        let Some(chat) = self.roster.get_mut(key) else { return };
        let subscription = &chat.subscription;
        let before = chat.knowledge;
        let after = knowledge::derive(subscription, self.link, &self.config, at);
        chat.knowledge = after;
        let graced = subscription.grace_until.is_some_and(|until| until > at);
        let believed = graced || matches!(chat.knowledge, Knowledge::Live { .. });
        let next = knowledge::changes_at(subscription, self.link, &self.config, at);
        let lost = std::mem::replace(&mut chat.believed, believed) && !believed;
        match next {
            Some(next) => self.deadlines.set_no_later(Reason::Knowledge(key), next),
            None => self.deadlines.remove(Reason::Knowledge(key)),
        }
        if lost {
            for person_key in chat.keys() {
                if let Some(person) = chat.person_mut(person_key) {
                    person.void_availability(at);
                }
                chat.compare(person_key);
            }
            self.tell_everybody(key);
        }
        if after != before {
            self.happened(key, None, What::Knowledge(after), at);
        }
        self.changed(key, cause, now);
    }

    /// Publishes the chat if listeners would see a difference: now, or when the interval allows.
    pub(super) fn changed(&mut self, key: ChatKey, cause: Cause, now: Instant) {
        let Some(chat) = self.roster.get_mut(key) else { return };
        if !chat.differs() {
            return;
        }
        if !chat.subscription.is_watched() && chat.shown_knowledge == Knowledge::Unwatched {
            // Kept silently: nobody asked to hear of it.
            chat.publish();
            return;
        }
        let free_at = chat.notified_at.map_or(Instant::ZERO, |at| at + self.config.notify_interval_ms);
        let waits = chat.cause.replace(cause).is_some();
        if free_at <= now {
            self.publish_if_changed(key, now);
        } else if !waits {
            self.deadlines.set(Reason::Notify(key), free_at);
        }
    }

    /// Hands the chat's state to listeners unless it went back to what they know.
    pub(super) fn publish_if_changed(&mut self, key: ChatKey, now: Instant) {
        if let Some(overdue) = &mut self.overdue {
            overdue.push(key);
            return;
        }
        self.deadlines.remove(Reason::Notify(key));
        let Some(chat) = self.roster.get_mut(key) else { return };
        let cause = chat.cause.take();
        if !chat.differs() {
            return;
        }
        chat.publish();
        chat.notified_at = Some(now);
        self.counters.changes += 1;
        self.notices.push_back(Notice { chat: key, cause: cause.unwrap_or(Cause::Expiry) });
    }

    /// Forgets everything due for chats that were forgotten.
    pub(super) fn drop_forgotten(&mut self) {
        while let Some((key, chat)) = self.roster.next_forgotten() {
            self.drop_deadlines(key, chat.keys());
        }
    }

    /// Forgets everything due for a chat that is gone.
    pub(super) fn drop_deadlines(&mut self, key: ChatKey, people: impl Iterator<Item = PersonKey>) {
        for reason in [Reason::Knowledge(key), Reason::Renewal(key), Reason::Linger(key), Reason::Notify(key)] {
            self.deadlines.remove(reason);
        }
        for person in people {
            self.deadlines.remove(Reason::ActivityExpiry(key, person));
            self.deadlines.remove(Reason::ActivitySettled(key, person));
            self.deadlines.remove(Reason::InferredFade(key, person));
        }
    }
}
