//! What JavaScript gets of a webhook body: JSON that is written by hand, held against a reader that did not write it.

use serde_json::Value;
use wa_presence::gateway::{unquoted, webhook};
use wa_presence::machine::id::Id;
use wa_presence::machine::observation::{Envelope, Observation};
use wa_presence::receiver;

pub(crate) fn check(body: &[u8]) {
    let bare = unquoted(body);
    match (receiver::decode(body), webhook::decode(&bare)) {
        (Ok(written), Ok(decoded)) => {
            let events: Vec<Value> = serde_json::from_str(&written).expect("a list, as JSON");
            assert_eq!(events.len(), decoded.envelopes.len(), "an event for each envelope");
            events.iter().zip(decoded.envelopes.iter()).for_each(|(event, envelope)| same(event, envelope));
        }
        (Err(written), Err(error)) => {
            assert_eq!(written, format!("{} {}", error.code.as_str(), error.message));
        }
        (written, _) => panic!("one of two readers refuses: {}", written.is_err()),
    }
}

fn same(event: &Value, envelope: &Envelope<'_>) {
    assert_eq!(event["id"].as_str(), envelope.id);
    assert_eq!(event["atMs"].as_u64(), envelope.stamp.map(|at| at.as_ms()));
    let aliases = event["aliases"].as_array().map_or(0, Vec::len);
    assert_eq!(aliases, envelope.aliases.len());
    for key in ["chat", "sender"] {
        if let Some(id) = event.get(key) {
            let text = id.as_str().expect("an id is a text");
            assert_eq!(Id::parse(text).expect("an id").as_str(), text, "no normal form of `{key}`");
        }
    }
    let (kind, chat) = match &envelope.observation {
        Observation::Presence { chat, reports, complete } => {
            assert_eq!(event["complete"], *complete);
            let presences = event["presences"].as_array().expect("a presence has a list");
            assert_eq!(presences.len(), reports.len());
            for (written, report) in presences.iter().zip(reports.iter()) {
                assert_eq!(written["participant"], report.participant.as_str());
                assert_eq!(written["presence"], report.word.as_str());
                assert_eq!(written["lastSeenAtMs"].as_u64(), report.last_seen.map(|at| at.as_ms()));
            }
            ("presence", Some(chat))
        }
        Observation::Message { chat, sender, from_me, id, sent_at } => {
            assert_eq!((&event["sender"], &event["fromMe"]), (&sender.as_str().into(), &(*from_me).into()));
            assert_eq!(event["messageId"], *id);
            assert_eq!(event["sentAtMs"].as_u64(), sent_at.map(|at| at.as_ms()));
            ("message", Some(chat))
        }
        Observation::Receipt { chat, id, read } => {
            assert_eq!((&event["messageId"], &event["read"]), (&(*id).into(), &(*read).into()));
            ("receipt", Some(chat))
        }
        Observation::Hidden { chat, .. } => ("hidden", Some(chat)),
        Observation::Session(state) => {
            assert_eq!(event["state"], state.as_str());
            ("session", None)
        }
        Observation::Unknown => ("unknown", None),
    };
    assert_eq!(event["kind"], kind);
    assert_eq!(event["chat"].as_str(), chat.map(|chat| chat.as_str()));
}
