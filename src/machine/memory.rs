//! What one machine knows, as another takes it over that begins where it ended: in a page that is loaded again, or behind a relay.
//!
//! A record is worth what it says, as of when it was made: what has ended since ends at once, a lease that ran out is none, and whatever
//! is on its way from the gateway is newer.

use super::Machine;
use super::chat::PersonKey;
use super::id::{Address, Id};
use super::knowledge::{Hiding, Refusal};
use super::presence::{Availability, Basis, LastKnown, LastSeen};
use super::roster::ChatKey;
use super::snapshot::Cause;
use super::subscription::Lease;
use super::time::{Instant, UnixMs};
use super::typing::{ActivityKind, LastActivity};

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

/// A chat as another machine knows it.
#[derive(Clone, Debug)]
pub struct ChatMemory {
    /// The canonical id.
    pub chat: Id,
    /// Other ids of the same person.
    pub also: Vec<Id>,
    /// What the last call bought.
    pub lease: Option<Lease>,
    /// Whether the gateway told of it since.
    pub heard: bool,
    /// Whether availability was worth showing.
    pub believed: bool,
    /// Whether their other id was looked up.
    pub looked_up: bool,
    /// Why the gateway does not serve it.
    pub refused: Option<Refusal>,
    /// Who hides.
    pub hidden: Option<Hiding>,
    /// When they last wrote.
    pub last_inbound: Option<UnixMs>,
    /// Its people.
    pub people: Vec<Memory<'static>>,
}

impl Machine {
    /// All that is known of a chat.
    #[must_use]
    pub fn memory(&self, key: ChatKey) -> Option<ChatMemory> {
        let chat = self.roster.get(key)?;
        let people = chat.members.iter().filter(|member| !member.merged).map(|member| {
            let (view, evidence, typing) = (member.person.view(), member.person.evidence(), member.person.typing());
            let ends_at = typing.settles_at(&self.config).or(typing.expires_at());
            Memory {
                participant: Address::from(&member.id).into_owned(),
                availability: view.availability,
                basis: view.basis,
                certain: view.certain,
                evidence_at: evidence.at,
                observed_at: member.person.observed_at(),
                activity: view.activity.zip(ends_at).map(|(activity, ends)| (activity.kind, activity.since, ends)),
                last_activity: view.last_activity,
                last_seen: view.last_seen,
                last_known: view.last_known,
                lag_ms: member.person.lag_ms,
            }
        });
        let subscription = &chat.subscription;
        Some(ChatMemory {
            chat: chat.id.clone(),
            also: chat.also.clone(),
            lease: subscription.lease,
            heard: subscription.heard,
            believed: chat.believed,
            looked_up: subscription.looked_up,
            // Our own guard judges for itself.
            refused: subscription.refused.filter(|refusal| *refusal != Refusal::OutsideWindow),
            hidden: subscription.hidden,
            last_inbound: chat.last_inbound,
            people: people.collect(),
        })
    }

    /// Takes over what another machine knows of a chat.
    pub fn recall(&mut self, memory: &ChatMemory, wall: UnixMs, now: Instant) {
        self.handle_timeout(now);
        for other in &memory.also {
            self.add_alias(&Address::from(other), &Address::from(&memory.chat), wall, now);
        }
        let key = self.open_chat(&Address::from(&memory.chat));
        self.recall_people(key, &memory.people, wall, now);
        let lease = memory.lease.filter(|lease| lease.sent_at <= now && lease.max_until > now);
        let Some(chat) = self.roster.get_mut(key) else { return };
        chat.last_inbound = chat.last_inbound.max(memory.last_inbound);
        let subscription = &mut chat.subscription;
        subscription.lease = lease;
        subscription.asked_at = lease.map(|lease| lease.sent_at);
        subscription.heard = memory.heard && lease.is_some();
        subscription.looked_up |= memory.looked_up;
        subscription.hidden = memory.hidden.filter(|_| lease.is_some());
        subscription.refused = memory.refused;
        let watched = subscription.is_watched();
        if watched {
            self.queue.remove(key, subscription);
            self.resume(key, now);
        } else {
            // Until it is watched; what nobody watches is not claimed for long.
            subscription.grace_until = memory.believed.then(|| now + self.config.push_grace_ms);
            self.recalled_at = Some(now);
        }
        self.review(key, Cause::Read, now, now);
    }

    pub(super) fn recall_people(
        &mut self,
        key: ChatKey,
        memories: &[Memory<'_>],
        wall: UnixMs,
        now: Instant,
    ) -> Vec<PersonKey> {
        let mut listed = Vec::new();
        for memory in memories {
            let Some(person_key) = self.participant(key, &memory.participant) else { continue };
            listed.push(person_key);
            if let Some(person) = self.roster.get_mut(key).and_then(|chat| chat.person_mut(person_key)) {
                person.recall(memory, &self.config, wall, now);
            }
            self.settle(key, person_key);
        }
        listed
    }

    /// When what is known of a participant was observed; `participant` is ignored outside groups.
    #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
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
    #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
    pub(super) fn end_others(&mut self, key: ChatKey, listed: &[PersonKey], now: Instant) {
        let Some(chat) = self.roster.get(key) else { return };
        for person_key in chat.keys().filter(|key| !listed.contains(key)) {
            if let Some(person) = self.roster.get_mut(key).and_then(|chat| chat.person_mut(person_key)) {
                person.stop(now);
            }
            self.settle(key, person_key);
        }
    }
}
