//! Which chats are watched for whom: from ids, as feeds ask for them, to chats, as the machine knows them.
//!
//! A person has two ids. Whichever a feed asks by, it hears of the same chat; and when two ids turn out to be one person, their
//! followers do from then on.

use std::collections::BTreeMap;

use wa_presence::machine::id::{Id, IdKind};
use wa_presence::machine::{ChatKey, Knowledge, Lease, Priority, WatchId};

use super::actor::Actor;
use crate::wire::{Moment, json};

/// The chats that somebody follows.
#[derive(Debug, Default)]
pub(super) struct Chats {
    asked: BTreeMap<Id, Asked>,
    known: BTreeMap<ChatKey, Chat>,
}

#[derive(Debug)]
struct Asked {
    watch: WatchId,
    priority: Priority,
    key: ChatKey,
}

/// One chat and those who follow it.
#[derive(Clone, Debug, Default)]
pub(super) struct Chat {
    /// The ids by which it is followed.
    pub(super) ids: Vec<Id>,
    /// What was last told of knowledge and lease.
    pub(super) told: Option<(Knowledge, Option<Lease>, bool)>,
    /// What was told before is void, and nothing was told since.
    pub(super) lost: bool,
}

impl Chats {
    pub(super) fn get(&self, key: ChatKey) -> Option<&Chat> {
        self.known.get(&key)
    }

    pub(super) fn get_mut(&mut self, key: ChatKey) -> Option<&mut Chat> {
        self.known.get_mut(&key)
    }

    pub(super) fn keys(&self) -> Vec<ChatKey> {
        self.known.keys().copied().collect()
    }

    pub(super) fn len(&self) -> usize {
        self.known.len()
    }
}

impl Actor {
    /// What feeds follow, watched: one watch for each id, whoever and however many follow it.
    pub(super) fn follow_changes(&mut self) {
        let Moment { wall, now } = self.moment();
        for (id, at) in self.exchange.take_inbound() {
            self.session.note_inbound(&id, at, wall, now);
        }
        for (id, priority) in self.exchange.take_changes() {
            let known = self.chats.asked.get_mut(&id);
            match (priority, known) {
                (Some(priority), Some(asked)) if asked.priority != priority => {
                    asked.priority = priority;
                    self.session.set_priority(asked.watch, priority, now);
                }
                (Some(_), Some(_)) | (None, None) => {}
                (Some(priority), None) => {
                    let watch = self.session.watch(&id, priority, now);
                    let Some(key) = self.session.machine().watched_by(watch) else { continue };
                    self.chats.known.entry(key).or_default().ids.push(id.clone());
                    self.chats.asked.insert(id, Asked { watch, priority, key });
                }
                (None, Some(_)) => {
                    let Some(asked) = self.chats.asked.remove(&id) else { continue };
                    self.session.unwatch(asked.watch, now);
                    if let Some(chat) = self.chats.known.get_mut(&asked.key) {
                        chat.ids.retain(|other| *other != id);
                        if chat.ids.is_empty() {
                            self.chats.known.remove(&asked.key);
                        }
                    }
                }
            }
        }
        for (id, lost) in self.exchange.take_begun() {
            if lost {
                self.lose(std::slice::from_ref(&id));
            }
        }
    }

    /// Tells all who follow a chat by this id what is known of it.
    pub(super) fn retell(&mut self, id: &Id) {
        for told in self.snapshots(std::slice::from_ref(id)) {
            self.publish(std::slice::from_ref(id), told.name, &told.data);
        }
    }

    /// The same for all chats that anybody follows.
    pub(super) fn retell_all(&mut self) {
        let ids: Vec<_> = self.chats.asked.keys().cloned().collect();
        ids.iter().for_each(|id| self.retell(id));
    }

    /// The chat that somebody follows under this id, or under the person's other id.
    pub(super) fn followed(&mut self, id: &str) -> Option<ChatKey> {
        let key = self.session.machine().find(id)?;
        if self.chats.known.contains_key(&key) {
            return Some(key);
        }
        // Two ids may have become one a moment ago.
        if self.session.machine().is_watched(key) {
            self.join_ids();
        }
        self.chats.known.contains_key(&key).then_some(key)
    }

    /// A gateway said that two ids are one person.
    pub(super) fn note_alias(&mut self, ids: [&str; 2]) {
        let machine = self.session.machine();
        let moved = |id: &&str| self.chats.asked.get(*id).is_some_and(|asked| machine.find(id) != Some(asked.key));
        if ids.iter().any(moved) {
            self.join_ids();
        }
    }

    /// Looks which ids became one person, and tells their followers.
    pub(super) fn join_ids(&mut self) {
        let machine = self.session.machine();
        let mut moved = Vec::new();
        for (id, asked) in &mut self.chats.asked {
            let Some(key) = machine.watched_by(asked.watch).filter(|key| *key != asked.key) else { continue };
            moved.push((id.clone(), std::mem::replace(&mut asked.key, key), key));
        }
        for (id, from, into) in moved {
            if let Some(left) = self.chats.known.get_mut(&from) {
                left.ids.retain(|other| *other != id);
                if left.ids.is_empty() {
                    self.chats.known.remove(&from);
                }
            }
            self.chats.known.entry(into).or_default().ids.push(id);
            self.tell_aliases(into);
        }
    }

    /// Says by which id a chat is known, where it is followed by the other one.
    pub(super) fn tell_aliases(&mut self, key: ChatKey) {
        let Some(chat) = self.chats.known.get(&key).cloned() else { return };
        for id in &chat.ids {
            if let Some(alias) = self.alias(id) {
                self.publish(&chat.ids, "alias", &alias);
            }
        }
    }

    /// Both ids of a person, where this is the one by which they are not known here.
    pub(super) fn alias(&self, id: &Id) -> Option<String> {
        let known = self.session.machine().canonical_id(id);
        let (lid, contact) = match (id.kind(), known.kind()) {
            (IdKind::Lid, IdKind::Contact) => (id, &known),
            (IdKind::Contact, IdKind::Lid) => (&known, id),
            _ => return None,
        };
        Some(json(&serde_json::json!({ "lid": lid.as_str(), "contact": contact.as_str() })))
    }
}
