//! What a session remembers of others' presence, in WAHA's words.
//!
//! NOWEB and WPP never forget: a typing that nobody paused stays in their answers for ever. GOWS forgets a chat after an hour.
//! WEBJS asks the page of WhatsApp Web, which ends a typing by itself and knows no pause.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use crate::face::waha::Engine;
use crate::time::Instant;
use crate::world::habits::Activity;
use crate::world::happening::{Happening, What};
use crate::world::id::Jid;

/// WAHA's words for presence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Word {
    /// The app is open.
    Online,
    /// The app is closed.
    Offline,
    /// Writing.
    Typing,
    /// Speaking.
    Recording,
    /// Neither writing nor speaking any more.
    Paused,
}

/// `WAHAPresenceData`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Data {
    /// Whose presence.
    pub participant: Jid,
    /// The last word about them.
    pub last_known_presence: Word,
    /// Unix seconds; null on the wire when unknown.
    pub last_seen: Option<u64>,
}

/// `WAHAChatPresences`: the payload of `presence.update` and the answer for one chat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Presences {
    /// The chat.
    pub id: Jid,
    /// Some or all of its participants.
    pub presences: Vec<Data>,
}

/// An entry of the broken list that GOWS answers with: an array index dressed up as an id, and no presences.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Index {
    id: String,
}

/// The presence a session remembers.
#[derive(Debug)]
pub struct Store {
    engine: Engine,
    chats: BTreeMap<Jid, Chat>,
}

#[derive(Debug)]
struct Chat {
    known: BTreeMap<Jid, Known>,
    heard_at: Instant,
}

#[derive(Debug)]
struct Known {
    data: Data,
    since: Instant,
}

impl Store {
    /// An empty memory with the habits of this engine.
    #[must_use]
    pub const fn new(engine: Engine) -> Self {
        Self { engine, chats: BTreeMap::new() }
    }

    /// Remembers one participant's presence.
    pub fn record(&mut self, chat: &Jid, data: Data, now: Instant) {
        self.forget_old(now);
        if self.chats.len() >= MOST_CHATS && !self.chats.contains_key(chat) {
            return;
        }
        let entry = self.chats.entry(chat.clone()).or_insert_with(|| Chat { known: BTreeMap::new(), heard_at: now });
        entry.heard_at = now;
        entry.known.insert(data.participant.clone(), Known { data, since: now });
    }

    /// The last word about a participant.
    #[must_use]
    pub fn word(&self, chat: &Jid, participant: &Jid) -> Option<Word> {
        self.chats.get(chat)?.known.get(participant).map(|known| known.data.last_known_presence)
    }

    /// Whether anything is remembered of a chat.
    pub fn knows(&mut self, chat: &Jid, now: Instant) -> bool {
        self.forget_old(now);
        self.chats.contains_key(chat)
    }

    /// All that is remembered of a chat.
    pub fn chat(&mut self, chat: &Jid, now: Instant) -> Presences {
        self.forget_old(now);
        let engine = self.engine;
        let read = |chat: &Chat| chat.known.values().map(|known| known.read(engine, now)).collect();
        let presences = self.chats.get(chat).map(read);
        Presences { id: chat.clone(), presences: presences.unwrap_or_default() }
    }

    /// All chats.
    pub fn all(&mut self, now: Instant) -> Vec<Presences> {
        let ids: Vec<Jid> = self.chats.keys().cloned().collect();
        ids.iter().map(|id| self.chat(id, now)).collect()
    }

    /// All chats, as GOWS numbers them.
    pub fn indices(&mut self, now: Instant) -> Vec<Index> {
        self.forget_old(now);
        (0..self.chats.len()).map(|index| Index { id: format!("{index}@c.us") }).collect()
    }

    /// The session restarted.
    pub fn clear(&mut self) {
        self.chats.clear();
    }

    fn forget_old(&mut self, now: Instant) {
        match self.engine {
            Engine::Noweb | Engine::Webjs { .. } | Engine::Wpp => {}
            Engine::Gows => self.chats.retain(|_, chat| now.since(chat.heard_at) < GOWS_TTL),
        }
    }
}

impl Known {
    /// What an answer says of it.
    fn read(&self, engine: Engine, now: Instant) -> Data {
        let mut data = self.data.clone();
        if matches!(engine, Engine::Webjs { .. }) {
            data.last_known_presence = match data.last_known_presence {
                Word::Typing | Word::Recording if now.since(self.since) < PAGE_TTL => data.last_known_presence,
                Word::Online | Word::Typing | Word::Recording | Word::Paused => Word::Online,
                Word::Offline => Word::Offline,
            };
        }
        data
    }
}

/// What a happening says about presence; a message says nothing.
#[must_use]
pub fn data_of(engine: Engine, heard: &Happening) -> Option<Data> {
    let (word, last_seen) = match &heard.what {
        What::Online => (Word::Online, None),
        What::Offline(last_seen) => (Word::Offline, last_seen.map(crate::time::UnixMs::as_secs)),
        What::Started(Activity::Typing) => (Word::Typing, None),
        What::Started(Activity::Recording) => (Word::Recording, None),
        What::Paused => (Word::Paused, None),
        What::Message(_) => return None,
    };
    // WPP has neither pauses nor times: who stopped is online, since the app is still open.
    let (word, last_seen) = match (engine, word) {
        (Engine::Wpp, Word::Paused) => (Word::Online, None),
        (Engine::Wpp, _) => (word, None),
        (Engine::Noweb | Engine::Gows | Engine::Webjs { .. }, _) => (word, last_seen),
    };
    Some(Data { participant: heard.who.clone(), last_known_presence: word, last_seen })
}

/// GOWS keeps presence in a cache with this lifetime.
const GOWS_TTL: Duration = Duration::from_secs(3_600);

/// How long the page shows somebody typing who does not go on.
const PAGE_TTL: Duration = Duration::from_secs(25);

const MOST_CHATS: usize = 4_096;
