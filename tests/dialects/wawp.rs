//! Wawp, in both versions: they differ in where calls go, not in what bodies say.

use wa_presence::gateway::wawp::{PresenceField, Version, Wawp};
use wa_presence::gateway::{Call, Gateway, OwnPresence, Privacy};
use wa_presence::machine::error::ErrorCode;
use wa_presence::machine::observation::Word;

use super::{Dialect, id};

const CHAT: &str = "15550001111@c.us";

pub(super) fn v1() -> Dialect {
    let mut answers = answers();
    // Subscribing is reading.
    answers.push(("answer-chat.json", Call::Subscribe(id(CHAT)), "15550001111@c.us: 15550001111@c.us Offline"));
    answers.push(("answer-done.json", Call::Subscribe(id(CHAT)), "done"));
    Dialect {
        name: "wawp v1",
        gateway: gateway(Version::V1, "https://wawp.example/wp-json/awp/v1", "123456789"),
        answers,
        requests: v1_requests(),
        headers: |call| if matches!(call, Call::Subscribe(_) | Call::Session) { credentials() } else { headers(call) },
        body_with_word: |word| {
            format!(
                r#"{{"event":"presence.update","payload":{{"id":"15550001111@c.us","presences":[{{"participant":"15550001111@c.us","lastKnownPresence":"{word}"}}]}}}}"#
            )
        },
        secretive: |host, instance| gateway(Version::V1, &format!("https://{host}"), instance),
        ..v2()
    }
}

pub(super) fn v2() -> Dialect {
    let mut answers = answers();
    answers.push(("answer-chat.json", Call::Subscribe(id(CHAT)), "done"));
    Dialect {
        name: "wawp v2",
        folder: "wawp",
        gateway: gateway(Version::V2, "https://wawp.example/v2", "123456789"),
        account: "15559990000@c.us 990000000000@lid",
        events: EVENTS,
        answers,
        refusals: REFUSALS,
        requests: v2_requests(),
        headers,
        unsupported: vec![
            Call::Snapshot(id(CHAT)),
            Call::GetAll,
            Call::LookUp(id(CHAT)),
            Call::LookUp(id("999@lid")),
            Call::Privacy,
            Call::SetPrivacy(Privacy::ReadReceipts(false)),
        ],
        plain_refusals: &[400],
        holds_calls_ms: 15_000,
        body_with_word: |word| {
            format!(
                r#"{{"event":"presence.update","payload":{{"chatId":"15550001111@c.us","type":"{word}","from":"15550001111@c.us"}}}}"#
            )
        },
        words: &[
            ("online", Word::Online),
            ("available", Word::Online),
            ("offline", Word::Offline),
            ("unavailable", Word::Offline),
            ("typing", Word::Typing),
            ("composing", Word::Typing),
            ("recording", Word::Recording),
            ("paused", Word::Paused),
            ("", Word::Unknown),
            ("pending", Word::Unknown),
        ],
        secretive: |host, instance| gateway(Version::V2, &format!("https://{host}"), instance),
    }
}

fn gateway(version: Version, base_url: &str, instance_id: &str) -> Gateway {
    Gateway::Wawp(Wawp {
        version,
        base_url: base_url.to_owned(),
        instance_id: instance_id.to_owned(),
        presence_field: PresenceField::default(),
        credentials_in_query: false,
    })
}

fn credentials() -> Vec<(&'static str, &'static str)> {
    vec![("Authorization", "Bearer key_fake"), ("X-Instance-ID", "123456789")]
}

/// Whatever has a body carries them there.
fn headers(call: &Call) -> Vec<(&'static str, &'static str)> {
    if matches!(call, Call::Get(_)) { credentials() } else { Vec::new() }
}

type Line = (Call, &'static str, Option<&'static str>);

fn v1_requests() -> Vec<Line> {
    let chat = || id(CHAT);
    let read = "GET https://wawp.example/wp-json/awp/v1/presence/15550001111%40c.us";
    let mut requests = sets("POST https://wawp.example/wp-json/awp/v1/presence");
    requests.extend([
        (Call::Subscribe(chat()), read, None),
        (Call::Get(chat()), read, None),
        (Call::StartTyping(chat()), "POST https://wawp.example/wp-json/awp/v1/startTyping", Some("call-chat.json")),
        (Call::StopTyping(chat()), "POST https://wawp.example/wp-json/awp/v1/stopTyping", Some("call-chat.json")),
        (Call::Session, "GET https://wawp.example/wp-json/awp/v1/session/info", None),
    ]);
    requests
}

