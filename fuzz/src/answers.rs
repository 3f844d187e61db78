//! Any bytes as the answer to every call of every dialect, with any status and any Retry-After.
//!
//! The body is the input; behind a separator, in this order: the status, the value of Retry-After. Without a status the length
//! of the body chooses one, so that a captured body is tried with many.

use serde_json::Value;
use wa_presence::gateway::http::{Response, retry_after_ms};
use wa_presence::gateway::waapi::Waapi;
use wa_presence::gateway::waha::Waha;
use wa_presence::gateway::wawp::{PresenceField, Version, Wawp};
use wa_presence::gateway::{Answer, Call, ChatReports, Gateway, OwnPresence, Privacy};
use wa_presence::machine::SessionState;
use wa_presence::machine::error::{Error, ErrorCode};
use wa_presence::machine::few::Few;
use wa_presence::machine::id::{Address, Id, IdKind};

use super::echo::{self, PHONE};
use super::fit::{assert_fit, assert_ids, assert_places_only};
use super::input::Input;
use super::said;

/// Every row of the tables of statuses, and some that no table has.
const STATUSES: [u16; 20] =
    [200, 201, 204, 299, 301, 400, 401, 403, 404, 405, 408, 409, 422, 429, 500, 501, 502, 503, 0, 999];
/// The longest that anybody is made to wait, in ms, whatever a gateway asks for.
const LONGEST_WAIT_MS: u64 = 3_600_000;
/// What WaAPI answers is read otherwise of a group.
const GROUP: &str = "15550001111-1@g.us";
/// Every call, one of them twice.
const CALLS: usize = 12;
/// Lists and objects within each other that are read.
const DEPTH: usize = 128;

pub(crate) fn run(input: &[u8]) {
    let input = Input::of(input);
    let retry_after_ms = input.text(1).map_or(Some(7_000), waited);
    let statuses = match input.number(0) {
        Some(status) => vec![status],
        None => vec![200, STATUSES[input.body.len() % STATUSES.len()]],
    };
    let (gateways, calls) = (gateways(), every_call());
    for status in statuses {
        let response = |body| Response { status, retry_after_ms, body };
        if echo::is_wanted(input.body) {
            for (gateway, call) in gateways.iter().flat_map(|gateway| calls.iter().map(move |call| (gateway, call))) {
                read(gateway, call, &response(echo::echoed(gateway, call, input.body)));
            }
        } else {
            let response = response(input.body.to_vec());
            let readings =
                gateways.each_ref().map(|gateway| calls.each_ref().map(|call| read(gateway, call, &response)));
            agreeing(&readings, &calls, status);
            let [waha, waapi, ..] = &readings;
            let of = |sought: &Call| calls.iter().position(|call| call == sought).expect("every call is among them");
            if waha[of(&get())].code.is_none() {
                listed(&gateways[0], &waha[of(&get())].text, &response);
            }
            if says_error(&response.body) {
                assert!(waapi[of(&Call::Session)].code.is_some(), "an envelope says that it was not carried out");
            }
        }
    }
}

/// What a header asks for is whole seconds, up to an hour.
fn waited(header: &str) -> Option<u64> {
    let wait = retry_after_ms(header);
    if let Some(ms) = wait {
        assert!(ms <= LONGEST_WAIT_MS && ms.is_multiple_of(1_000), "a wait of {ms} ms");
        let seconds: i128 = header.trim().parse().expect("only a number is a wait");
        assert_eq!(i128::from(ms), (seconds * 1_000).min(LONGEST_WAIT_MS.into()), "of {seconds} s");
    }
    wait
}

/// What a gateway made of a response: all of it as a text, and the kind of error.
struct Reading {
    text: String,
    code: Option<ErrorCode>,
}

impl Reading {
    /// Whether the gateway refused, and did not only say something else than was asked for.
    fn is_refusal(&self) -> bool {
        self.code.is_some_and(|code| code != ErrorCode::Malformed)
    }
}

fn read(gateway: &Gateway, call: &Call, response: &Response) -> Reading {
    let answer = gateway.answer(call, response);
    let text = said::answer(&answer);
    let mut again = response.clone();
    if answer.is_ok() {
        again.body = [b" \n", response.body.as_slice(), b"\t "].concat();
    }
    let again = said::answer(&gateway.answer(call, &again));
    assert_eq!(text, again, "{}: not the same a second time, or with white space around it", gateway.kind());
    match &answer {
        Err(error) => refused(gateway, call, response, error),
        Ok(answer) => told(gateway, call, response, answer),
    }
    Reading { text, code: answer.err().map(|error| error.code) }
}

