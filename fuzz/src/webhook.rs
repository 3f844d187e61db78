//! Any bytes where a gateway's bytes are expected: as a webhook body, as a feed frame, as the answer to every call.
//!
//! The input is the body, nothing around it, so that any captured body is a seed. What else a reading needs (a status, a
//! Retry-After) follows from the input's length: the fuzzer changes it at will, and the same bytes always mean the same.

use wa_presence::gateway::http::{Outcome, Response};
use wa_presence::gateway::waha::Waha;
use wa_presence::gateway::{Answer, Call, ChatReports, Gateway, OwnPresence};
use wa_presence::machine::error::ErrorCode;
use wa_presence::machine::id::Id;
use wa_presence::machine::observation::{Observation, Report};
use wa_presence::machine::time::{Instant, UnixMs};
use wa_presence::machine::{Config, Priority};
use wa_presence::session::{Session, Setup};

use super::fit::{assert_fit, assert_normal};

/// Every row of the outcome table, and statuses that no table has.
const STATUSES: [u16; 20] =
    [200, 201, 204, 299, 301, 400, 401, 403, 404, 405, 408, 409, 422, 429, 500, 501, 502, 503, 0, 999];
/// Below the fuzzer's longest input, so that both sides of the limit are reached.
const MAX_BODY_BYTES: usize = 4_000;
const START: Instant = Instant::from_ms(10_000_000);
const WALL: UnixMs = UnixMs::from_ms(1_795_199_684_702);
/// Longer than every TTL, grace and lease, in ms.
const LONG_MS: u64 = 3_600_000;
/// Nothing keeps a driver busy for longer than this many rounds without a new input.
const ROUNDS: usize = 1_000;
/// The people and the group that the fixtures speak of: watched, so that bodies about them are news.
const WATCHED: [&str; 5] =
    ["123@c.us", "11111111111@c.us", "111111111@c.us", "111111111111111111@g.us", "15550001111@c.us"];

pub(crate) fn run(body: &[u8]) {
    decoded(&Gateway::Ingest, body);
    decoded(&waha(), body);
    let status = STATUSES[body.len() % STATUSES.len()];
    for call in every_call() {
        for status in [200, status] {
            answered(&call, &response(status, body));
        }
    }
    ingested(body);
    received(body);
    called(&response(status, body));
}

fn decoded(gateway: &Gateway, body: &[u8]) {
    match gateway.decode(body) {
        Err(error) => {
            assert_eq!(error.code, ErrorCode::Malformed);
            assert_fit(&error);
        }
        Ok(decoded) => {
            for envelope in decoded.envelopes.iter() {
                envelope.own.iter().flatten().for_each(assert_normal);
                envelope.aliases.iter().for_each(|(lid, contact)| {
                    assert_normal(lid);
                    assert_normal(contact);
                });
                match &envelope.observation {
                    Observation::Presence { chat, reports, .. } => {
                        assert_normal(chat);
                        assert_reports(reports);
                    }
                    Observation::Message { chat, sender, .. } => {
                        assert_normal(chat);
                        assert_normal(sender);
                    }
                    Observation::Receipt { chat, .. } | Observation::Hidden { chat, .. } => assert_normal(chat),
                    Observation::Session(_) | Observation::Unknown => {}
                }
            }
        }
    }
}

fn answered(call: &Call, response: &Response) {
    let chats = |chats: &[ChatReports<'_>]| {
        for chat in chats {
            assert_normal(&chat.chat);
            assert_reports(&chat.reports);
        }
    };
    match waha().answer(call, response) {
        Err(error) => {
            assert_eq!(error.status, Some(response.status), "an answer has a status, whatever it says");
            assert_fit(&error);
        }
        Ok(answer) => {
            assert!((200..300).contains(&response.status), "HTTP {} is a refusal", response.status);
            if let Answer::Chat(chat) = &answer {
                chats(std::slice::from_ref(chat));
            }
            if let Answer::Chats(list) = &answer {
                chats(list);
            }
            if let Answer::Session(info) = &answer {
                info.own.iter().for_each(assert_normal);
            }
            if let Answer::Alias { lid, contact } = &answer {
                lid.iter().chain(contact).for_each(assert_normal);
            }
        }
    }
}

