//! One WAHA session: an account, the engine that carries it, and what it makes of the news.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use crate::chance::Chance;
use crate::face::waha::Engine;
use crate::face::waha::envelope::{Envelope, Me, Payload, StatusBody, StatusPoint, event_id};
use crate::face::waha::message::MessageBody;
use crate::face::waha::presence::{Data, Presences, Store, Word, data_of};
use crate::time::{Instant, UnixMs};
use crate::traffic::delivery::Delivery;
use crate::traffic::fault::Faults;
use crate::traffic::log::Log;
use crate::traffic::webhook::Parcel;
use crate::world::account::{Account, Connection, News};
use crate::world::happening::{Happening, Message, What};
use crate::world::id::Jid;

/// A session.
#[derive(Debug)]
pub struct Session {
    /// Its name.
    pub name: String,
    /// Its engine.
    pub engine: Engine,
    /// The WhatsApp account in it.
    pub account: Account,
    /// What it remembers of others' presence.
    pub store: Store,
    /// Calls that will fail.
    pub faults: Faults,
    /// Calls that came.
    pub log: Log,
    /// How its events travel.
    pub delivery: Delivery<Parcel>,
    /// Its own chance, for ids and latencies.
    pub chance: Chance,
    me: Me,
    metadata: BTreeMap<String, String>,
}

/// An event that a session wants to tell, so much later than the news behind it.
#[derive(Clone, Debug)]
pub struct Event {
    /// Its name.
    pub name: &'static str,
    /// What it says.
    pub payload: Payload,
    /// How much later it is told.
    pub after: Duration,
}

/// `GET /api/sessions/{session}`
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionBody {
    name: String,
    status: &'static str,
    config: Config,
    me: Option<Me>,
    presence: Option<&'static str>,
    timestamps: Timestamps,
    engine: EngineBody,
}

#[derive(Debug, Serialize)]
struct Config {
    metadata: BTreeMap<String, String>,
}

#[derive(Debug, Serialize)]
struct Timestamps {
    activity: Option<u64>,
}

#[derive(Debug, Serialize)]
struct EngineBody {
    engine: &'static str,
}

impl Session {
    /// A session with this account in it.
    #[must_use]
    pub fn new(name: &str, engine: Engine, account: Account, chance: Chance) -> Self {
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
            faults: Faults::default(),
            log: Log::default(),
            delivery: Delivery::default(),
            chance,
            me,
            metadata,
        }
    }

    /// Its status on the wire.
    #[must_use]
    pub const fn status(&self) -> &'static str {
        status_word(self.account.connection())
    }

    /// The calendar as this session's clock shows it.
    #[must_use]
    pub fn wall(&self, now: Instant) -> UnixMs {
        self.account.world.epoch().wall(now).skewed(self.delivery.skew_ms)
    }

    /// The description of the session.
    #[must_use]
    pub fn describe(&self) -> SessionBody {
        let epoch = self.account.world.epoch();
        SessionBody {
            name: self.name.clone(),
            status: self.status(),
            config: Config { metadata: self.metadata.clone() },
            me: self.me().cloned(),
            presence: self.account.online().map(|online| if online { "online" } else { "offline" }),
            timestamps: Timestamps { activity: self.account.acted_at().map(|at| epoch.wall(at).as_ms()) },
            engine: EngineBody { engine: self.engine.name() },
        }
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
                        events.extend(data_of(&heard).map(|data| self.tell_presence(&heard.chat, data, now)));
                    }
                },
            }
        }
        events
    }

    /// Puts an event into its envelope.
    pub fn wrap(&mut self, name: &str, payload: &Payload, now: Instant) -> Parcel {
        let timestamp = self.wall(now);
        let envelope = Envelope {
            id: event_id(timestamp, &mut self.chance),
            timestamp: timestamp.as_ms(),
            event: name,
            session: &self.name,
            metadata: Some(&self.metadata),
            me: self.me(),
            payload,
            engine: self.engine.name(),
            environment: self.engine.environment(),
        };
        let text = envelope.to_text().into();
        Parcel { session: self.name.clone(), event: Some(name.to_owned()), timestamp, text }
    }

    const fn me(&self) -> Option<&Me> {
        match self.account.connection() {
            Connection::Working => Some(&self.me),
            Connection::Stopped | Connection::Starting | Connection::Scanning | Connection::Failed => None,
        }
    }

    fn tell_status(&mut self, connection: Connection) -> Event {
        // A reconnect keeps the store; only a restart of the session clears it.
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
        event("session.status", Payload::Status(body), 0)
    }

    fn tell_presence(&mut self, chat: &Jid, data: Data, now: Instant) -> Event {
        self.store.record(chat, data.clone(), now);
        event("presence.update", Payload::Presence(Presences { id: chat.clone(), presences: vec![data] }), 0)
    }

    /// A message, preceded by what the engine invents so that "typing" does not outlive it.
    fn tell_message(&mut self, heard: &Happening, message: &Message, now: Instant) -> Vec<Event> {
        let body = Box::new(MessageBody::new(heard, message, &self.me.id, self.wall(heard.at)));
        if message.from_me {
            return vec![
                event("message.any", Payload::Message(body.clone()), 0),
                event("message.ack", Payload::Ack(Box::new(body.acknowledged(false))), 300),
                event("message.ack", Payload::Ack(Box::new(body.acknowledged(true))), 1_500),
            ];
        }
        let mut events: Vec<Event> = self.end_typing(heard, now).into_iter().collect();
        events.push(event("message", Payload::Message(body.clone()), 2));
        events.push(event("message.any", Payload::Message(body), 2));
        events
    }

    fn end_typing(&mut self, heard: &Happening, now: Instant) -> Option<Event> {
        // The stored id must be the very id of the message: across hidden id and phone nothing is mended.
        let stored = self.store.word(&heard.chat, &heard.who)?;
        let invented = match (self.engine, stored) {
            (Engine::Noweb, Word::Typing) => Word::Online,
            (Engine::Gows, Word::Typing | Word::Recording) => Word::Paused,
            (Engine::Noweb, Word::Recording)
            | (Engine::Noweb | Engine::Gows, Word::Online | Word::Offline | Word::Paused) => return None,
        };
        let data = Data { participant: heard.who.clone(), last_known_presence: invented, last_seen: None };
        Some(self.tell_presence(&heard.chat, data, now))
    }
}

/// The wire's word for the state of a connection.
#[must_use]
pub const fn status_word(connection: Connection) -> &'static str {
    match connection {
        Connection::Stopped => "STOPPED",
        Connection::Starting => "STARTING",
        Connection::Scanning => "SCAN_QR_CODE",
        Connection::Working => "WORKING",
        Connection::Failed => "FAILED",
    }
}

const fn event(name: &'static str, payload: Payload, after_ms: u64) -> Event {
    Event { name, payload, after: Duration::from_millis(after_ms) }
}
