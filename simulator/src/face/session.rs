//! One session: an account, the engine that carries it, the instances under which the hosted gateways know it, and what all of
//! them make of its news.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use crate::chance::Chance;
use crate::face::waapi;
use crate::face::waapi::presence::Memory;
use crate::face::waha::Engine;
use crate::face::waha::envelope::{Me, Payload, StatusBody, StatusPoint};
use crate::face::waha::message::MessageBody;
use crate::face::waha::presence::{Data, Presences, Store, Word, data_of};
use crate::face::waha::session::status_word;
use crate::face::wawp;
use crate::time::{Instant, UnixMs};
use crate::traffic::delivery::Delivery;
use crate::traffic::fault::Faults;
use crate::traffic::limit::Limit;
use crate::traffic::log::Log;
use crate::traffic::webhook::Parcel;
use crate::world::account::{Account, Connection, News};
use crate::world::happening::{Happening, Message, What};
use crate::world::id::Jid;
use crate::world::watch::Lease;

/// A session.
#[derive(Debug)]
pub struct Session {
    /// Its name.
    pub name: String,
    /// Its engine.
    pub engine: Engine,
    /// The WhatsApp account in it.
    pub account: Account,
    /// What WAHA, and Wawp over it, remember of others' presence.
    pub store: Store,
    /// What WaAPI remembers of it.
    pub memory: Memory,
    /// The instance it is at Wawp.
    pub wawp: wawp::Instance,
    /// The instance it is at WaAPI.
    pub waapi: waapi::Instance,
    /// How many subscriptions it may ask for.
    pub limit: Limit,
    /// Calls that will fail.
    pub faults: Faults,
    /// Calls that came.
    pub log: Log,
    /// How its events travel.
    pub delivery: Delivery<Parcel>,
    /// Its own chance, for ids and latencies.
    pub chance: Chance,
    pub(super) me: Me,
    pub(super) metadata: BTreeMap<String, String>,
}

/// An event that a session wants to tell, so much later than the news behind it.
#[derive(Clone, Debug)]
pub struct Event {
    /// Its name at WAHA and Wawp.
    pub name: Cow<'static, str>,
    /// What it says there.
    pub payload: Payload,
    /// What WaAPI makes of it, which may be nothing or several events.
    pub waapi: Vec<waapi::event::Event>,
    /// How much later it is told.
    pub after: Duration,
}

impl Session {
    /// A session with this account in it.
    #[must_use]
    pub fn new(
        name: &str,
        engine: Engine,
        account: Account,
        instances: (wawp::Instance, waapi::Instance),
        chance: Chance,
    ) -> Self {
        let me = Me {
            id: Jid::new("15550109999@c.us"),
            push_name: "Harbour Street Shop".to_owned(),
            lid: Jid::new("990000009999@lid"),
        };
        let metadata = BTreeMap::from([("user.id".to_owned(), "42".to_owned())]);
        Self {
            name: name.to_owned(),
            engine,
            account,
            store: Store::new(engine),
            memory: Memory::default(),
            wawp: instances.0,
            waapi: instances.1,
            limit: Limit::default(),
            faults: Faults::default(),
            log: Log::default(),
            delivery: Delivery::default(),
            chance,
            me,
            metadata,
        }
    }

    /// The calendar as this session's clock shows it.
    #[must_use]
    pub fn wall(&self, now: Instant) -> UnixMs {
        self.account.world.epoch().wall(now).skewed(self.delivery.skew_ms)
    }

    /// Subscribes to a chat, for `unless_set` where the session has no lease of its own.
    pub fn subscribe(&mut self, chat: &Jid, unless_set: Lease, now: Instant) {
        self.memory.open(self.account.world.watched_as(chat));
        self.account.subscribe(chat, unless_set, now);
    }

    /// The events that the account's news make, in order.
    pub fn tell(&mut self, now: Instant) -> Vec<Event> {
        let mut events = Vec::new();
        while let Some(news) = self.account.poll_news() {
            match news {
                News::Connection(connection) => events.push(self.tell_status(connection)),
                News::Heard(heard) => match &heard.what {
                    What::Message(message) => events.extend(self.tell_message(&heard, message, now)),
                    What::Online | What::Offline(_) | What::Started(_) | What::Paused => {
                        events.extend(self.tell_heard(&heard, now));
                    }
                },
            }
        }
        events
    }

    /// The account's owner, connected or not.
    #[must_use]
    pub const fn owner(&self) -> &Me {
        &self.me
    }