/// As `presence.ingest` takes it, where there is no gateway to call.
fn ingested(body: &[u8]) {
    let mut session = session(Gateway::Ingest);
    let known = session.machine().watched();
    match session.ingest(body, WALL, START) {
        Ok(()) => assert!(body.len() <= MAX_BODY_BYTES),
        Err(error) => {
            assert_eq!(error.code == ErrorCode::TooLarge, body.len() > MAX_BODY_BYTES);
            assert_fit(&error);
        }
    }
    assert_quiet(&mut session, START);
    assert!(session.machine().watched() <= known, "a body makes nobody watch anything");
    later(&mut session);
}

/// As the socket of a WAHA session delivers it.
fn received(body: &[u8]) {
    let mut session = session(waha());
    let _ = session.poll_feed(START);
    session.handle_socket_open(START);
    session.handle_frame(body, WALL, START);
    assert_quiet(&mut session, START);
    later(&mut session);
}

/// As the answer to one call of every kind, the session's own calls among them.
fn called(response: &Response) {
    let mut session = session(waha());
    let asked: Vec<_> = every_call().into_iter().map(|call| session.call(call)).collect();
    let outcome = Outcome::Response(response.clone());
    let mut replies = Vec::new();
    let mut now = START;
    for _ in 0..ROUNDS {
        while let Some((id, _)) = session.poll_request(now) {
            session.handle_outcome(id, &outcome, WALL, now);
        }
        while let Some((id, reply)) = session.poll_reply() {
            replies.push(id);
            reply.err().iter().for_each(assert_fit);
        }
        while let Some(error) = session.poll_error() {
            assert_fit(&error);
        }
        match session.poll_timeout(now) {
            Some(at) if at <= START + 60_000 => {
                now = now.max(at);
                session.handle_timeout(now);
            }
            _ => break,
        }
    }
    replies.sort();
    assert_eq!(replies, asked, "every call has one reply");
    assert_quiet(&mut session, now);
}

/// Lets all there is to expire expire.
fn later(session: &mut Session) {
    let now = START + LONG_MS;
    session.handle_timeout(now);
    assert_quiet(session, now);
    let machine = session.machine();
    for chat in machine.watched_chats() {
        let snapshot = machine.snapshot(chat).expect("a watched chat has a snapshot");
        assert!(snapshot.active.is_empty(), "an activity outlived its TTL by an hour");
    }
}

/// Drains until nothing more is due at `now`; errors are fit to be shown, and every notice has a snapshot.
fn assert_quiet(session: &mut Session, now: Instant) {
    for _ in 0..ROUNDS {
        session.poll_credential();
        while session.poll_feed(now).is_some() {}
        while let Some((id, _)) = session.poll_request(now) {
            session.handle_outcome(id, &Outcome::Network, WALL, now);
        }
        while session.poll_reply().is_some() {}
        while let Some(error) = session.poll_error() {
            assert_fit(&error);
        }
        session.poll_connection();
        while let Some(notice) = session.poll_notice() {
            assert!(session.machine().snapshot(notice.chat).is_some(), "a notice names a chat we know");
        }
        match session.poll_timeout(now) {
            Some(at) if at <= now => session.handle_timeout(now),
            Some(_) | None => return,
        }
    }
    panic!("the session is never done with one moment");
}

fn assert_reports(reports: &[Report<'_>]) {
    reports.iter().for_each(|report| assert_normal(&report.participant));
}

fn every_call() -> Vec<Call> {
    let chat = || id("123@c.us");
    vec![
        Call::Subscribe(chat()),
        Call::Get(chat()),
        Call::GetAll,
        Call::Set(OwnPresence::Typing(chat())),
        Call::StartTyping(chat()),
        Call::StopTyping(chat()),
        Call::Session,
        Call::LookUp(chat()),
    ]
}

fn session(gateway: Gateway) -> Session {
    let subscribes = matches!(gateway, Gateway::Waha(_));
    let machine = Config { subscribes, looks_up_aliases: subscribes, ..Config::default() };
    let setup = Setup {
        gateway,
        machine,
        feed: subscribes,
        credential: false,
        log_entries: 200,
        max_body_bytes: MAX_BODY_BYTES,
    };
    let mut session = Session::new(setup, START);
    for chat in WATCHED {
        session.watch(&id(chat), Priority::Visible, START);
    }
    session
}

fn waha() -> Gateway {
    Gateway::Waha(Waha {
        base_url: "https://waha.example".to_owned(),
        session: "default".to_owned(),
        message_events: true,
    })
}

fn response(status: u16, body: &[u8]) -> Response {
    let retry_after_ms = body.len().is_multiple_of(3).then_some(7_000);
    Response { status, retry_after_ms, body: body.to_vec() }
}

fn id(text: &str) -> Id {
    Id::parse(text).expect("the ids here are real")
}
