//! What a relay tells: it holds a machine of its own, subscribes for everybody, and its word is taken for what may be claimed.
//!
//! Observations go the same way as a gateway's. What is told beside them is what cannot be concluded from them: how much a chat's
//! availability is worth, until when, and all that the relay knew before we came.

use super::Machine;
use super::few::Few;
use super::id::{Address, Id};
use super::knowledge::{Knowledge, Lapse};
use super::memory::Memory;
use super::observation::Envelope;
use super::roster::ChatKey;
use super::snapshot::Cause;
use super::subscription::{Lease, Priority};
use super::time::{Instant, UnixMs};

/// A chat to be followed for us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Followed {
    /// By which id.
    pub chat: Id,
    /// How much it matters.
    pub priority: Priority,
    /// When they last wrote, as far as we know.
    pub last_inbound: Option<UnixMs>,
    /// Whether nothing is known of it here, so that all that is known is to be told.
    pub fresh: bool,
}

/// What may be claimed of a chat, and until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The knowledge.
    pub knowledge: Knowledge,
    /// What the gateway said where it refused the chat.
    pub detail: Option<String>,
    /// What the relay's own call bought.
    pub lease: Option<Lease>,
}

impl Machine {
    /// A gateway told the relay something, which reached it at `arrived`.
    pub fn handle_relayed(&mut self, envelope: &Envelope<'_>, arrived: Instant, wall: UnixMs, now: Instant) {
        self.handle_arrival(envelope, arrived.min(now), wall, now);
    }

    /// The relay told what may be claimed of a chat.
    pub fn handle_word(&mut self, chat: &Address<'_>, word: Word, now: Instant) {
        self.handle_timeout(now);
        let Some(key) = self.find(chat.as_str()) else { return };
        let Some(chat) = self.roster.get_mut(key) else { return };
        let Word { knowledge, detail, lease } = word;
        let subscription = &mut chat.subscription;
        subscription.told = (knowledge != Knowledge::Unwatched).then_some(knowledge);
        subscription.tells_anew = false;
        subscription.lease = lease;
        let words = detail.map(String::into_boxed_str).filter(|_| matches!(knowledge, Knowledge::Refused(_)));
        subscription.refusal_words = words;
        self.review(key, Cause::Lease, now, now);
    }

    /// The relay told all that it knows of a chat's people: that is the latest, whatever was heard here.
    pub fn handle_memories(
        &mut self,
        chat: &Address<'_>,
        memories: &Few<Memory<'_>>,
        last_inbound: Option<UnixMs>,
        wall: UnixMs,
        now: Instant,
    ) {
        self.handle_timeout(now);
        let key = self.open_chat(chat);
        let listed = self.recall_people(key, memories, wall, now);
        self.end_others(key, &listed, now);
        if let Some(chat) = self.roster.get_mut(key) {
            chat.last_inbound = chat.last_inbound.max(last_inbound);
        }
        self.review(key, Cause::Read, now, now);
    }

    /// What was told before is void: the relay begins anew, and tells all of it again.
    pub fn handle_reset(&mut self, now: Instant) {
        self.handle_timeout(now);
        let keys: Vec<ChatKey> = self.watched_chats().collect();
        for key in keys {
            if let Some(chat) = self.roster.get_mut(key) {
                chat.subscription.lapse(now);
                chat.subscription.told = Some(Knowledge::Lapsed(Lapse::Feed));
            }
            self.review(key, Cause::Connection, now, now);
        }
    }

    /// All that is known of a chat is to be told again: another tab follows it, and knows nothing.
    pub fn tell_anew(&mut self, key: ChatKey) {
        if let Some(chat) = self.roster.get_mut(key) {
            chat.subscription.tells_anew = true;
            self.list_changed = true;
        }
    }

    /// Whether events have failed to reach us for so long that what they told is void.
    #[must_use]
    pub const fn has_lapsed(&self) -> bool {
        self.link.feed_lapsed
    }

    /// The chats to be followed for us, the most important ones first.
    #[must_use]
    pub fn followed(&self) -> Vec<Followed> {
        let mut list = Vec::new();
        // Sorting them costs more bytes than three looks.
        for priority in [Priority::Focused, Priority::Visible, Priority::Background] {
            let chats = self.roster.chats().map(|(_, chat)| chat).filter(|chat| {
                let subscription = &chat.subscription;
                let own = subscription.priority().unwrap_or(Priority::Background);
                subscription.is_watched() && !subscription.turned_away && own == priority
            });
            list.extend(chats.map(|chat| Followed {
                chat: chat.id.clone(),
                priority,
                last_inbound: chat.last_inbound,
                fresh: chat.subscription.told.is_none() || chat.subscription.tells_anew,
            }));
        }
        list
    }
}
