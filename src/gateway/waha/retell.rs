//! WAHA's words said again, with nothing but what a codec keeps: for other tabs, which read them as they read WAHA's own.
//!
//! Bodies, names, `metadata`, settings of the session with the secrets of its webhooks: none of that is in what was decoded, so none of it can
//! be said.

use crate::gateway::{Answer, ChatReports};
use crate::machine::id::Address;
use crate::machine::observation::{Envelope, Observation, Report, SessionState};
use crate::machine::time::UnixMs;
use crate::text::{push_json, push_u64};

/// From this acknowledgement on a message has been read; below, it was delivered.
const ACKS: [u64; 2] = [1, 3];

/// An envelope of the feed; nothing where it says nothing that we know.
#[must_use]
pub fn frame(envelope: &Envelope<'_>) -> Option<String> {
    let mut json = String::new();
    json.push('{');
    if let Some(id) = envelope.id {
        text("id", id, &mut json);
    }
    if let Some(stamp) = envelope.stamp {
        number("timestamp", stamp.as_ms(), &mut json);
    }
    let [id, lid] = &envelope.own;
    own(&[id.as_ref(), lid.as_ref()], &mut json);
    let event = match &envelope.observation {
        Observation::Presence { .. } => "presence.update",
        Observation::Message { .. } => "message.any",
        Observation::Receipt { .. } => "message.ack",
        Observation::Session(_) => "session.status",
        Observation::Hidden { .. } | Observation::Unknown => return None,
    };
    text("event", event, &mut json);
    name("payload", &mut json);
    json.push('{');
    match &envelope.observation {
        Observation::Presence { chat, reports, .. } => one_chat(chat, reports, &mut json),
        Observation::Message { chat, sender, from_me, id, sent_at } => {
            text("id", id, &mut json);
            text("from", chat.as_str(), &mut json);
            text("participant", sender.as_str(), &mut json);
            name("fromMe", &mut json);
            json.push_str(if *from_me { "true" } else { "false" });
            if let Some(at) = sent_at {
                number("timestamp", at.as_ms(), &mut json);
            }
        }
        Observation::Receipt { chat, id, read } => {
            text("id", id, &mut json);
            text("from", chat.as_str(), &mut json);
            number("ack", ACKS.get(usize::from(*read)).copied().unwrap_or_default(), &mut json);
        }
        Observation::Session(state) => text("status", status(*state), &mut json),
        Observation::Hidden { .. } | Observation::Unknown => {}
    }
    aliases(&envelope.aliases, &mut json);
    json.push_str("}}");
    Some(json)
}

/// An answer that was taken.
#[must_use]
pub fn answer(answer: &Answer<'_>) -> String {
    let mut json = String::new();
    if let Answer::Chats(chats) = answer {
        json.push('[');
        for (place, ChatReports { chat, reports, .. }) in chats.iter().enumerate() {
            json.push_str(if place == 0 { "{" } else { ",{" });
            one_chat(chat, reports, &mut json);
            json.push('}');
        }
        json.push(']');
        return json;
    }
    json.push('{');
    match answer {
        Answer::Chat(ChatReports { chat, reports, .. }) => one_chat(chat, reports, &mut json),
        Answer::Session(info) => {
            text("status", info.status, &mut json);
            if let Some(online) = info.own_presence {
                text("presence", if online { "online" } else { "offline" }, &mut json);
            }
            if let Some(engine) = info.engine {
                name("engine", &mut json);
                json.push('{');
                text("engine", engine, &mut json);
                json.push('}');
            }
            let ids: Vec<_> = info.own.iter().map(Some).collect();
            own(&ids, &mut json);
        }
        Answer::Alias { lid, contact } => {
            if let (Some(lid), Some(contact)) = (lid, contact) {
                text("lid", lid.as_str(), &mut json);
                text("pn", contact.as_str(), &mut json);
            }
        }
        Answer::Done | Answer::Chats(_) | Answer::Hidden { .. } | Answer::NotSubscribed | Answer::Privacy { .. } => {}
    }
    json.push('}');
    json
}

/// A refusal, in the words it was told with.
#[must_use]
pub fn refusal(message: &str) -> String {
    let mut json = "{".to_owned();
    text("message", message, &mut json);
    json.push('}');
    json
}

const fn status(state: SessionState) -> &'static str {
    match state {
        SessionState::Working => "WORKING",
        SessionState::Starting => "STARTING",
        SessionState::NeedsPairing => "SCAN_QR_CODE",
        SessionState::Stopped => "STOPPED",
        SessionState::Failed => "FAILED",
        SessionState::Unknown => "",
    }
}

#[inline(never)]
fn one_chat(chat: &Address<'_>, reports: &[Report<'_>], json: &mut String) {
    text("id", chat.as_str(), json);
    name("presences", json);
    json.push('[');
    for (place, report) in reports.iter().enumerate() {
        json.push_str(if place == 0 { "{" } else { ",{" });
        text("participant", report.participant.as_str(), json);
        text("lastKnownPresence", report.word.as_str(), json);
        if let Some(at) = report.last_seen {
            number("lastSeen", UnixMs::as_ms(at), json);
        }
        json.push('}');
    }
    json.push(']');
}

/// Our own account's ids, in the order in which they stood.
#[inline(never)]
fn own(ids: &[Option<&Address<'_>>], json: &mut String) {
    let mut ids = ids.iter().copied().flatten().peekable();
    if ids.peek().is_none() {
        return;
    }
    name("me", json);
    json.push('{');
    for (key, id) in ["id", "lid"].into_iter().zip(ids) {
        text(key, id.as_str(), json);
    }
    json.push('}');
}

/// Where the engine NOWEB has them: one pair for the chat, one for the sender.
#[inline(never)]
fn aliases(pairs: &[(Address<'_>, Address<'_>)], json: &mut String) {
    if pairs.is_empty() {
        return;
    }
    json.push_str(",\"_data\":{\"key\":{");
    let names = [["remoteJid", "remoteJidAlt"], ["participant", "participantAlt"]];
    for ([one, other], (lid, contact)) in names.into_iter().zip(pairs) {
        text(one, lid.as_str(), json);
        text(other, contact.as_str(), json);
    }
    json.push_str("}}");
}

#[inline(never)]
fn name(name: &str, json: &mut String) {
    if !json.ends_with('{') {
        json.push(',');
    }
    push_json(name, json);
    json.push(':');
}

#[inline(never)]
fn text(key: &str, value: &str, json: &mut String) {
    name(key, json);
    push_json(value, json);
}

#[inline(never)]
fn number(key: &str, value: u64, json: &mut String) {
    name(key, json);
    push_u64(value, json);
}
