//! The chats and people we remember: found by any of their ids, capped, the least recently heard of forgotten first.
//!
//! It holds records and joins them when two ids turn out to be one person. It decides nothing about presence.

use super::chat::{Chat, PersonKey};
use super::config::Config;
use super::digest_table::{DigestTable, IdSpace, digest};
use super::id::{Address, Id};
use super::ranked_set::{Packed, RankedSet, low_u32, low_u64};
use super::sorted_map::{Key, SortedMap};
use super::time::UnixMs;
use super::typing::ActivityKind;

/// A chat's number within one machine; never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChatKey(pub(super) u32);

impl Key for ChatKey {
    fn place_after(&self, first: &Self) -> Option<usize> {
        usize::try_from(self.0.checked_sub(first.0)?).ok()
    }
}

/// Most `@lid` ↔ `@c.us` pairs remembered.
const MAX_ALIASES: usize = 20_000;
/// Most ids of our own account; it has two, each with a device.
const MAX_OWN_IDS: usize = 8;

/// A chat that made room for another.
pub(crate) type Forgotten = (ChatKey, Box<Chat>);

/// Why somebody cannot be recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turned {
    /// Does not belong to the chat.
    Stranger,
    /// A cap is reached.
    OverCap,
}

/// A chat's place in the order of forgetting.
#[derive(Clone, Copy, Debug)]
struct HeardOf(u64, ChatKey);

impl Packed for HeardOf {
    fn pack(self) -> u128 {
        (u128::from(self.0) << 32) | u128::from(self.1.0)
    }

    fn unpack(bits: u128) -> Self {
        Self(low_u64(bits >> 32), ChatKey(low_u32(bits)))
    }
}

/// All chats of one account.
#[derive(Debug)]
pub(crate) struct Roster {
    chats: SortedMap<ChatKey, Box<Chat>>,
    /// Chats by any of their ids.
    index: DigestTable,
    seed: u64,
    aliases: SortedMap<Id, Id>,
    own: Vec<Id>,
    forgettable: RankedSet<HeardOf>,
    forgotten: Vec<Forgotten>,
    next_key: u32,
    clock: u64,
    people: usize,
}

