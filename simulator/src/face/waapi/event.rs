//! `WaAPI`'s events: a name, the instance and data, and neither an id nor a time.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::{Value, json};

use crate::face::waapi::presence::Presence;
use crate::time::UnixMs;
use crate::world::account::Connection;
use crate::world::happening::{Happening, Message};
use crate::world::id::{Jid, Kind};

/// One event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    name: Cow<'static, str>,
    /// As JSON.
    data: String,
}

#[derive(Serialize)]
struct Told<'a> {
    presence: &'a Presence,
}

impl Event {
    /// An event that a test makes up.
    #[must_use]
    pub fn any(name: String, data: &Value) -> Self {
        Self { name: Cow::Owned(name), data: data.to_string() }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The body that tells it.
    #[must_use]
    pub fn to_text(&self, instance: u64) -> String {
        let (name, data) = (Value::from(&*self.name), &self.data);
        format!(r#"{{"event":{name},"instanceId":{instance},"data":{data}}}"#)
    }
}

fn event(name: &'static str, data: &impl Serialize) -> Event {
    // Every key is a string, so this cannot fail.
    Event { name: Cow::Borrowed(name), data: serde_json::to_string(data).unwrap_or_default() }
}

/// A presence changed.
#[must_use]
pub fn presence_update(presence: &Presence) -> Event {
    event("presence_update", &Told { presence })
}

/// The events of a connection that changed to this. Losing one is told before what follows.
#[must_use]
pub fn of_connection(connection: Connection, was_working: bool) -> Vec<Event> {
    let reason = if connection == Connection::Scanning { "LOGOUT" } else { "NAVIGATION" };
    let lost = was_working.then(|| event("disconnected", &json!({ "reason": reason })));
    let then = match connection {
        Connection::Stopped => None,
        Connection::Starting => Some(event("loading_screen", &json!({ "percent": "0", "message": "WhatsApp" }))),
        Connection::Scanning => Some(event("qr", &json!({ "qr": "data:image/png;base64,iVBORw0KGgo=" }))),
        Connection::Working => Some(event("ready", &json!({ "status": "ready" }))),
        Connection::Failed => Some(event("auth_failure", &json!({ "message": "the session could not be restored" }))),
    };
    lost.into_iter().chain(then).collect()
}

/// A message, as the library behind `WaAPI` writes it.
#[derive(Clone, Copy, Debug)]
pub struct Letter<'a> {
    /// Whom it came from, and where.
    pub heard: &'a Happening,
    /// What was written.
    pub message: &'a Message,
    /// The account's owner.
    pub me: &'a Jid,
    /// When it was sent.
    pub wall: UnixMs,
}

impl Letter<'_> {
    /// The event that tells it: `message`, or `message_create`, which its own messages have as well.
    #[must_use]
    pub fn told(&self, name: &'static str) -> Event {
        event(name, &json!({ "message": self.body(1), "media": null }))
    }

    /// The event that tells how far it came.
    #[must_use]
    pub fn acknowledged(&self, ack: u8) -> Event {
        event("message_ack", &json!({ "message": self.body(ack), "ack": ack }))
    }

    fn body(&self, ack: u8) -> Value {
        let Self { heard, message, me, wall } = self;
        let from_me = message.from_me;
        let group = heard.chat.kind() == Kind::Group;
        let author = if from_me { *me } else { &heard.who };
        let suffix = if group { format!("_{author}") } else { String::new() };
        let serialized = format!("{from_me}_{}_{}{suffix}", heard.chat, message.id);
        let (from, to) = if from_me { (*me, &heard.chat) } else { (&heard.chat, *me) };
        let mut body = json!({
            "_data": { "body": message.text, "notifyName": heard.name },
            "id": { "fromMe": from_me, "remote": heard.chat, "id": message.id, "_serialized": serialized },
            "ack": ack,
            "hasMedia": message.voice,
            "body": message.text,
            "type": if message.voice { "ptt" } else { "chat" },
            "timestamp": wall.as_secs(),
            "from": from,
            "to": to,
            "fromMe": from_me,
        });
        if group {
            body["author"] = json!(author);
        }
        body
    }
}
