//! What a gateway told the session, told on: sanitized, in one form for all gateways, to those who follow the chat.
//!
//! The codecs have no field for bodies, media, names, `metadata` or credentials, so none can pass. Ids are those by which people
//! are known here, and our own account's are left out.

use serde::Serialize;
use wa_presence::gateway::{Decoded, unquoted};
use wa_presence::machine::id::{Address, Id};
use wa_presence::machine::observation::{Envelope, Observation, Report};
use wa_presence::machine::time::UnixMs;

use super::actor::Actor;
use crate::wire::{PresenceJson, json};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ObservationJson<'a> {
    id: Option<&'a str>,
    /// By the gateway's clock.
    at_ms: Option<u64>,
    /// By the relay's.
    received_at_ms: u64,
    chat: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    presences: Option<Vec<PresenceJson<'a>>>,
    /// Whether whoever is not listed has stopped typing and recording.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    complete: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<MessageJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt: Option<ReceiptJson<'a>>,
    /// Who hides: `deny` they, `reciprocity` we.
    #[serde(skip_serializing_if = "Option::is_none")]
    hidden: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MessageJson<'a> {
    participant: &'a str,
    from_me: bool,
    id: &'a str,
    sent_at_ms: Option<u64>,
}

#[derive(Serialize)]
struct ReceiptJson<'a> {
    id: &'a str,
    read: bool,
}

impl Actor {
    pub(super) fn forward(&mut self, body: &[u8]) {
        let body = unquoted(body);
        let mut decoded = Decoded::default();
        // What cannot be read was refused by the session before.
        if self.gateway.decode_into(&body, &mut decoded).is_err() {
            return;
        }
        for envelope in decoded.envelopes.iter() {
            self.forward_envelope(envelope);
        }
    }

    fn forward_envelope(&mut self, envelope: &Envelope<'_>) {
        for (one, other) in &envelope.aliases {
            self.note_alias([one.as_str(), other.as_str()]);
        }
        let chat = match &envelope.observation {
            Observation::Presence { chat, .. }
            | Observation::Message { chat, .. }
            | Observation::Receipt { chat, .. }
            | Observation::Hidden { chat, .. } => chat,
            // How the session is, is told as `session`.
            Observation::Session(_) | Observation::Unknown => return,
        };
        let Some(key) = self.followed(chat.as_str()) else { return };
        let machine = self.session.machine();
        let Some(known) = machine.id_of(key).cloned() else { return };
        let own = |address: &Address<'_>| {
            machine.is_own(address.as_str()) || envelope.own.iter().flatten().any(|own| own == address)
        };
        let name = |address: &Address<'_>| {
            if address.as_str() == chat.as_str() { known.clone() } else { machine.canonical_id(&address.to_id()) }
        };
        let mut told = ObservationJson {
            id: envelope.id,
            at_ms: envelope.stamp.map(UnixMs::as_ms),
            received_at_ms: self.shared.clock.wall().as_ms(),
            chat: known.as_str(),
            presences: None,
            complete: false,
            message: None,
            receipt: None,
            hidden: None,
        };
        let (participants, sender): (Vec<_>, Id);
        match &envelope.observation {
            Observation::Presence { reports, complete, .. } => {
                let others = reports.iter().filter(|report| !own(&report.participant));
                participants = others.map(|report| (name(&report.participant), report)).collect();
                told.presences = Some(participants.iter().map(|(id, report)| presence(id, report)).collect());
                told.complete = *complete;
            }
            Observation::Message { sender: from, from_me, id, sent_at, .. } => {
                sender = if *from_me { known.clone() } else { name(from) };
                let sent_at_ms = sent_at.map(UnixMs::as_ms);
                told.message = Some(MessageJson { participant: sender.as_str(), from_me: *from_me, id, sent_at_ms });
            }
            Observation::Receipt { id, read, .. } => told.receipt = Some(ReceiptJson { id, read: *read }),
            Observation::Hidden { hiding, .. } => told.hidden = Some(hiding.as_str()),
            Observation::Session(_) | Observation::Unknown => return,
        }
        let told = json(&told);
        let Some(ids) = self.chats.get(key).map(|chat| chat.ids.clone()) else { return };
        self.publish_once(&ids, "observation", &told);
    }
}

fn presence<'a>(participant: &'a Id, report: &Report<'_>) -> PresenceJson<'a> {
    PresenceJson {
        participant: participant.as_str(),
        word: report.word.as_str(),
        last_seen_at_ms: report.last_seen.map(UnixMs::as_ms),
        began_at_ms: report.began.map(UnixMs::as_ms),
    }
}
