//! A gateway on the wire: what a request asks of it, what it answers, what it posts. Not what any of that means.
#![allow(dead_code, reason = "each test file uses its own part")]

use serde_json::{Value, json};
use wa_presence::gateway::Gateway;
use wa_presence::gateway::http::{Method, Outcome, Request, Response};
use wa_presence::gateway::waapi::{self, Waapi};
use wa_presence::gateway::waha::Waha;
use wa_presence::gateway::wawp::{PresenceField, Version, Wawp};
use wa_presence::machine::time::UnixMs;

/// Whose gateway it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Vendor {
    Waha,
    Wawp,
    Waapi,
}

/// What it makes of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Done,
    /// The connection breaks.
    Network,
    /// Nothing comes within the request's patience.
    Timeout,
    /// One too many, and how long to wait where that can be read, in ms.
    TooMany(Option<u64>),
    Unauthorized,
    Forbidden,
    NotFound,
    /// Its engine has no such thing.
    Unsupported,
    /// Its session does not work.
    NotWorking,
    /// Its engine failed.
    Broken,
}

impl Answer {
    /// Whether the call may have taken effect.
    pub(crate) const fn may_have_landed(self) -> bool {
        matches!(self, Self::Done | Self::Network | Self::Timeout | Self::Broken)
    }
}

/// A request that left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sent {
    /// When, in ms of story time.
    pub(crate) at: u64,
    /// What it asks for, in one word.
    pub(crate) deed: &'static str,
    /// Of which chat; empty where of none.
    pub(crate) chat: String,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) body: Option<String>,
}

/// Parts of a path, and what they stand for: the first that fits counts.
const DEEDS: [(&str, &str); 16] = [
    ("/startTyping", "typing"),
    ("/stopTyping", "stop"),
    ("/send/start-typing", "typing"),
    ("/send/stop-typing", "stop"),
    ("/send-typing", "typing"),
    ("/send-stop-typing", "stop"),
    ("/send-presence-available", "online"),
    ("/send-presence-unavailable", "offline"),
    ("/subscribe", "subscribe"),
    ("/get-chat-presence", "subscribe"),
    ("/get-privacy-settings", "privacy"),
    ("/sessions/", "session"),
    ("/session/info", "session"),
    ("/client/status", "session"),
    ("/lids/", "look-up"),
    ("/presence/", "read"),
];

impl Vendor {
    pub(crate) fn gateway(self) -> Gateway {
        match self {
            Self::Waha => Gateway::Waha(Waha {
                base_url: "https://waha.example".to_owned(),
                session: "default".to_owned(),
                message_events: true,
            }),
            Self::Wawp => Gateway::Wawp(Wawp {
                version: Version::V2,
                base_url: "https://wawp.example/v2".to_owned(),
                instance_id: "123456789".to_owned(),
                presence_field: PresenceField::default(),
                credentials_in_query: false,
            }),
            Self::Waapi => Gateway::Waapi(Waapi {
                base_url: "https://waapi.example/v1".to_owned(),
                instance_id: "123".to_owned(),
                wait_for_data: false,
                timeout_ms: waapi::TIMEOUT_MS,
            }),
        }
    }