fn v2_requests() -> Vec<Line> {
    let chat = || id(CHAT);
    let mut requests = sets("POST https://wawp.example/v2/presence");
    requests.extend([
        (
            Call::Subscribe(chat()),
            "POST https://wawp.example/v2/presence/15550001111%40c.us/subscribe",
            Some("call-chat.json"),
        ),
        (Call::Get(chat()), "GET https://wawp.example/v2/presence/15550001111%40c.us", None),
        (Call::StartTyping(chat()), "POST https://wawp.example/v2/send/start-typing", Some("call-chat.json")),
        (Call::StopTyping(chat()), "POST https://wawp.example/v2/send/stop-typing", Some("call-chat.json")),
        (Call::Session, "POST https://wawp.example/v2/session/info", Some("call-session.json")),
    ]);
    requests
}

fn sets(line: &'static str) -> Vec<Line> {
    let chat = || id(CHAT);
    vec![
        (Call::Set(OwnPresence::Online), line, Some("call-set-online.json")),
        (Call::Set(OwnPresence::Offline), line, Some("call-set-offline.json")),
        (Call::Set(OwnPresence::Typing(chat())), line, Some("call-set-typing.json")),
        (Call::Set(OwnPresence::Recording(chat())), line, Some("call-set-recording.json")),
        (Call::Set(OwnPresence::Paused(chat())), line, Some("call-set-paused.json")),
    ]
}

fn answers() -> Vec<(&'static str, Call, &'static str)> {
    let get = || Call::Get(id(CHAT));
    vec![
        ("answer-chat.json", get(), "15550001111@c.us: 15550001111@c.us Offline"),
        ("answer-chat-last-seen.json", get(), "15550001111@c.us: 15550001111@c.us Online seen 1785000000000"),
        ("answer-chat-empty.json", get(), "15550001111@c.us:"),
        ("answer-chat-group.json", get(), "120363000000000001@g.us: 15550001111@c.us Typing 15550002222@c.us Paused"),
        ("answer-done.json", Call::StartTyping(id(CHAT)), "done"),
        ("answer-done-list.json", Call::StopTyping(id(CHAT)), "done"),
        ("answer-done-null.json", Call::Set(OwnPresence::Online), "done"),
        ("answer-done-result.json", Call::Subscribe(id(CHAT)), "done"),
        ("answer-session.json", Call::Session, "Working WORKING own None engine - ids 15559990000@c.us"),
        ("answer-session-pairing.json", Call::Session, "NeedsPairing SCAN_QR_CODE own None engine - ids"),
        (
            "answer-session-full.json",
            Call::Session,
            "Stopped STOPPED own Some(false) engine GOWS ids 15559990000@c.us 990000000000@lid",
        ),
    ]
}

const NOT_CONNECTED: &str = "Session not found or not connected.";
const NOT_WORKING: &str = "Session status is not as expected. Try again later or restart the session";

const REFUSALS: &[(u16, &str, ErrorCode, &str)] = &[
    // Under a status that promises success.
    (200, "error-200-session.json", ErrorCode::NotReady, NOT_CONNECTED),
    (201, "error-200-token.json", ErrorCode::Unauthorized, "Invalid credentials"),
    (200, "error-200-upstream.json", ErrorCode::Engine, "connect ETIMEDOUT to ***"),
    (200, "error-200-unknown.json", ErrorCode::Engine, "Something else happened"),
    (200, "error-200-result.json", ErrorCode::Engine, "refused without a reason"),
    (200, "error-403-subscription.json", ErrorCode::Forbidden, "This feature needs a paid plan."),
    (200, "error-429.json", ErrorCode::RateLimited, "Too Many Requests"),
    // Under their own.
    (400, "error-400-parameter.json", ErrorCode::BadRequest, "Missing required parameter(s): chatId"),
    (400, "error-400-detail.json", ErrorCode::BadRequest, "'typing' presence requires 'chatId' field."),
    (401, "error-401-missing.json", ErrorCode::Unauthorized, "Missing token"),
    (401, "error-401-invalid.json", ErrorCode::Unauthorized, "Invalid or missing credentials"),
    (403, "error-403-subscription.json", ErrorCode::Forbidden, "This feature needs a paid plan."),
    (404, "error-404-session.json", ErrorCode::NotReady, NOT_CONNECTED),
    (404, "error-404-route.json", ErrorCode::NotFound, "No route was found matching the URL and request method."),
    (
        422,
        "error-422-not-working.json",
        ErrorCode::NotReady,
        "Session status is not as expected. Try again later or restart the session (status STOPPED)",
    ),
    (422, "error-422-not-working-code.json", ErrorCode::NotReady, NOT_WORKING),
    (429, "error-429.json", ErrorCode::RateLimited, "Too Many Requests"),
    (500, "error-500.json", ErrorCode::Engine, "Internal Server Error"),
    (502, "error-502-upstream.json", ErrorCode::Engine, "The engine did not answer. Retry with exponential backoff."),
    (500, "error-200-upstream.json", ErrorCode::Engine, "connect ETIMEDOUT to ***"),
    // The body beats the status, except where the status is about the credential or the rate.
    (400, "error-401-missing.json", ErrorCode::Unauthorized, "Missing token"),
    (500, "error-404-session.json", ErrorCode::NotReady, NOT_CONNECTED),
    (401, "error-404-session.json", ErrorCode::Unauthorized, NOT_CONNECTED),
    (
        429,
        "error-502-upstream.json",
        ErrorCode::RateLimited,
        "The engine did not answer. Retry with exponential backoff.",
    ),
];

