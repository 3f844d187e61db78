//! Messages as WAHA shows them, with the bodies and the raw noise that a presence client must throw away.

use serde::Serialize;
use serde_json::{Value, json};

use crate::time::UnixMs;
use crate::world::happening::{Happening, Message};
use crate::world::id::{Jid, Kind};

/// The payload of `message` and `message.any`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageBody {
    id: String,
    /// Unix seconds.
    timestamp: u64,
    from: Jid,
    from_me: bool,
    source: &'static str,
    to: Jid,
    participant: Option<Jid>,
    body: String,
    has_media: bool,
    media: Option<Media>,
    ack: i8,
    ack_name: &'static str,
    #[serde(rename = "_data")]
    data: Value,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct Media {
    url: String,
    mimetype: &'static str,
    filename: Option<String>,
}

/// The payload of `message.ack`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Ack {
    id: String,
    from: Jid,
    to: Jid,
    participant: Option<Jid>,
    from_me: bool,
    ack: i8,
    ack_name: &'static str,
}

impl MessageBody {
    /// The message that happened, sent at `wall`, to or from `me`.
    #[must_use]
    pub fn new(heard: &Happening, message: &Message, me: &Jid, wall: UnixMs) -> Self {
        let group = heard.chat.kind() == Kind::Group;
        let author = if message.from_me { me } else { &heard.who };
        let participant = group.then(|| author.clone());
        let suffix = participant.as_ref().map(|who| format!("_{who}")).unwrap_or_default();
        let id = format!("{}_{}_{}{suffix}", message.from_me, heard.chat, message.id);
        let media = message.voice.then(|| Media {
            url: format!("http://localhost:3000/api/files/{}.oga", message.id),
            mimetype: "audio/ogg; codecs=opus",
            filename: None,
        });
        Self {
            id,
            timestamp: wall.as_secs(),
            from: heard.chat.clone(),
            from_me: message.from_me,
            source: "app",
            to: if message.from_me { heard.chat.clone() } else { me.clone() },
            data: raw(heard, message, participant.as_ref(), wall),
            participant,
            body: message.text.clone(),
            has_media: message.voice,
            media,
            ack: 1,
            ack_name: "SERVER",
        }
    }

    /// The news that the message reached a device, or was read.
    #[must_use]
    pub fn acknowledged(&self, read: bool) -> Ack {
        let (ack, ack_name) = if read { (3, "READ") } else { (2, "DEVICE") };
        Ack {
            id: self.id.clone(),
            from: self.from.clone(),
            to: self.to.clone(),
            participant: self.participant.clone(),
            from_me: self.from_me,
            ack,
            ack_name,
        }
    }
}

/// The engine's own record of a message: the body again, ids in another spelling, and bulk.
fn raw(heard: &Happening, message: &Message, participant: Option<&Jid>, wall: UnixMs) -> Value {
    let inner = |id: &Jid| match id.kind() {
        Kind::Phone => format!("{}@s.whatsapp.net", id.user()),
        Kind::Lid | Kind::Group | Kind::Other => id.to_string(),
    };
    let content = if message.voice {
        json!({ "audioMessage": { "ptt": true, "seconds": 7, "mimetype": "audio/ogg; codecs=opus", "waveform": NOISE } })
    } else {
        json!({ "conversation": message.text, "messageContextInfo": { "messageSecret": NOISE } })
    };
    json!({
        "key": {
            "remoteJid": inner(&heard.chat),
            "fromMe": message.from_me,
            "id": message.id,
            "participant": participant.map(inner),
        },
        "messageTimestamp": wall.as_secs(),
        "pushName": heard.name,
        "broadcast": false,
        "message": content,
        "verifiedBizName": null,
        "status": 2,
    })
}

const NOISE: &str = "bm90aGluZyBpbiBoZXJlIGlzIG9mIGFueSB1c2UgdG8gYSBwcmVzZW5jZSBjbGllbnQsIHlldCBpdCBhcnJpdmVzIHdpdGggZXZlcnkgbWVzc2FnZQ==";
