//! WAHA.

use wa_presence::gateway::waha::Waha;
use wa_presence::gateway::{Call, Gateway, OwnPresence, Privacy};
use wa_presence::machine::error::ErrorCode;
use wa_presence::machine::observation::Word;

use super::{Dialect, id};

const CHAT: &str = "111111111@c.us";

pub(super) fn dialect() -> Dialect {
    Dialect {
        name: "waha",
        folder: "waha",
        gateway: gateway("https://waha.example/sub/path", "default"),
        account: "10000000000@c.us 990000000000@lid",
        events: EVENTS,
        answers: answers(),
        refusals: REFUSALS,
        requests: requests(),
        headers: |_| vec![("X-Api-Key", "key_fake")],
        unsupported: vec![Call::Snapshot(id(CHAT)), Call::Privacy, Call::SetPrivacy(Privacy::ReadReceipts(false))],
        plain_refusals: &[],
        holds_calls_ms: 15_000,
        body_with_word: |word| {
            format!(
                r#"{{"event":"presence.update","payload":{{"id":"123@c.us","presences":[{{"participant":"123@c.us","lastKnownPresence":"{word}"}}]}}}}"#
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
            ("", Word::Unknown),
            ("daydreaming", Word::Unknown),
        ],
        secretive: |host, session| gateway(&format!("https://{host}"), session),
    }
}

fn gateway(base_url: &str, session: &str) -> Gateway {
    Gateway::Waha(Waha { base_url: base_url.to_owned(), session: session.to_owned(), message_events: true })
}

fn requests() -> Vec<(Call, &'static str, Option<&'static str>)> {
    let chat = || id(CHAT);
    vec![
        (
            Call::Subscribe(chat()),
            "POST https://waha.example/sub/path/api/default/presence/111111111%40c.us/subscribe",
            None,
        ),
        (Call::Get(chat()), "GET https://waha.example/sub/path/api/default/presence/111111111%40c.us", None),
        (Call::GetAll, "GET https://waha.example/sub/path/api/default/presence", None),
        (
            Call::Set(OwnPresence::Online),
            "POST https://waha.example/sub/path/api/default/presence",
            Some("call-set-online.json"),
        ),
        (
            Call::Set(OwnPresence::Offline),
            "POST https://waha.example/sub/path/api/default/presence",
            Some("call-set-offline.json"),
        ),
        (
            Call::Set(OwnPresence::Typing(chat())),
            "POST https://waha.example/sub/path/api/default/presence",
            Some("call-set-typing.json"),
        ),
        (
            Call::Set(OwnPresence::Recording(chat())),
            "POST https://waha.example/sub/path/api/default/presence",
            Some("call-set-recording.json"),
        ),
        (
            Call::Set(OwnPresence::Paused(chat())),
            "POST https://waha.example/sub/path/api/default/presence",
            Some("call-set-paused.json"),
        ),
        (Call::StartTyping(chat()), "POST https://waha.example/sub/path/api/startTyping", Some("call-typing.json")),
        (Call::StopTyping(chat()), "POST https://waha.example/sub/path/api/stopTyping", Some("call-typing.json")),
        (Call::Session, "GET https://waha.example/sub/path/api/sessions/default", None),
        (Call::LookUp(chat()), "GET https://waha.example/sub/path/api/default/lids/pn/111111111", None),
        (Call::LookUp(id("999@lid")), "GET https://waha.example/sub/path/api/default/lids/999%40lid", None),
    ]
}

fn answers() -> Vec<(&'static str, Call, &'static str)> {
    let get = || Call::Get(id("123@c.us"));
    vec![
        (
            "answer-list.json",
            Call::GetAll,
            "2132132130@c.us: 2132132130@c.us Offline seen 1686719326000\n\
             11111111111111111111111@g.us: 11111111111111111111111@g.us Online \
             2132132130@c.us Offline seen 1686719326000",
        ),
        ("answer-list-empty.json", Call::GetAll, ""),
        ("answer-list-gows-positions.json", Call::GetAll, ""),
        ("answer-chat.json", get(), "2132132130@c.us: 2132132130@c.us Online"),
        ("answer-chat-unknown.json", get(), "123@c.us:"),
        ("answer-chat-no-list.json", get(), "123@c.us:"),
        ("answer-chat-lid.json", get(), "999@lid: 999@lid Typing"),
        ("answer-chat-webjs.json", get(), "123@c.us: 123@c.us Offline"),
        ("answer-subscribe-gows.json", Call::Subscribe(id(CHAT)), "done"),
        ("answer-typing.json", Call::StartTyping(id(CHAT)), "done"),
        ("answer-typing.json", Call::StopTyping(id(CHAT)), "done"),
        ("answer-typing.json", Call::Set(OwnPresence::Online), "done"),
        (
            "answer-session-working.json",
            Call::Session,
            "Working WORKING own Some(true) engine NOWEB ids 10000000000@c.us 990000000000@lid",
        ),
        ("answer-session-pairing.json", Call::Session, "NeedsPairing SCAN_QR_CODE own None engine GOWS ids"),
        ("answer-session-passkey.json", Call::Session, "NeedsPairing PASSKEY_REQUIRED own None engine WEBJS ids"),
        ("answer-session-stopped.json", Call::Session, "Stopped STOPPED own Some(false) engine - ids"),
        ("answer-ids.json", Call::LookUp(id("456@c.us")), "123@lid = 456@c.us"),
        ("answer-ids-no-number.json", Call::LookUp(id("123@lid")), "123@lid = -"),
    ]
}

const REFUSALS: &[(u16, &str, ErrorCode, &str)] = &[
    (401, "error-401-key.json", ErrorCode::Unauthorized, "Unauthorized"),
    (403, "error-403-scope.json", ErrorCode::Forbidden, "Forbidden"),
    (
        400,
        "error-400-online-in-chat.json",
        ErrorCode::BadRequest,
        "'online' presence works on the global scope and doesn't require 'chatId' field.",
    ),
    (400, "error-400-typing-nowhere.json", ErrorCode::BadRequest, "'typing' presence requires 'chatId' field."),
    (400, "error-400-no-presence.json", ErrorCode::BadRequest, "'undefined' presence requires 'chatId' field."),
    (400, "error-400-no-session.json", ErrorCode::BadRequest, "Session name is required"),
    (400, "error-400-not-json.json", ErrorCode::BadRequest, "Expected property name or '}' in JSON at position 1"),
    (400, "error-400-list.json", ErrorCode::BadRequest, "name must be a string; name should not be empty"),
    (500, "error-500-no-body.json", ErrorCode::Engine, "Cannot read properties of undefined (reading 'presence')"),
    (500, "error-500-no-chat.json", ErrorCode::Engine, "Cannot read properties of undefined (reading 'includes')"),
    (500, "error-500-gows-presence.json", ErrorCode::Engine, "Invalid presence status"),
    (500, "error-500-engine.json", ErrorCode::Engine, "Connection Closed"),
    (500, "error-500-not-on-whatsapp.json", ErrorCode::Engine, "No LID for user ***@c.us"),
    (
        501,
        "error-501-presence.json",
        ErrorCode::Unsupported,
        "NOWEB engine doesn't support 'bogus' presence. The method is not implemented by 'NOWEB' engine. \
         Check the docs and try another engine: https://waha.devlike.pro/",
    ),
    (
        501,
        "error-501-method.json",
        ErrorCode::Unsupported,
        "The method is not implemented by 'WEBJS' engine. Check the docs and try another engine: \
         https://waha.devlike.pro/",
    ),
    (
        422,
        "error-422-not-working.json",
        ErrorCode::NotReady,
        "Session status is not as expected. Try again later or restart the session (status STOPPED)",
    ),
    (422, "error-422-no-session.json", ErrorCode::NotFound, "Session \"x\" does not exist"),
    (
        422,
        "error-422-core-session.json",
        ErrorCode::Unsupported,
        "WAHA Core support only 'default' session. If you want to run more then one WhatsApp account - please get \
         WAHA PLUS version. Check this out: https://waha.devlike.pro/",
    ),
    (
        422,
        "error-422-plus.json",
        ErrorCode::Unsupported,
        "The feature is available only in Plus version for 'GOWS' engine. Check this out: https://waha.devlike.pro/",
    ),
    (422, "error-422-edition.json", ErrorCode::Unsupported, "API key management is not available in this edition"),
    (422, "error-422-other.json", ErrorCode::BadRequest, "chatId is wrong"),
    (404, "error-404-route.json", ErrorCode::NotFound, "Cannot GET /api/default/presences/***@c.us"),
    (404, "error-404-session.json", ErrorCode::NotFound, "Session not found"),
    // The body beats the status, except where the status is about the credential or the rate.
    (503, "error-422-not-working.json", ErrorCode::NotReady, NOT_WORKING),
    (409, "error-422-other.json", ErrorCode::NotReady, "chatId is wrong"),
    (401, "error-422-not-working.json", ErrorCode::Unauthorized, NOT_WORKING),
    (429, "error-422-not-working.json", ErrorCode::RateLimited, NOT_WORKING),
];

const NOT_WORKING: &str = "Session status is not as expected. Try again later or restart the session (status STOPPED)";

const EVENTS: &[(&str, &str)] = &[
    ("event-ack-device.json", "#50 @1795199684748 us not read true_123@c.us_3EB0DDDDDDDDDDDDDDDD in 123@c.us"),
    ("event-ack-error.json", "#53 @1795199684751 us not read true_123@c.us_3EB0DDDDDDDDDDDDDDDD in 123@c.us"),
    ("event-ack-played.json", "#52 @1795199684750 us read true_123@c.us_3EB0DDDDDDDDDDDDDDDD in 123@c.us"),
    ("event-ack-read.json", "#51 @1795199684749 us read true_123@c.us_3EB0DDDDDDDDDDDDDDDD in 123@c.us"),
    ("event-engine.json", "#60 @1795199684758 us unknown"),
    (
        "event-list.json",
        "#63 @1795199684761 us 123@c.us: 123@c.us Online\n\
         unknown\n\
         unknown\n\
         1 elsewhere",
    ),
    (
        "event-message-any.json",
        "#35 @1795199684733 us message false_123@c.us_3EB0AAAAAAAAAAAAAAAA in 123@c.us of 123@c.us at \
         1795199684000",
    ),
    (
        "event-message-author.json",
        "#36 @1795199684734 us message false_11111111111111111111111@g.us_3EB0FFFFFFFFFFFFFFFF in \
         11111111111111111111111@g.us of 123@c.us at 1795199684000",
    ),
    (
        "event-message-bare.json",
        "#40 @1795199684738 us message evt_01m7x3tm2tvbf2p3gjjnetme40 in 123@c.us of 123@c.us at -",
    ),
    (
        "event-message-gows-own.json",
        "#33 @1795199684731 us 999@lid = 123@c.us message true_999@lid_3EB0DDDDDDDDDDDDDDDD in 999@lid of us \
         at 1795199684000",
    ),
    (
        "event-message-gows.json",
        "#32 @1795199684730 us 999@lid = 123@c.us message false_999@lid_3EB0CCCCCCCCCCCCCCCC in 999@lid of \
         999@lid at 1795199684000",
    ),
    (
        "event-message-newsletter.json",
        "#39 @1795199684737 us message false_123@newsletter_3EB0EFEFEFEFEFEFEFEF in 123@newsletter of \
         123@newsletter at 1795199684000",
    ),
    (
        "event-message-no-author.json",
        "#37 @1795199684735 us unknown\n\
         1 invalid",
    ),
    (
        "event-message-noweb-group.json",
        "#31 @1795199684729 us 999@lid = 123@c.us message \
         false_11111111111111111111111@g.us_3EB0BBBBBBBBBBBBBBBB_999@lid in 11111111111111111111111@g.us of \
         999@lid at 1795199684000",
    ),
    (
        "event-message-noweb.json",
        "#30 @1795199684728 us 999@lid = 123@c.us message false_999@lid_3EB0AAAAAAAAAAAAAAAA in 999@lid of \
         999@lid at 1795199684000",
    ),
    (
        "event-message-status.json",
        "#38 @1795199684736 us message false_status@broadcast_3EB0CDCDCDCDCDCDCDCD_123@c.us in \
         status@broadcast of 123@c.us at 1795199684000",
    ),
    (
        "event-message-webjs-own.json",
        "#34 @1795199684732 us message true_123@c.us_3EB0EEEEEEEEEEEEEEEE in 123@c.us of us at 1795199684000",
    ),
    ("event-other-session.json", "1 elsewhere"),
    ("event-presence-2025-2.json", "#aa own 10000000000@c.us 123@c.us: 123@c.us Online"),
    (
        "event-presence-bad-ids.json",
        "#15 @1795199684713 us 123@c.us: 123@c.us Typing\n\
         5 invalid",
    ),
    ("event-presence-device.json", "#03 @1795199684701 us 123@c.us: 123@c.us Online"),
    ("event-presence-float-stamps.json", "#16 @1795199684000 us 123@c.us: 123@c.us Offline seen 1686719326000"),
    ("event-presence-gows-no-word.json", "#09 @1795199684707 us 123@c.us: 123@c.us Unknown"),
    ("event-presence-gows-recording.json", "#08 @1795199684706 us 123@c.us: 123@c.us Recording seen 1686719326000"),
    (
        "event-presence-group-itself.json",
        "#12 @1795199684710 us 11111111111111111111111@g.us: 11111111111111111111111@g.us Online",
    ),
    ("event-presence-lid.json", "#05 @1795199684703 us 999@lid: 999@lid Online"),
    ("event-presence-message-gows.json", "#07 @1795199684705 us 123@c.us: 123@c.us Paused"),
    ("event-presence-message-noweb.json", "#06 @1795199684704 us 123@c.us: 123@c.us Online"),
    ("event-presence-newsletter.json", "#14 @1795199684712 us 123@newsletter:"),
    ("event-presence-nobody.json", "#13 @1795199684711 123@c.us: 123@c.us Online"),
    ("event-presence-observed.json", "#83 @1795199684698 us 123@c.us: 123@c.us Typing"),
    ("event-presence-offline.json", "#01 @1795199684699 us 123@c.us: 123@c.us Offline seen 1686719326000"),
    ("event-presence-payload-first.json", "@1795199684698 123@c.us: 123@c.us Offline seen 1686719326000"),
    (
        "event-presence-several.json",
        "#02 @1795199684700 us 11111111111111111111111@g.us: 123@c.us Typing 999@lid Recording 456@c.us \
         Paused",
    ),
    ("event-presence-verbatim.json", "#04 @1795199684702 us 123@c.us: 123@c.us Typing 123@c.us Unknown"),
    ("event-presence-webjs.json", "#10 @1795199684708 us 123@c.us: 123@c.us Paused"),
    ("event-presence-wpp.json", "#11 @1795199684709 us 11111111111111111111111@g.us: 123@c.us Online 456@c.us Offline"),
    ("event-presence.json", "111111111111111111@g.us: 11111111111@c.us Typing"),
    ("event-reaction.json", "#61 @1795199684759 us unknown"),
    ("event-session-failed.json", "#24 @1795199684722 us session Failed"),
    ("event-session-passkey-confirmation.json", "#26 @1795199684724 us session NeedsPairing"),
    ("event-session-passkey-required.json", "#25 @1795199684723 us session NeedsPairing"),
    ("event-session-scan-qr-code.json", "#22 @1795199684720 us session NeedsPairing"),
    ("event-session-starting.json", "#21 @1795199684719 us session Starting"),
    ("event-session-stopped.json", "#23 @1795199684721 us session Stopped"),
    ("event-session-unknown.json", "#27 @1795199684725 us session Unknown"),
    ("event-session-working.json", "#20 @1795199684718 us session Working"),
];
