//! One chat: its members, its subscription, and what listeners last heard of it.

use super::id::{Id, IdKind};
use super::knowledge::Knowledge;
use super::presence::Person;
use super::snapshot::Cause;
use super::sorted_map::{Key, SortedMap};
use super::subscription::Subscription;
use super::time::{Instant, UnixMs};

/// A participant's number within one chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PersonKey(pub(super) u32);

impl Key for PersonKey {}

/// One participant and their id.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) id: Id,
    pub(crate) person: Person,
    /// Joined into another member: kept only so that keys stay valid.
    pub(crate) merged: bool,
}

/// One chat. Outside groups it has one member: the chat itself.
#[derive(Debug)]
pub(crate) struct Chat {
    pub(crate) id: Id,
    pub(crate) group: bool,
    pub(crate) members: Vec<Member>,
    /// Members by id; only groups need it.
    pub(super) index: SortedMap<Id, PersonKey>,
    /// Other ids that lead here.
    pub(super) also: Vec<Id>,
    pub(crate) subscription: Subscription,
    pub(crate) knowledge: Knowledge,
    pub(crate) shown_knowledge: Knowledge,
    /// Whether reported availability is worth showing: knowledge is live, or a push is fresh.
    pub(crate) believed: bool,
    /// How many members' views differ from what listeners last heard.
    pub(crate) differing: u32,
    pub(crate) notified_at: Option<Instant>,
    /// Why listeners will hear of it, once they may.
    pub(crate) cause: Option<Cause>,
    /// The latest message from somebody else, by WhatsApp's clock.
    pub(crate) last_inbound: Option<UnixMs>,
    /// Until when a message from somebody else makes this an active conversation, by our own clock.
    pub(crate) active_until: Option<Instant>,
    /// Place in the order of forgetting; zero while watched.
    pub(super) heard_of: u64,
    /// Members were joined or renamed since listeners last heard.
    pub(crate) reshaped: bool,
}

impl Chat {
    pub(super) fn new(id: Id) -> Self {
        let group = id.kind() == IdKind::Group;
        Self {
            id,
            group,
            members: Vec::new(),
            index: SortedMap::default(),
            also: Vec::new(),
            subscription: Subscription::default(),
            knowledge: Knowledge::default(),
            shown_knowledge: Knowledge::default(),
            believed: false,
            differing: 0,
            notified_at: None,
            cause: None,
            last_inbound: None,
            active_until: None,
            heard_of: 0,
            reshaped: false,
        }
    }

    /// The other side of a chat that is no group.
    pub(crate) fn contact(&self) -> Option<&Person> {
        self.members.first().filter(|_| !self.group).map(|member| &member.person)
    }

    pub(crate) fn person(&self, key: PersonKey) -> Option<&Person> {
        self.members.get(key.0 as usize).filter(|member| !member.merged).map(|member| &member.person)
    }

    pub(crate) fn person_mut(&mut self, key: PersonKey) -> Option<&mut Person> {
        self.members.get_mut(key.0 as usize).filter(|member| !member.merged).map(|member| &mut member.person)
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = PersonKey> + use<> {
        (0..u32::try_from(self.members.len()).unwrap_or(u32::MAX)).map(PersonKey)
    }

    pub(crate) fn find(&self, id: &str) -> Option<PersonKey> {
        if self.group { self.index.get(id).copied() } else { (!self.members.is_empty()).then_some(PersonKey(0)) }
    }

    pub(super) fn add(&mut self, id: Id) -> PersonKey {
        let key = PersonKey(u32::try_from(self.members.len()).unwrap_or(u32::MAX));
        if self.group {
            self.index.insert(id.clone(), key);
        } else {
            // There will never be another; a vector would make room for four.
            self.members.reserve_exact(1);
        }
        self.members.push(Member { id, person: Person::default(), merged: false });
        key
    }

    /// Updates whether the person's view differs from what listeners last heard.
    pub(crate) fn compare(&mut self, key: PersonKey) {
        let Some(person) = self.person_mut(key) else { return };
        let differs = person.view() != person.shown;
        let before = std::mem::replace(&mut person.differs, differs);
        self.differing = self.differing + u32::from(differs) - u32::from(before);
    }

    /// Whether listeners would see something else than they last heard.
    pub(crate) fn differs(&self) -> bool {
        self.reshaped || self.differing > 0 || self.knowledge != self.shown_knowledge
    }

    /// Makes what is true what listeners heard last.
    pub(crate) fn publish(&mut self) {
        self.shown_knowledge = self.knowledge;
        self.reshaped = false;
        if std::mem::take(&mut self.differing) == 0 {
            return;
        }
        for member in &mut self.members {
            if std::mem::take(&mut member.person.differs) {
                member.person.shown = member.person.view();
            }
        }
    }
}