    pub(super) const fn me(&self) -> Option<&Me> {
        match self.account.connection() {
            Connection::Working => Some(&self.me),
            Connection::Stopped | Connection::Starting | Connection::Scanning | Connection::Failed => None,
        }
    }

    fn tell_status(&mut self, connection: Connection) -> Event {
        // WaAPI runs a browser page: what it knew goes with the connection. WAHA keeps its store over a reconnect; only a
        // restart of the session clears it.
        self.memory.clear();
        if connection == Connection::Stopped {
            self.store.clear();
        }
        let epoch = self.account.world.epoch();
        let point = |(connection, at)| StatusPoint {
            status: status_word(connection),
            timestamp: epoch.wall(at).skewed(self.delivery.skew_ms).as_ms(),
        };
        let statuses = self.account.history().map(point).collect();
        let body = StatusBody { name: self.name.clone(), status: status_word(connection), statuses };
        let was_working = self.account.history().rev().nth(1).is_some_and(|(was, _)| was == Connection::Working);
        let waapi = waapi::event::of_connection(connection, was_working);
        Event { waapi, ..event("session.status", Payload::Status(body), 0) }
    }

    fn tell_heard(&mut self, heard: &Happening, now: Instant) -> Option<Event> {
        let data = data_of(self.engine, heard)?;
        self.memory.hear(heard, self.wall(heard.at).as_secs());
        let presence = self.memory.presence(&self.account, &heard.watched_as, &heard.chat);
        let waapi = presence.map(|presence| waapi::event::presence_update(&presence)).into_iter().collect();
        Some(Event { waapi, ..self.tell_presence(&heard.chat, data, now)? })
    }

    /// Remembers a presence and tells it, where the engine tells any.
    fn tell_presence(&mut self, chat: &Jid, data: Data, now: Instant) -> Option<Event> {
        self.store.record(chat, data.clone(), now);
        let update = match self.engine {
            Engine::Noweb | Engine::Gows | Engine::Webjs { tags_events_on: true } => {
                Presences { id: chat.clone(), presences: vec![data] }
            }
            // One member moves, and all who are known are told.
            Engine::Wpp => self.store.chat(chat, now),
            Engine::Webjs { tags_events_on: false } => return None,
        };
        Some(event("presence.update", Payload::Presence(update), 0))
    }

    /// A message, preceded by what the engine invents so that "typing" does not outlive it.
    fn tell_message(&mut self, heard: &Happening, message: &Message, now: Instant) -> Vec<Event> {
        let wall = self.wall(heard.at);
        let body = Box::new(MessageBody::new(heard, message, &self.me.id, wall));
        self.memory.hear(heard, wall.as_secs());
        let me = self.me.id.clone();
        let words = waapi::event::Letter { heard, message, me: &me, wall };
        let told = |name, payload, after, waapi| Event { waapi: vec![waapi], ..event(name, payload, after) };
        if message.from_me {
            let ack = |read| Payload::Ack(Box::new(body.acknowledged(read)));
            return vec![
                told("message.any", Payload::Message(body.clone()), 0, words.told("message_create")),
                told("message.ack", ack(false), 300, words.acknowledged(2)),
                told("message.ack", ack(true), 1_500, words.acknowledged(3)),
            ];
        }
        let mut events: Vec<Event> = self.end_typing(heard, now).into_iter().collect();
        events.push(told("message", Payload::Message(body.clone()), 2, words.told("message")));
        events.push(told("message.any", Payload::Message(body), 2, words.told("message_create")));
        events
    }

    fn end_typing(&mut self, heard: &Happening, now: Instant) -> Option<Event> {
        // The stored id must be the very id of the message: across hidden id and phone nothing is mended.
        let stored = self.store.word(&heard.chat, &heard.who)?;
        let invented = match (self.engine, stored) {
            (Engine::Noweb, Word::Typing) => Word::Online,
            (Engine::Gows, Word::Typing | Word::Recording) => Word::Paused,
            (Engine::Noweb, Word::Recording)
            | (Engine::Noweb | Engine::Gows, Word::Online | Word::Offline | Word::Paused)
            | (Engine::Webjs { .. } | Engine::Wpp, _) => return None,
        };
        let data = Data { participant: heard.who.clone(), last_known_presence: invented, last_seen: None };
        self.tell_presence(&heard.chat, data, now)
    }
}

const fn event(name: &'static str, payload: Payload, after_ms: u64) -> Event {
    Event { name: Cow::Borrowed(name), payload, waapi: Vec::new(), after: Duration::from_millis(after_ms) }
}