fn refused(gateway: &Gateway, call: &Call, response: &Response, error: &Error) {
    assert_fit(error);
    echo::assert_silent(&format!("{error:?}"));
    assert_eq!(error.status, Some(response.status), "an answer has a status, whatever it says");
    if error.code == ErrorCode::Malformed {
        assert!(succeeds(response.status), "HTTP {} is a refusal, whatever its body", response.status);
        assert!(!acts(call), "the status of a call that acts says all");
        return assert_places_only(error);
    }
    assert_eq!(error.retry_after_ms, response.retry_after_ms, "how long to wait goes with a refusal");
    let codes = [
        ErrorCode::Unauthorized,
        ErrorCode::Forbidden,
        ErrorCode::RateLimited,
        ErrorCode::NotFound,
        ErrorCode::NotReady,
        ErrorCode::BadRequest,
        ErrorCode::Unsupported,
        ErrorCode::Engine,
        ErrorCode::Network,
        ErrorCode::Timeout,
    ];
    assert!(codes.contains(&error.code), "no gateway says {:?}", error.code);
    match (gateway, response.status) {
        // What is wrong with the credential or the rate is never anything else.
        (_, 401) => assert_eq!(error.code, ErrorCode::Unauthorized),
        (_, 403) => assert_eq!(error.code, ErrorCode::Forbidden),
        (_, 429) => assert_eq!(error.code, ErrorCode::RateLimited),
        (Gateway::Waha(_) | Gateway::Ingest, 200..300) => panic!("WAHA refuses by status"),
        (Gateway::Waapi(_), 200..300) => {
            assert!(matches!(error.code, ErrorCode::NotReady | ErrorCode::BadRequest | ErrorCode::Engine));
        }
        _ => {}
    }
}

fn told(gateway: &Gateway, call: &Call, response: &Response, answer: &Answer<'_>) {
    let kind = gateway.kind();
    assert!(succeeds(response.status), "{kind}: HTTP {} is a refusal", response.status);
    assert!(is_of(gateway, call, answer), "{kind}: {answer:?} is no answer to {call:?}");
    let asked = asked(call);
    assert_ids(&said::answered_ids(answer), &response.body, asked);
    match answer {
        Answer::Chat(chat) if matches!(gateway, Gateway::Waapi(_)) => {
            assert_eq!(chat.chat.as_str(), asked, "WaAPI names no chat but the one it was asked for");
        }
        Answer::Hidden { chat, .. } => assert_eq!(chat.as_str(), asked),
        Answer::Chat(chat) => assert!(!chat.complete, "a list of WAHA's is never said to be complete"),
        Answer::Session(info) => {
            assert!(info.own.len() <= 2);
            assert!(!info.status.is_empty() || info.state == SessionState::Unknown, "a state by no word");
            let body = str::from_utf8(&response.body).expect("what was read is text");
            assert!(body.contains(info.status) && body.contains(info.engine.unwrap_or_default()));
        }
        Answer::Alias { lid, contact } => {
            assert!(lid.iter().all(|id| id.kind() == IdKind::Lid));
            assert!(contact.iter().all(|id| id.kind() == IdKind::Contact));
        }
        Answer::Done | Answer::Chats(_) | Answer::NotSubscribed | Answer::Privacy { .. } => {}
        other => panic!("an answer nobody expects: {other:?}"),
    }
}

/// Whether it is what was asked for.
fn is_of(gateway: &Gateway, call: &Call, answer: &Answer<'_>) -> bool {
    let is_waapi = matches!(gateway, Gateway::Waapi(_));
    let subscribes_by_reading = is_waapi || matches!(gateway, Gateway::Wawp(Wawp { version: Version::V1, .. }));
    match answer {
        Answer::Done => {
            acts(call)
                || !is_waapi && matches!(call, Call::Privacy | Call::SetPrivacy(_))
                || is_waapi && is_unknown_to_waapi(call)
        }
        Answer::Chat(_) => reads_one(call) || subscribes_by_reading && matches!(call, Call::Subscribe(_)),
        Answer::Hidden { .. } => is_waapi && (reads_one(call) || matches!(call, Call::Subscribe(_))),
        Answer::NotSubscribed => is_waapi && matches!(call, Call::Snapshot(_)),
        Answer::Chats(_) => !is_waapi && *call == Call::GetAll,
        Answer::Session(_) => *call == Call::Session,
        Answer::Alias { .. } => !is_waapi && matches!(call, Call::LookUp(_)),
        Answer::Privacy { .. } => is_waapi && matches!(call, Call::Privacy | Call::SetPrivacy(_)),
        other => panic!("an answer nobody expects: {other:?}"),
    }
}

