//! WaAPI.

use wa_presence::gateway::waapi::{TIMEOUT_MS, Waapi};
use wa_presence::gateway::{Call, Gateway, OwnPresence, Privacy};
use wa_presence::machine::error::ErrorCode;
use wa_presence::machine::observation::Word;

use super::{Dialect, id};

const CHAT: &str = "15550001111@c.us";
const GROUP: &str = "12036300000000@g.us";

pub(super) fn dialect() -> Dialect {
    Dialect {
        name: "waapi",
        folder: "waapi",
        gateway: gateway("https://waapi.example/api/v1", "123"),
        account: "",
        events: EVENTS,
        answers: answers(),
        refusals: REFUSALS,
        requests: requests(),
        headers: |_| vec![("Accept", "application/json"), ("Authorization", "Bearer key_fake")],
        unsupported: vec![Call::GetAll, Call::LookUp(id(CHAT)), Call::Set(OwnPresence::Recording(id(CHAT)))],
        plain_refusals: &[],
        holds_calls_ms: TIMEOUT_MS + 10_000,
        body_with_word: |word| {
            format!(
                r#"{{"event":"presence_update","instanceId":123,"data":{{"presence":{{"chatId":"123@c.us","hasData":true,"chatstate":{{"type":"{word}"}}}}}}}}"#
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
            ("recording_audio", Word::Recording),
            ("paused", Word::Paused),
            ("pause", Word::Paused),
            ("stop", Word::Paused),
            ("", Word::Unknown),
            ("daydreaming", Word::Unknown),
        ],
        secretive: |host, instance| gateway(&format!("https://{host}"), instance),
    }
}

fn gateway(base_url: &str, instance_id: &str) -> Gateway {
    Gateway::Waapi(Waapi {
        base_url: base_url.to_owned(),
        instance_id: instance_id.to_owned(),
        wait_for_data: true,
        timeout_ms: TIMEOUT_MS,
    })
}

fn requests() -> Vec<(Call, &'static str, Option<&'static str>)> {
    let chat = || id(CHAT);
    let typing = "POST https://waapi.example/api/v1/instances/123/client/action/send-typing";
    let stop_typing = "POST https://waapi.example/api/v1/instances/123/client/action/send-stop-typing";
    vec![
        (
            Call::Subscribe(chat()),
            "POST https://waapi.example/api/v1/instances/123/client/action/get-chat-presence",
            Some("call-subscribe.json"),
        ),
        (
            Call::Get(chat()),
            "POST https://waapi.example/api/v1/instances/123/client/action/get-chat-presence",
            Some("call-get.json"),
        ),
        (
            Call::Snapshot(chat()),
            "POST https://waapi.example/api/v1/instances/123/client/action/get-chat-presence-snapshot",
            Some("call-chat.json"),
        ),
        (
            Call::Set(OwnPresence::Online),
            "POST https://waapi.example/api/v1/instances/123/client/action/send-presence-available",
            Some("call-nothing.json"),
        ),
        (
            Call::Set(OwnPresence::Offline),
            "POST https://waapi.example/api/v1/instances/123/client/action/send-presence-unavailable",
            Some("call-nothing.json"),
        ),
        (Call::Set(OwnPresence::Typing(chat())), typing, Some("call-chat.json")),
        (Call::Set(OwnPresence::Paused(chat())), stop_typing, Some("call-chat.json")),
        (Call::StartTyping(chat()), typing, Some("call-chat.json")),
        (Call::StopTyping(chat()), stop_typing, Some("call-chat.json")),
        (Call::Session, "GET https://waapi.example/api/v1/instances/123/client/status", None),
        (
            Call::Privacy,
            "POST https://waapi.example/api/v1/instances/123/client/action/get-privacy-settings",
            Some("call-nothing.json"),
        ),
        (
            Call::SetPrivacy(Privacy::ReadReceipts(false)),
            "POST https://waapi.example/api/v1/instances/123/client/action/set-privacy-setting",
            Some("call-set-privacy.json"),
        ),
        (
            Call::SetPrivacy(Privacy::Online { follows_last_seen: true }),
            "POST https://waapi.example/api/v1/instances/123/client/action/set-privacy-setting",
            Some("call-set-privacy-online.json"),
        ),
    ]
}

fn answers() -> Vec<(&'static str, Call, &'static str)> {
    let chat = || id(CHAT);
    let get = || Call::Get(chat());
    let group = || Call::Get(id(GROUP));
    let snapshot = || Call::Snapshot(chat());
    vec![
        ("answer-chat-typing.json", get(), "15550001111@c.us: 15550001111@c.us Typing since 1785000000000"),
        (
            "answer-chat-typing.json",
            Call::Subscribe(chat()),
            "15550001111@c.us: 15550001111@c.us Typing since 1785000000000",
        ),
        ("answer-chat-online.json", get(), "15550001111@c.us: 15550001111@c.us Online"),
        ("answer-chat-offline.json", get(), "15550001111@c.us: 15550001111@c.us Offline seen 1785000000000"),
        ("answer-chat-left.json", get(), "15550001111@c.us: 15550001111@c.us Offline seen 1785000000000"),
        ("answer-chat-flat.json", get(), "15550001111@c.us: 15550001111@c.us Offline seen 1785000000123"),
        ("answer-chat-recording.json", get(), "15550001111@c.us: 15550001111@c.us Recording since 1785000000000"),
        ("answer-chat-no-stamps.json", get(), "15550001111@c.us: 15550001111@c.us Offline"),
        ("answer-chat-nothing-yet.json", get(), "15550001111@c.us:"),
        ("answer-chat-nothing-yet.json", snapshot(), "15550001111@c.us:"),
        ("answer-chat-deny.json", get(), "15550001111@c.us hidden Deny"),
        ("answer-chat-deny.json", Call::Subscribe(chat()), "15550001111@c.us hidden Deny"),
        ("answer-chat-deny-no-data.json", snapshot(), "15550001111@c.us hidden Deny"),
        ("answer-chat-deny-chatstate.json", get(), "15550001111@c.us hidden Deny"),
        ("answer-chat-lid.json", get(), "15550001111@c.us: 15550001111@c.us Online"),
        (
            "answer-chat-group.json",
            group(),
            "complete 12036300000000@g.us: 12036300000000@g.us Online 15550001111@c.us Typing 15550002222@c.us Recording",
        ),
        ("answer-chat-group-quiet.json", group(), "complete 12036300000000@g.us: 12036300000000@g.us Offline"),
        (
            "answer-chat-group-no-list.json",
            group(),
            "12036300000000@g.us: 12036300000000@g.us Online 15550001111@c.us Typing 15550002222@c.us Typing",
        ),
        ("answer-chat-null.json", get(), "15550001111@c.us:"),
        ("answer-chat-null.json", Call::Subscribe(chat()), "15550001111@c.us:"),
        ("answer-chat-null.json", snapshot(), "not subscribed"),
        ("answer-snapshot.json", snapshot(), "15550001111@c.us: 15550001111@c.us Online"),
        ("answer-snapshot-null.json", snapshot(), "not subscribed"),
        ("answer-snapshot-bare-null.json", snapshot(), "not subscribed"),
        ("answer-typing.json", Call::StartTyping(chat()), "done"),
        ("answer-typing.json", Call::Set(OwnPresence::Typing(chat())), "done"),
        ("answer-stop-typing.json", Call::StopTyping(chat()), "done"),
        ("answer-available.json", Call::Set(OwnPresence::Online), "done"),
        ("answer-unavailable.json", Call::Set(OwnPresence::Offline), "done"),
        ("answer-status-ready.json", Call::Session, "Working ready own None engine - ids"),
        ("answer-status-booting.json", Call::Session, "Starting booting own None engine - ids"),
        ("answer-status-loading-screen.json", Call::Session, "Starting loading_screen own None engine - ids"),
        ("answer-status-qr.json", Call::Session, "NeedsPairing qr own None engine - ids"),
        ("answer-status-authenticated.json", Call::Session, "Starting authenticated own None engine - ids"),
        ("answer-status-auth-failure.json", Call::Session, "Failed auth_failure own None engine - ids"),
        ("answer-status-disconnected.json", Call::Session, "Stopped disconnected own None engine - ids"),
        ("answer-status-unknown.json", Call::Session, "Unknown hibernating own None engine - ids"),
        ("answer-privacy.json", Call::Privacy, "shares last seen Some(false) online Some(false) reads None"),
        ("answer-privacy-contacts.json", Call::Privacy, "shares last seen Some(true) online Some(true) reads None"),
        ("answer-privacy-unknown.json", Call::Privacy, "shares last seen None online None reads None"),
        (
            "answer-set-privacy.json",
            Call::SetPrivacy(Privacy::ReadReceipts(false)),
            "shares last seen Some(true) online Some(true) reads Some(false)",
        ),
    ]
}

const REFUSALS: &[(u16, &str, ErrorCode, &str)] = &[
    (200, "error-200-not-ready.json", ErrorCode::NotReady, "instance not ready"),
    (200, "error-200-inner-not-ready.json", ErrorCode::NotReady, "instance not ready"),
    (
        200,
        "error-200-chat-format.json",
        ErrorCode::BadRequest,
        "incorrect chatId format. \"bogus\" has no domain, expected <id>@c.us.",
    ),
    (200, "error-200-failed.json", ErrorCode::Engine, "Evaluation failed for ***@c.us"),
    (200, "error-200-silent.json", ErrorCode::Engine, "HTTP 200"),
    (400, "error-400-action.json", ErrorCode::BadRequest, "Failed to execute action"),
    (401, "error-401.json", ErrorCode::Unauthorized, "Unauthenticated."),
    (403, "error-403.json", ErrorCode::Forbidden, "This action is unauthorized."),
    (404, "error-404.json", ErrorCode::NotFound, "No query results for model [App\\Models\\Instance] ***"),
    (409, "error-409.json", ErrorCode::NotReady, "Conflict - instance is not ready"),
    (422, "error-422.json", ErrorCode::BadRequest, "The chat id field is required."),
    (
        422,
        "error-422-errors.json",
        ErrorCode::BadRequest,
        "The chat id format is wrong.; The chat id is too long.; The timeout must be an integer.",
    ),
    (422, "error-422-old.json", ErrorCode::BadRequest, "The given data was invalid. The chat id format is wrong."),
    (429, "error-429.json", ErrorCode::RateLimited, "Too Many Attempts."),
    (500, "error-500.json", ErrorCode::Engine, "Server Error"),
    (503, "error-503.json", ErrorCode::Network, "Service Unavailable"),
    // The body beats the status, except where the status is about the credential or the rate.
    (503, "error-200-not-ready.json", ErrorCode::NotReady, "instance not ready"),
    (409, "error-200-silent.json", ErrorCode::NotReady, "HTTP 409"),
    (401, "error-200-not-ready.json", ErrorCode::Unauthorized, "instance not ready"),
    (429, "error-200-not-ready.json", ErrorCode::RateLimited, "instance not ready"),
];

const EVENTS: &[(&str, &str)] = &[
    ("event-ack-device.json", "not read true_15550001111@c.us_3EB0CC in 15550001111@c.us"),
    ("event-ack-played.json", "read true_15550001111@c.us_3EB0CC in 15550001111@c.us"),
    ("event-ack-read.json", "read true_15550001111@c.us_3EB0CC in 15550001111@c.us"),
    ("event-auth-failure.json", "session Failed"),
    ("event-authenticated.json", "session Starting"),
    ("event-disconnected.json", "session Stopped"),
    (
        "event-list.json",
        "15550001111@c.us: 15550001111@c.us Online\n\
         unknown\n\
         15550002222@c.us: 15550002222@c.us Offline\n\
         1 elsewhere",
    ),
    ("event-loading-screen.json", "session Starting"),
    ("event-message-bare.json", "unknown"),
    (
        "event-message-create-own.json",
        "message true_15550001111@c.us_3EB0CC in 15550001111@c.us of us at 1785000000000",
    ),
    (
        "event-message-create.json",
        "message false_15550001111@c.us_3EB0AA in 15550001111@c.us of 15550001111@c.us at 1785000000000",
    ),
    (
        "event-message-group.json",
        "message false_12036300000000@g.us_3EB0BB in 12036300000000@g.us of 15550002222@c.us at 1785000000000",
    ),
    (
        "event-message-newsletter.json",
        "message false_15550001@newsletter_3EB0EE in 15550001@newsletter of 15550001@newsletter at 1785000000000",
    ),
    (
        "event-message-no-author.json",
        "unknown\n\
         1 invalid",
    ),
    (
        "event-message-remote.json",
        "message false_15550001111@c.us_3EB0DD in 15550001111@c.us of 15550001111@c.us at 1785000000000",
    ),
    (
        "event-message.json",
        "message false_15550001111@c.us_3EB0AA in 15550001111@c.us of 15550001111@c.us at 1785000000000",
    ),
    ("event-no-data.json", "unknown"),
    ("event-other-instance-text.json", "1 elsewhere"),
    ("event-other-instance.json", "1 elsewhere"),
    ("event-presence-data-first.json", "15550001111@c.us: 15550001111@c.us Offline"),
    ("event-presence-deny.json", "15550001111@c.us hidden Deny"),
    ("event-presence-direct.json", "15550001111@c.us: 15550001111@c.us Online"),
    (
        "event-presence-group-bad-ids.json",
        "complete 12036300000000@g.us: 12036300000000@g.us Online 15550001111@c.us Typing\n\
         3 invalid",
    ),
    (
        "event-presence-group-deny.json",
        "12036300000000@g.us hidden Deny\n\
         complete 12036300000000@g.us: 15550002222@c.us Recording",
    ),
    ("event-presence-group-quiet.json", "complete 12036300000000@g.us: 12036300000000@g.us Online"),
    ("event-presence-group.json", "complete 12036300000000@g.us: 12036300000000@g.us Online 15550001111@c.us Typing"),
    ("event-presence-listed.json", "15550001111@c.us: 15550001111@c.us Online 15550001111@c.us Recording"),
    (
        "event-presence-no-chat.json",
        "unknown\n\
         1 invalid",
    ),
    ("event-presence-nothing-yet.json", "15550001111@c.us:"),
    ("event-presence-null.json", "unknown"),
    ("event-presence-offline.json", "15550001111@c.us: 15550001111@c.us Offline seen 1785000000000"),
    ("event-presence-online.json", "15550001111@c.us: 15550001111@c.us Online"),
    (
        "event-presence-recording.json",
        "15550001111@c.us: 15550001111@c.us Online 15550001111@c.us Recording since 1785000000000",
    ),
    (
        "event-presence-typing-hidden.json",
        "15550001111@c.us hidden Deny\n\
         15550001111@c.us: 15550001111@c.us Typing since 1785000000000",
    ),
    ("event-presence-typing-offline.json", "15550001111@c.us: 15550001111@c.us Typing"),
    (
        "event-presence-typing.json",
        "15550001111@c.us: 15550001111@c.us Online 15550001111@c.us Typing since 1785000000000",
    ),
    ("event-qr.json", "session NeedsPairing"),
    ("event-reaction.json", "unknown"),
    ("event-ready.json", "session Working"),
    ("event-state-connected.json", "session Working"),
    ("event-state-unknown.json", "session Unknown"),
    ("event-state-unpaired.json", "session NeedsPairing"),
    ("event-unknown.json", "unknown"),
];