    /// The answer to a call, and whether its session works.
    pub(crate) fn outcome(self, sent: &Sent, answer: Answer, works: bool) -> Outcome {
        let (status, body): (u16, String) = match answer {
            Answer::Network => return Outcome::Network,
            Answer::Timeout => return Outcome::Timeout,
            Answer::Done if sent.deed == "session" => (200, self.session(works)),
            Answer::Done => match self {
                Self::Waha => (201, String::new()),
                Self::Wawp => (200, "{}".to_owned()),
                Self::Waapi => (200, r#"{"status":"success"}"#.to_owned()),
            },
            Answer::TooMany(_) => (429, String::new()),
            Answer::Unauthorized => (401, String::new()),
            Answer::Forbidden => (403, r#"{"message":"Forbidden","statusCode":403}"#.to_owned()),
            Answer::NotFound => (404, String::new()),
            Answer::Unsupported => (501, r#"{"message":"The method is not implemented"}"#.to_owned()),
            Answer::NotWorking => {
                let (status, body) = self.not_working();
                (status, body.to_owned())
            }
            Answer::Broken => (500, String::new()),
        };
        let retry_after_ms = if let Answer::TooMany(wait) = answer { wait } else { None };
        Outcome::Response(Response { status, retry_after_ms, body: body.into_bytes() })
    }

    const fn not_working(self) -> (u16, &'static str) {
        match self {
            Self::Waha => {
                (422, r#"{"error":"Session status is not as expected","status":"STOPPED","expected":["WORKING"]}"#)
            }
            Self::Wawp => (404, r#"{"code":"invalid_session","message":"Session not found or not connected."}"#),
            Self::Waapi => (200, r#"{"status":"error","message":"instance not ready"}"#),
        }
    }

    fn session(self, works: bool) -> String {
        let answer = match self {
            Self::Waha | Self::Wawp => {
                let status = if works { "WORKING" } else { "STARTING" };
                json!({"name": "default", "status": status, "engine": {"engine": "NOWEB"}})
            }
            Self::Waapi => {
                let status = if works { "ready" } else { "booting" };
                json!({"clientStatus": {"status": "success", "instanceStatus": status}, "status": "success"})
            }
        };
        answer.to_string()
    }

    /// What it posts as `who` does `word` in `chat`. WaAPI has no stamps and no numbers for what it posts.
    pub(crate) fn presence(self, id: &str, stamp: UnixMs, chat: &str, who: &str, word: &str) -> String {
        let payload = match self {
            Self::Waha => json!({"id": chat, "presences": [
                {"participant": who, "lastKnownPresence": word, "lastSeen": null}
            ]}),
            // `003_…` has `status` and no participant, `004_…` has `type` and `from`.
            Self::Wawp => match word {
                "online" => json!({"id": chat, "status": "available"}),
                "offline" => json!({"id": chat, "status": "unavailable"}),
                "typing" => json!({"chatId": chat, "type": "composing", "from": who}),
                other => json!({"chatId": chat, "type": other, "from": who}),
            },
            Self::Waapi => {
                let presence = json!({
                    "chatId": chat, "isGroup": false, "hasData": true, "deny": false, "isOnline": word != "offline",
                    "chatstate": {"type": word}, "typingParticipants": [], "recordingParticipants": [],
                });
                return json!({"event": "presence_update", "instanceId": 123, "data": {"presence": presence}})
                    .to_string();
            }
        };
        self.envelope(id, stamp, "presence.update", &payload)
    }

    /// What it posts as `who` writes in `chat`: message number `id`, sent at `sent_at` by WhatsApp's clock.
    pub(crate) fn message(self, id: &str, stamp: UnixMs, chat: &str, who: &str, sent_at: UnixMs) -> String {
        let payload = json!({
            "id": id, "timestamp": sent_at.as_ms() / 1_000, "from": chat, "fromMe": false, "participant": who,
            "author": who, "to": "15550009998@c.us", "body": "***",
        });
        if self == Self::Waapi {
            return json!({"event": "message", "instanceId": 123, "data": {"message": payload}}).to_string();
        }
        self.envelope(id, stamp, "message", &payload)
    }

    /// What it posts as somebody in `chat` reads a message of ours.
    pub(crate) fn receipt(self, id: &str, stamp: UnixMs, chat: &str, ack: u8) -> String {
        if self == Self::Waapi {
            let message = json!({"id": id, "from": "15550009998@c.us", "to": chat, "fromMe": true, "ack": ack});
            return json!({"event": "message_ack", "instanceId": 123, "data": {"message": message, "ack": ack}})
                .to_string();
        }
        self.envelope(id, stamp, "message.ack", &json!({"id": id, "from": chat, "fromMe": true, "ack": ack}))
    }

    /// What it posts as its session begins to work, or stops.
    pub(crate) fn status(self, id: &str, stamp: UnixMs, works: bool) -> String {
        if self == Self::Waapi {
            let event = if works { "ready" } else { "disconnected" };
            return json!({"event": event, "instanceId": 123, "data": {}}).to_string();
        }
        let status = if works { "WORKING" } else { "STARTING" };
        self.envelope(id, stamp, "session.status", &json!({"name": "default", "status": status}))
    }

    fn envelope(self, id: &str, stamp: UnixMs, event: &str, payload: &Value) -> String {
        json!({"id": id, "timestamp": stamp.as_ms(), "session": "default", "event": event, "payload": payload})
            .to_string()
    }
}

/// What WaAPI posts of somebody who hides.
pub(crate) fn denial(chat: &str) -> String {
    let presence = json!({"chatId": chat, "isGroup": false, "hasData": false, "deny": true, "isOnline": false});
    json!({"event": "presence_update", "instanceId": 123, "data": {"presence": presence}}).to_string()
}

/// A request as it left at `at`.
pub(crate) fn sent(request: &Request, at: u64) -> Sent {
    let path = request.url.split_once(".example").map_or("", |(_, path)| path).replace("%40", "@");
    let body: Value = request.body.as_deref().map_or(Value::Null, |body| serde_json::from_str(body).expect("JSON"));
    let named = DEEDS.iter().find(|(part, _)| path.contains(part)).map(|(_, deed)| *deed);
    let deed = named.unwrap_or_else(|| match body["presence"].as_str() {
        Some("online") => "online",
        Some("offline" | "unavailable") => "offline",
        Some("recording") => "recording",
        _ if request.method == Method::Get => "list",
        _ => panic!("no story knows this call: {path}"),
    });
    let of_path = path.split('/').find(|part| part.contains('@')).unwrap_or_default();
    let chat = body["chatId"].as_str().unwrap_or(of_path).to_owned();
    Sent { at, deed, chat, method: request.method, path, body: request.body.clone() }
}