/// What the same response means to other gateways and to other calls.
fn agreeing(readings: &[[Reading; CALLS]; 4], calls: &[Call; CALLS], status: u16) {
    let [waha, waapi, v1, v2] = readings;
    let place = |is_it: fn(&Call) -> bool| calls.iter().position(is_it).expect("every call is among them");
    let subscribe = place(|call| matches!(call, Call::Subscribe(_)));
    let get = place(|call| matches!(call, Call::Get(_)));
    let snapshot = place(|call| matches!(call, Call::Snapshot(_)));
    for (at, call) in calls.iter().enumerate() {
        if v2[at].code.is_none() {
            assert_eq!(v2[at].text, waha[at].text, "where Wawp does not refuse, it says what WAHA says");
        }
        if at != subscribe {
            assert_eq!(v1[at].text, v2[at].text, "both versions of Wawp answer alike");
        }
        for of_gateway in readings {
            let (one, other) = (&of_gateway[at], &of_gateway[get]);
            assert_eq!(one.is_refusal(), other.is_refusal(), "{call:?} is refused alone, or is the one that is not");
            assert!(!one.is_refusal() || one.text == other.text, "a refusal is the same whatever was asked");
        }
    }
    // Both subscribe by reading; a subscription stands whatever the answer tells.
    for of_gateway in [waapi, v1] {
        let is_unread = of_gateway[get].code == Some(ErrorCode::Malformed);
        let expected = if is_unread { said::answer(&Ok(Answer::Done)) } else { of_gateway[get].text.clone() };
        assert_eq!(of_gateway[subscribe].text, expected, "HTTP {status}");
    }
    let read = &waapi[get];
    if waapi[snapshot].text == said::answer(&Ok(Answer::NotSubscribed)) {
        let chat = id(PHONE);
        let unheard = ChatReports { chat: Address::from(&chat), reports: Few::default(), complete: false };
        let is_unheard = read.text == said::answer(&Ok(Answer::Chat(unheard)));
        assert!(is_unheard || read.code == Some(ErrorCode::Malformed), "nothing is known, and yet told: {}", read.text);
    } else if waapi[snapshot].code.is_none() {
        assert_eq!(waapi[snapshot].text, read.text, "a snapshot is read as a presence is");
    }
}

/// A chat says in a list what it says alone, and nothing of it is the next one's.
fn listed(waha: &Gateway, alone: &str, response: &Response) {
    let body = [b"[", response.body.as_slice(), b",{\"id\":\"", PHONE.as_bytes(), b"\"}]"].concat();
    if body.iter().filter(|byte| matches!(byte, b'{' | b'[')).count() > DEPTH {
        return;
    }
    let chat = alone.split(' ').nth(1).unwrap_or_default();
    // What some engine lists in place of ids.
    let is_index = chat.strip_suffix("@c.us").is_some_and(|user| user.len() <= 4 && user.parse::<u16>().is_ok());
    let expected = format!("{} {PHONE}@c.us false\n", if is_index { "" } else { alone });
    let listed = Response { body, ..*response };
    assert_eq!(said::answer(&waha.answer(&Call::GetAll, &listed)), expected, "a list of two");
}

/// Whether one of the outer envelopes says `error`, in the eyes of another reader.
fn says_error(body: &[u8]) -> bool {
    let escaped = body.contains(&b'\\');
    let Ok(outer) = serde_json::from_slice::<Value>(body) else { return false };
    let says = |envelope: &Value| envelope["status"].as_str().is_some_and(|word| word.eq_ignore_ascii_case("error"));
    !escaped && outer.is_object() && (says(&outer) || says(&outer["data"]) || says(&outer["data"]["data"]))
}

const fn succeeds(status: u16) -> bool {
    matches!(status, 200..300)
}

const fn acts(call: &Call) -> bool {
    matches!(call, Call::Subscribe(_) | Call::Set(_) | Call::StartTyping(_) | Call::StopTyping(_))
}

const fn reads_one(call: &Call) -> bool {
    matches!(call, Call::Get(_) | Call::Snapshot(_))
}

const fn is_unknown_to_waapi(call: &Call) -> bool {
    matches!(call, Call::GetAll | Call::LookUp(_))
}

/// The chat that a call names.
fn asked(call: &Call) -> &str {
    if let Call::Subscribe(chat) | Call::Get(chat) | Call::Snapshot(chat) | Call::LookUp(chat) = call {
        chat.as_str()
    } else {
        ""
    }
}

fn get() -> Call {
    Call::Get(id(PHONE))
}

fn every_call() -> [Call; CALLS] {
    let chat = || id(PHONE);
    [
        Call::Subscribe(chat()),
        Call::Get(chat()),
        Call::Get(id(GROUP)),
        Call::Snapshot(chat()),
        Call::GetAll,
        Call::Set(OwnPresence::Typing(chat())),
        Call::StartTyping(chat()),
        Call::StopTyping(chat()),
        Call::Session,
        Call::LookUp(chat()),
        Call::Privacy,
        Call::SetPrivacy(Privacy::ReadReceipts(false)),
    ]
}

/// Every dialect, with reads of one version of Wawp that carry the credential in the address.
fn gateways() -> [Gateway; 4] {
    let wawp = |version: Version| Wawp {
        version,
        base_url: version.base_url().to_owned(),
        instance_id: "an-instance".to_owned(),
        presence_field: PresenceField::default(),
        credentials_in_query: version == Version::V1,
    };
    [
        Gateway::Waha(Waha {
            base_url: "https://waha.example".to_owned(),
            session: "default".to_owned(),
            message_events: true,
        }),
        Gateway::Waapi(Waapi {
            base_url: "https://waapi.example/api/v1".to_owned(),
            instance_id: "an-instance".to_owned(),
            wait_for_data: true,
            timeout_ms: 1_500,
        }),
        Gateway::Wawp(wawp(Version::V1)),
        Gateway::Wawp(wawp(Version::V2)),
    ]
}

fn id(text: &str) -> Id {
    Id::parse(text).expect("the ids here are real")
}
