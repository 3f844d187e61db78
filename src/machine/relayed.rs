//! What a relay tells: it holds a machine of its own, subscribes for everybody, and its word is taken for what may be claimed.
//!
//! Observations go the same way as a gateway's. What is told beside them is what cannot be concluded from them: how much a chat's
//! availability is worth, until when, and all that the relay knew before we came.

use super::Machine;
use super::chat::PersonKey;
use super::few::Few;
use super::id::{Address, Id};
use super::knowledge::{Knowledge, Lapse};
use super::observation::Envelope;
use super::presence::{Availability, Basis, LastKnown, LastSeen};
use super::roster::ChatKey;
use super::snapshot::Cause;
use super::subscription::{Lease, Priority};
use super::time::{Instant, UnixMs};
use super::typing::{ActivityKind, LastActivity};

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

/// One participant as another machine knows them.
#[derive(Clone, Debug)]
pub struct Memory<'a> {
    /// Who.
    pub participant: Address<'a>,
    /// Whether they are there.
    pub availability: Availability,
    /// How that is known.
    pub basis: Basis,
    /// False where "offline" may be hiding.
    pub certain: bool,
    /// What that rests on was observed then.
    pub evidence_at: Instant,
    /// When the latest observation of them was made.
    pub observed_at: Option<Instant>,
    /// What they do, since when, and until when unless it is repeated.
    pub activity: Option<(ActivityKind, Instant, Instant)>,
    /// What they did before.
    pub last_activity: Option<LastActivity>,
    /// When they were last online.
    pub last_seen: Option<LastSeen>,
    /// What was known before it was lost.
    pub last_known: Option<LastKnown>,
    /// By how much the latest observation was late, in ms.
    pub lag_ms: u64,
}

/// When what is known of a participant was observed: what their view leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Observed {
    /// The latest observation of all.
    pub at: Option<Instant>,
    /// What the availability rests on.
    pub availability_at: Instant,
    /// When what they do ends unless it is repeated; one that pauses ends once the pause has settled.
    pub ends_at: Option<Instant>,
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
        let mut listed = Vec::new();
        for memory in memories.iter() {
            let Some(person_key) = self.participant(key, &memory.participant) else { continue };
            listed.push(person_key);
            if let Some(person) = self.roster.get_mut(key).and_then(|chat| chat.person_mut(person_key)) {
                person.recall(memory, &self.config, wall, now);
            }
            self.settle(key, person_key);
        }
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

    /// Whether what is followed, or how much it matters, changed since this was last called.
    pub fn take_list_change(&mut self) -> bool {
        std::mem::take(&mut self.list_changed)
    }

    /// Whether events have failed to reach us for so long that what they told is void.
    #[must_use]
    pub const fn has_lapsed(&self) -> bool {
        self.link.feed_lapsed
    }

    /// The chats to be followed for us, the most important ones first.
    #[must_use]
    pub fn followed(&self) -> Vec<Followed> {
        let chats = self.roster.chats().filter(|(_, chat)| chat.subscription.is_watched());
        let mut list: Vec<_> = chats
            .filter(|(_, chat)| !chat.subscription.turned_away)
            .map(|(_, chat)| Followed {
                chat: chat.id.clone(),
                priority: chat.subscription.priority().unwrap_or(Priority::Background),
                last_inbound: chat.last_inbound,
                fresh: chat.subscription.told.is_none(),
            })
            .collect();
        list.sort_by_key(|followed| followed.priority);
        list
    }

    /// When what is known of a participant was observed; `participant` is ignored outside groups.
    #[must_use]
    pub fn observed(&self, chat: ChatKey, participant: &str) -> Option<Observed> {
        let chat = self.roster.get(chat)?;
        let person = chat.person(chat.find(self.roster.canonical(participant))?)?;
        let typing = person.typing();
        Some(Observed {
            at: person.observed_at(),
            availability_at: person.evidence().at,
            ends_at: typing.settles_at(&self.config).or(typing.expires_at()),
        })
    }

    /// Whoever is not listed does nothing.
    fn end_others(&mut self, key: ChatKey, listed: &[PersonKey], now: Instant) {
        let Some(chat) = self.roster.get(key) else { return };
        for person_key in chat.keys().filter(|key| !listed.contains(key)) {
            if let Some(person) = self.roster.get_mut(key).and_then(|chat| chat.person_mut(person_key)) {
                person.stop(now);
            }
            self.settle(key, person_key);
        }
    }
}
