//! What `WaAPI` knows of chats: everything about one of them at once, as the page of WhatsApp keeps it.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::time::UnixMs;
use crate::world::account::Account;
use crate::world::habits::Activity;
use crate::world::happening::{Happening, What};
use crate::world::id::{Jid, Kind};

/// The presence of a chat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Presence {
    chat_id: Jid,
    is_group: bool,
    /// Whether anything is known at all.
    pub has_data: bool,
    /// It is hidden: by them, or because we hide ours.
    deny: bool,
    is_online: bool,
    /// Unix seconds.
    last_seen: Option<u64>,
    /// Never of groups.
    chatstate: Option<Chatstate>,
    typing_participants: Vec<Jid>,
    recording_participants: Vec<Jid>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Chatstate {
    #[serde(rename = "type")]
    kind: &'static str,
    /// Unix seconds.
    t: u64,
}

/// The chats that were subscribed to since the instance became ready, and what was heard of them.
#[derive(Debug, Default)]
pub struct Memory(BTreeMap<Jid, Known>);

#[derive(Debug, Default)]
struct Known {
    /// And since when, in Unix seconds.
    online: Option<(bool, u64)>,
    last_seen: Option<u64>,
    /// Who does what, and since when.
    doing: BTreeMap<Jid, (Activity, u64)>,
    heard: bool,
}

impl Memory {
    /// A chat was subscribed to.
    pub fn open(&mut self, chat: Jid) {
        if self.0.len() < MOST_CHATS || self.0.contains_key(&chat) {
            self.0.entry(chat).or_default();
        }
    }

    /// Something happened, at `at` in Unix seconds. Of a chat that was never subscribed to, nothing is kept.
    pub fn hear(&mut self, heard: &Happening, at: u64) {
        let Some(known) = self.0.get_mut(&heard.watched_as) else {
            return;
        };
        known.heard |= heard.what.needs_watching();
        match &heard.what {
            What::Online => known.online = Some((true, at)),
            What::Offline(last_seen) => {
                known.online = Some((false, at));
                known.last_seen = last_seen.map(UnixMs::as_secs);
                known.doing.remove(&heard.who);
            }
            What::Started(activity) => {
                let began =
                    known.doing.get(&heard.who).filter(|(doing, _)| doing == activity).map_or(at, |(_, at)| *at);
                known.doing.insert(heard.who.clone(), (*activity, began));
            }
            What::Paused => {
                known.doing.remove(&heard.who);
            }
            What::Message(message) if !message.from_me => {
                known.doing.remove(&heard.who);
            }
            What::Message(_) => {}
        }
    }

    /// The presence of a chat that was subscribed to, under the name it is asked for or told by.
    #[must_use]
    pub fn presence(&self, account: &Account, watched_as: &Jid, named: &Jid) -> Option<Presence> {
        let known = self.0.get(watched_as)?;
        let is_group = watched_as.kind() == Kind::Group;
        let who_does = |wanted| {
            let does = |(_, (doing, _)): &(&Jid, &(Activity, u64))| *doing == wanted;
            known.doing.iter().filter(does).map(|(who, _)| who.clone()).collect::<Vec<_>>()
        };
        let presence = Presence {
            chat_id: named.clone(),
            is_group,
            has_data: false,
            deny: account.privacy().hides_last_seen(),
            is_online: false,
            last_seen: None,
            chatstate: None,
            typing_participants: Vec::new(),
            recording_participants: Vec::new(),
        };
        Some(if is_group {
            let is_online = !account.privacy().hides_online() && anybody_online(account, watched_as);
            Presence {
                has_data: known.heard || is_online,
                is_online,
                typing_participants: who_does(Activity::Typing),
                recording_participants: who_does(Activity::Recording),
                ..presence
            }
        } else {
            known.of_person(account, watched_as, presence)
        })
    }

    /// The connection ended, and with it the page.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}

impl Known {
    fn of_person(&self, account: &Account, who: &Jid, presence: Presence) -> Presence {
        let person = account.world.find(who.as_str());
        let hides = person.is_some_and(|person| person.profile.hides_presence);
        let hidden = hides || account.privacy().hides_online();
        let online = self.online.filter(|_| !hidden);
        let last_seen = self.last_seen.filter(|_| !hidden && !account.privacy().hides_last_seen());
        let activity = self.doing.values().next().map(|(activity, t)| {
            let kind = match activity {
                Activity::Typing => "typing",
                Activity::Recording => "recording_audio",
            };
            Chatstate { kind, t: *t }
        });
        let availability = || match online? {
            (true, t) => Some(Chatstate { kind: "available", t }),
            // Its stamp is when they left, which is last seen.
            (false, _) => last_seen.map(|t| Chatstate { kind: "unavailable", t }),
        };
        Presence {
            has_data: online.is_some() || activity.is_some(),
            deny: presence.deny || hides,
            is_online: online.is_some_and(|(online, _)| online),
            last_seen,
            chatstate: activity.or_else(availability),
            ..presence
        }
    }
}

fn anybody_online(account: &Account, group: &Jid) -> bool {
    let members = account.world.find_group(group.as_str()).map(|group| group.members.as_slice()).unwrap_or_default();
    let shows = |member: &Jid| {
        let person = account.world.find(member.as_str());
        person.is_some_and(|person| person.online && !person.profile.hides_presence)
    };
    members.iter().any(shows)
}

const MOST_CHATS: usize = 4_096;
