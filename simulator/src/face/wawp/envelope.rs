//! Wawp's envelope: WAHA's without the server it runs on; and the payload of presence as its page shows it.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use crate::face::waha::envelope::{Envelope, Me, Payload};
use crate::face::waha::presence::{Presences, Word};

#[derive(Serialize)]
struct Words<'a, P> {
    id: &'a str,
    timestamp: u64,
    session: &'a str,
    metadata: Option<&'a BTreeMap<String, String>>,
    engine: &'a str,
    event: &'a str,
    payload: &'a P,
    me: Option<&'a Me>,
}

/// What WAHA would say, as Wawp says it. `page` takes the payload of presence from Wawp's page instead of WAHA's.
#[must_use]
pub fn to_text(envelope: &Envelope<'_>, page: bool) -> String {
    match (envelope.payload, page) {
        (Payload::Presence(presences), true) => around(envelope, &of_page(presences)),
        (payload, _) => around(envelope, payload),
    }
}

fn around(envelope: &Envelope<'_>, payload: &impl Serialize) -> String {
    let words = Words {
        id: &envelope.id,
        timestamp: envelope.timestamp,
        session: envelope.session,
        metadata: envelope.metadata,
        engine: envelope.engine,
        event: envelope.event,
        payload,
        me: envelope.me,
    };
    // Every key is a string, so this cannot fail.
    serde_json::to_string(&words).unwrap_or_default()
}

fn of_page(presences: &Presences) -> Value {
    // An event carries one of them.
    let Some(data) = presences.presences.first() else {
        return json!({ "chatId": presences.id });
    };
    let kind = match data.last_known_presence {
        Word::Online => "available",
        Word::Offline => "unavailable",
        Word::Typing => "composing",
        Word::Recording => "recording",
        Word::Paused => "paused",
    };
    json!({ "chatId": presences.id, "type": kind, "from": data.participant })
}