impl Roster {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            chats: SortedMap::default(),
            index: DigestTable::default(),
            seed,
            aliases: SortedMap::default(),
            own: Vec::new(),
            forgettable: RankedSet::default(),
            forgotten: Vec::new(),
            next_key: 0,
            clock: 0,
            people: 0,
        }
    }

    pub(crate) fn get(&self, key: ChatKey) -> Option<&Chat> {
        self.chats.get(&key).map(|chat| &**chat)
    }

    pub(crate) fn get_mut(&mut self, key: ChatKey) -> Option<&mut Chat> {
        self.chats.get_mut(&key).map(|chat| &mut **chat)
    }

    pub(crate) fn find(&self, id: &str) -> Option<ChatKey> {
        self.index.get(self.digest(id)).map(|key| ChatKey(low_u32(key.into())))
    }

    fn digest(&self, id: &str) -> u128 {
        digest(self.seed, IdSpace::Chat, id)
    }

    fn index(&mut self, id: &str, key: ChatKey) {
        self.index.insert(self.digest(id), key.0.into());
    }

    fn unindex(&mut self, id: &str) -> Option<ChatKey> {
        self.index.remove(self.digest(id)).map(|key| ChatKey(low_u32(key.into())))
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = ChatKey> + '_ {
        self.chats.iter().map(|(key, _)| *key)
    }

    pub(crate) fn chats(&self) -> impl Iterator<Item = (ChatKey, &Chat)> {
        self.chats.iter().map(|(key, chat)| (*key, &**chat))
    }

    pub(crate) fn len(&self) -> usize {
        self.chats.len()
    }

    pub(crate) const fn people(&self) -> usize {
        self.people
    }

    /// Whether the id is our own account's.
    #[inline]
    pub(crate) fn is_own(&self, id: &str) -> bool {
        self.own.iter().any(|own| own.as_str() == id)
    }

    /// Notes an id of our own account. True when it is new.
    pub(crate) fn note_own(&mut self, address: &Address<'_>) -> bool {
        let new = !self.is_own(address.as_str()) && self.own.len() < MAX_OWN_IDS;
        if new {
            self.own.push(address.to_id());
        }
        new
    }

    /// The id under which a person is recorded.
    pub(crate) fn canonical<'a>(&'a self, id: &'a str) -> &'a str {
        self.aliases.get(id).map_or(id, Id::as_str)
    }

    /// Finds or makes the chat; others may be forgotten for it.
    pub(crate) fn open(&mut self, address: &Address<'_>, config: &Config) -> ChatKey {
        if let Some(key) = self.find(address.as_str()) {
            self.touch(key);
            return key;
        }
        let canonical = self.aliases.get(address.as_str()).cloned();
        if let Some(key) = canonical.as_ref().and_then(|id| self.find(id.as_str())) {
            self.lead(address, key);
            self.touch(key);
            return key;
        }
        let key = ChatKey(self.next_key);
        self.next_key += 1;
        let id = canonical.unwrap_or_else(|| address.to_id());
        self.index(id.as_str(), key);
        self.chats.insert(key, Box::new(Chat::new(id)));
        self.lead(address, key);
        self.touch(key);
        self.trim(config, key);
        key
    }

    /// Forgets the chats least recently heard of until no more are remembered than may be.
    pub(crate) fn trim(&mut self, config: &Config, except: ChatKey) {
        while self.forgettable.len() > config.max_unwatched && self.forget_oldest(except) {}
    }

    /// The next chat that was forgotten and whose deadlines are not gone yet.
    pub(crate) fn next_forgotten(&mut self) -> Option<Forgotten> {
        self.forgotten.pop()
    }

    /// Finds or makes a participant of a chat.
    pub(crate) fn join(
        &mut self,
        key: ChatKey,
        participant: &Address<'_>,
        config: &Config,
    ) -> Result<PersonKey, Turned> {
        let id = self.canonical(participant.as_str());
        let chat = self.chats.get(&key).ok_or(Turned::Stranger)?;
        if !chat.group && id != chat.id.as_str() {
            return Err(Turned::Stranger);
        }
        if let Some(person) = chat.find(id) {
            return Ok(person);
        }
        if chat.members.len() >= config.max_members {
            return Err(Turned::OverCap);
        }
        let owned = if id == participant.as_str() {
            participant.to_id()
        } else {
            Id::parse(id).map_err(|_| Turned::OverCap)?
        };
        while self.people >= config.max_people {
            if !self.forget_oldest(key) {
                return Err(Turned::OverCap);
            }
        }
        let chat = self.chats.get_mut(&key).ok_or(Turned::Stranger)?;
        self.people += 1;
        Ok(chat.add(owned))
    }

    /// A chat that somebody watches is never forgotten.
    pub(crate) fn hold(&mut self, key: ChatKey) {
        if let Some(chat) = self.chats.get_mut(&key) {
            self.forgettable.remove(HeardOf(chat.heard_of, key));
            chat.heard_of = 0;
        }
    }

    /// Marks a chat as heard of just now; the order of forgetting follows.
    pub(crate) fn touch(&mut self, key: ChatKey) {
        let Some(chat) = self.chats.get_mut(&key) else { return };
        if chat.subscription.is_watched() {
            return;
        }
        self.clock += 1;
        self.forgettable.remove(HeardOf(chat.heard_of, key));
        chat.heard_of = self.clock;
        self.forgettable.insert(HeardOf(self.clock, key));
    }

    /// False when there is none to forget.
    fn forget_oldest(&mut self, except: ChatKey) -> bool {
        let Some(HeardOf(_, key)) = self.forgettable.iter().find(|HeardOf(_, key)| *key != except) else {
            return false;
        };
        if let Some(chat) = self.remove(key) {
            self.forgotten.push((key, chat));
        }
        true
    }

    fn remove(&mut self, key: ChatKey) -> Option<Box<Chat>> {
        let chat = self.chats.remove(&key)?;
        self.forgettable.remove(HeardOf(chat.heard_of, key));
        self.people -= chat.members.len();
        self.unindex(chat.id.as_str());
        for other in &chat.also {
            self.unindex(other.as_str());
        }
        Some(chat)
    }

    /// Makes another id lead to a chat.
    fn lead(&mut self, address: &Address<'_>, key: ChatKey) {
        let led = self.find(address.as_str()) == Some(key);
        let Some(chat) = self.chats.get_mut(&key) else { return };
        if chat.id.as_str() != address.as_str() && !led {
            chat.also.push(address.to_id());
            self.index(address.as_str(), key);
        }
    }

    /// Makes an id that was an alias of a chat lead there no more.
    fn mislead(&mut self, id: &str) {
        if let Some(chat) = self.unindex(id).and_then(|key| self.chats.get_mut(&key)) {
            chat.also.retain(|other| other.as_str() != id);
        }
    }

    /// Records that `lid` and `contact` are one person. Says what that changes.
    pub(crate) fn alias(&mut self, lid: &Address<'_>, contact: &Address<'_>) -> Alias {
        match self.aliases.get(lid.as_str()) {
            Some(known) if known.as_str() == contact.as_str() => return Alias::Known,
            Some(_) => {
                self.aliases.insert(lid.to_id(), contact.to_id());
                self.mislead(lid.as_str());
                return Alias::Contradiction;
            }
            None if self.aliases.len() >= MAX_ALIASES => return Alias::OverCap,
            None => {}
        }
        self.aliases.insert(lid.to_id(), contact.to_id());
        if self.is_own(contact.as_str()) || self.is_own(lid.as_str()) {
            self.note_own(lid);
            self.note_own(contact);
        }
        match (self.find(lid.as_str()), self.find(contact.as_str())) {
            (Some(from), Some(into)) => Alias::Join { from, into },
            (Some(only), None) => {
                let id = contact.to_id();
                self.index(id.as_str(), only);
                if let Some(chat) = self.chats.get_mut(&only) {
                    if let Some(member) = chat.members.first_mut() {
                        member.id = id.clone();
                    }
                    chat.also.push(std::mem::replace(&mut chat.id, id));
                    chat.reshaped = true;
                }
                Alias::Renamed(only)
            }
            (None, Some(only)) => {
                self.lead(lid, only);
                Alias::New
            }
            (None, None) => Alias::New,
        }
    }

    /// Takes a chat out to be joined into another; its ids lead to `into` from here on.
    pub(crate) fn take(&mut self, from: ChatKey, into: ChatKey) -> Option<Box<Chat>> {
        let chat = self.remove(from)?;
        for id in std::iter::once(&chat.id).chain(&chat.also) {
            self.lead(&Address::from(id), into);
        }
        Some(chat)
    }

    /// Joins two members of every group that knows the person under both ids. Returns what changed.
    pub(crate) fn join_members(&mut self, lid: &str, contact: &Address<'_>, wall: UnixMs) -> Vec<JoinedMember> {
        let mut changed = Vec::new();
        for (key, chat) in self.chats.iter_mut() {
            let Some(old) = chat.index.remove(lid) else { continue };
            chat.reshaped = true;
            match chat.index.get(contact.as_str()).copied() {
                Some(kept) => {
                    let Some(member) = chat.members.get_mut(old.0 as usize) else { continue };
                    let person = std::mem::take(&mut member.person);
                    member.merged = true;
                    if person.differs {
                        chat.differing -= 1;
                    }
                    if let Some(kept) = chat.person_mut(kept) {
                        kept.merge(&person, wall);
                    }
                    let told = person.told.activity.map(|kind| (old, kind));
                    changed.push(JoinedMember { chat: *key, person: kept, told });
                }
                None => {
                    let id = contact.to_id();
                    chat.index.insert(id.clone(), old);
                    if let Some(member) = chat.members.get_mut(old.0 as usize) {
                        member.id = id;
                    }
                    changed.push(JoinedMember { chat: *key, person: old, told: None });
                }
            }
        }
        changed
    }
}

/// A member of a group who is known by both ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct JoinedMember {
    pub(crate) chat: ChatKey,
    /// The one that is left.
    pub(crate) person: PersonKey,
    /// The one that is gone, and what was told of them and goes on under the other.
    pub(crate) told: Option<(PersonKey, ActivityKind)>,
}

/// What a newly known pair of ids changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Alias {
    /// Nothing: known already.
    Known,
    /// Nothing yet: neither id, or only the canonical one, has a record.
    New,
    /// A chat got its canonical id.
    Renamed(ChatKey),
    /// Two chats are one.
    Join { from: ChatKey, into: ChatKey },
    /// An earlier pair said otherwise; it holds for the future only.
    Contradiction,
    /// No room.
    OverCap,
}