const EVENTS: &[(&str, &str)] = &[
    ("event-ack.json", "#19 @1785000000119 us read true_15550001111@c.us_3EB0BBBBBBBBBBBBBBBB in 15550001111@c.us"),
    (
        "event-array.json",
        "#21 @1785000000121 us 15550001111@c.us: 15550001111@c.us Typing\n\
         #22 @1785000000122 us 15550001111@c.us: 15550001111@c.us Offline seen 1785000000000\n\
         unknown\n\
         1 elsewhere",
    ),
    (
        "event-message-any.json",
        "#18 @1785000000118 us message false_15550001111@c.us_3EB0AAAAAAAAAAAAAAAA in 15550001111@c.us of \
         15550001111@c.us at 1785000000000",
    ),
    (
        "event-message.json",
        "#17 @1785000000117 us message false_15550001111@c.us_3EB0AAAAAAAAAAAAAAAA in 15550001111@c.us of \
         15550001111@c.us at 1785000000000",
    ),
    ("event-other.json", "#20 @1785000000120 us unknown"),
    ("event-presence-available.json", "#04 @1785000000104 us 15550001111@c.us: 15550001111@c.us Online"),
    ("event-presence-bad-from.json", "#08 @1785000000108 us unknown\n1 invalid"),
    ("event-presence-composing.json", "#01 @1785000000101 us 15550001111@c.us: 15550001111@c.us Typing"),
    ("event-presence-group.json", "#06 @1785000000106 us 120363000000000001@g.us: 15550002222@c.us Typing"),
    ("event-presence-list-beats-word.json", "#12 @1785000000112 us 15550001111@c.us: 15550001111@c.us Paused"),
    ("event-presence-list-empty.json", "#11 @1785000000111 us 15550001111@c.us:"),
    (
        "event-presence-list-group.json",
        "#10 @1785000000110 us 120363000000000001@g.us: 15550001111@c.us Recording 15550002222@c.us Online seen \
         1785000000000",
    ),
    ("event-presence-list.json", "#09 @1785000000109 us 15550001111@c.us: 15550001111@c.us Typing"),
    ("event-presence-no-from.json", "#07 @1785000000107 us 15550001111@c.us: 15550001111@c.us Typing"),
    ("event-presence-nothing.json", "#15 @1785000000115 us unknown"),
    ("event-presence-paused.json", "#03 @1785000000103 us 15550001111@c.us: 15550001111@c.us Paused"),
    ("event-presence-recording.json", "#02 @1785000000102 us 15550001111@c.us: 15550001111@c.us Recording"),
    ("event-presence-status-available.json", "#13 @1785000000113 us 15550001111@c.us: 15550001111@c.us Online"),
    ("event-presence-status-unavailable.json", "#14 @1785000000114 us 15550001111@c.us: 15550001111@c.us Offline"),
    ("event-presence-unavailable.json", "#05 @1785000000105 us 15550001111@c.us: 15550001111@c.us Offline"),
    ("event-session-flat-elsewhere.json", "1 elsewhere"),
    ("event-session-flat-nobody.json", "@1785000004000 unknown"),
    ("event-session-flat-older.json", "@1785000002000 session Working"),
    ("event-session-flat-working.json", "@1785000001000 session Working"),
    ("event-session-flat.json", "@1785000000000 session NeedsPairing"),
    ("event-session.json", "#16 @1785000000116 us session Failed"),
    ("event-text-array.json", "#24 @1785000000124 us 15550001111@c.us: 15550001111@c.us Paused"),
    ("event-text.json", "#23 @1785000000123 us 15550001111@c.us: 15550001111@c.us Typing"),
];
