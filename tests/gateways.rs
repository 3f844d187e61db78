//! The conformance suite: written once, run for every dialect.
#![cfg(not(target_arch = "wasm32"))]

mod dialects;

use dialects::damage::{flip_each, replace_each};
use dialects::{all, answered, id};
use serde_json::Value;
use wa_presence::gateway::http::{Method, Response, Secret};
use wa_presence::gateway::{Audience, Call, Gateway, OwnPresence, Privacy, unquoted};
use wa_presence::machine::error::{Error, ErrorCode};
use wa_presence::machine::observation::Observation;

/// Every call, for bodies that must be survived whatever was asked.
fn every_call() -> Vec<Call> {
    let chat = || id("123@c.us");
    vec![
        Call::Subscribe(chat()),
        Call::Get(chat()),
        Call::Snapshot(chat()),
        Call::GetAll,
        Call::Set(OwnPresence::Typing(chat())),
        Call::StartTyping(chat()),
        Call::StopTyping(chat()),
        Call::Session,
        Call::LookUp(chat()),
        Call::Privacy,
        Call::SetPrivacy(Privacy::LastSeen(Audience::Contacts)),
    ]
}

fn response(status: u16, body: &[u8]) -> Response {
    Response { status, retry_after_ms: None, body: body.to_vec() }
}

/// Whether nothing but the body tells a refusal from an answer.
fn succeeds(status: u16) -> bool {
    (200..300).contains(&status)
}

/// Reads a body as everything it could be; what matters is that this returns, and what errors say.
fn read_as_everything(gateway: &Gateway, body: &[u8]) -> Vec<Error> {
    let mut errors: Vec<Error> = gateway.decode(body).err().into_iter().collect();
    errors.extend(gateway.decode(&unquoted(body)).err());
    for status in [200, 400, 422, 500] {
        let response = response(status, body);
        errors.extend(every_call().iter().filter_map(|call| gateway.answer(call, &response).err()));
    }
    errors
}

// ---- What is on the wire ----------------------------------------------------------------------------------------------

#[test]
fn every_fixture_is_expected_and_has_a_source() {
    for dialect in all() {
        let sharing = all().into_iter().filter(|other| other.folder == dialect.folder);
        let mut expected: Vec<_> = sharing.flat_map(|other| other.expected()).collect();
        expected.sort_unstable();
        expected.dedup();
        assert_eq!(dialect.files(), expected, "{}: files, and what the tables name", dialect.name);
        let sources = String::from_utf8(dialect.fixture("SOURCES.md")).expect("text");
        for file in dialect.files() {
            assert!(sources.contains(&format!("| `{file}` |")), "{file} has no source");
        }
    }
}

#[test]
fn every_event_says_what_it_says() {
    for dialect in all() {
        for (file, expected) in dialect.events {
            let body = dialect.fixture(file);
            let body = unquoted(&body);
            let decoded = dialect.gateway.decode(&body).unwrap_or_else(|error| panic!("{file}: {error}"));
            assert_eq!(dialect.told(&decoded), *expected, "{file}");
            let text = Value::from(str::from_utf8(&body).expect("text")).to_string();
            let again = unquoted(text.as_bytes());
            let decoded = dialect.gateway.decode(&again).unwrap_or_else(|error| panic!("{file}: {error}"));
            assert_eq!(dialect.told(&decoded), *expected, "{file} as a text");
        }
    }
}

#[test]
fn every_answer_says_what_it_says() {
    for dialect in all() {
        for (file, call, expected) in &dialect.answers {
            let response = response(200, &dialect.fixture(file));
            let answer = dialect.gateway.answer(call, &response).unwrap_or_else(|error| panic!("{file}: {error}"));
            assert_eq!(answered(&answer), *expected, "{file}");
        }
    }
}

#[test]
fn every_refusal_is_a_typed_error_in_the_gateways_words() {
    for dialect in all() {
        for (status, file, code, message) in dialect.refusals {
            for call in every_call() {
                let response = Response { retry_after_ms: Some(7_000), ..response(*status, &dialect.fixture(file)) };
                let error = dialect.gateway.answer(&call, &response).expect_err(file);
                assert_eq!((error.code, error.message.as_str()), (*code, *message), "{file}");
                assert_eq!((error.status, error.retry_after_ms), (Some(*status), Some(7_000)), "{file}");
            }
        }
    }
}

#[test]
fn every_call_is_the_request_the_gateway_documents() {
    for dialect in all() {
        for (call, line, body) in &dialect.requests {
            let key = Secret::new("key_fake".to_owned());
            let request = dialect.gateway.request(call, Some(&key)).expect("a call of this gateway");
            let method = match request.method {
                Method::Get => "GET",
                Method::Post => "POST",
                Method::Put => "PUT",
            };
            assert_eq!(format!("{method} {}", request.url), *line);
            let headers: Vec<_> = request.headers.iter().map(|(name, value)| (*name, value.reveal())).collect();
            assert_eq!(headers, (dialect.headers)(call), "{line}");
            let sent = request.body.map(|body| serde_json::from_str::<Value>(&body).expect("a JSON body"));
            let documented = body.map(|file| serde_json::from_slice::<Value>(&dialect.fixture(file)).expect("JSON"));
            assert_eq!(sent, documented, "{line}");
            assert!(request.timeout_ms > dialect.holds_calls_ms, "{line}: gives up before the gateway says why");
            let open = dialect.gateway.request(call, None).expect("a call of this gateway");
            let shows = |text: &str| text.contains("key_fake");
            let in_headers = open.headers.iter().any(|(_, value)| shows(value.reveal()));
            assert!(!in_headers && !shows(&open.url) && !open.body.as_deref().is_some_and(shows), "no key, nowhere");
        }
    }
}

#[test]
fn what_the_gateway_has_no_call_for_is_unsupported_in_a_sentence() {
    for dialect in all() {
        for call in &dialect.unsupported {
            let error = dialect.gateway.request(call, None).expect_err("no such call");
            assert_eq!(error.code, ErrorCode::Unsupported);
            assert!(error.message.contains(' '), "{}", error.message);
        }
        let asked = dialect.requests.iter().map(|(call, ..)| call);
        for call in every_call() {
            let same = |other: &Call| std::mem::discriminant(other) == std::mem::discriminant(&call);
            let known = asked.clone().chain(&dialect.unsupported).any(same);
            assert!(known, "{}: {call:?} is neither made nor refused", dialect.name);
        }
    }
}

#[test]
fn words_are_read_in_any_case() {
    for dialect in all() {
        for (text, word) in dialect.words {
            for text in [text.to_lowercase(), text.to_uppercase()] {
                let body = (dialect.body_with_word)(&text);
                let decoded = dialect.gateway.decode(body.as_bytes()).expect("a body");
                let observation = &decoded.envelopes.first().expect("an envelope").observation;
                let Observation::Presence { reports, .. } = observation else { panic!("not a presence: {text}") };
                assert_eq!(reports.first().expect("a report").word, *word, "{text}");
            }
        }
    }
}

// ---- Calls that say nothing, and bodies that say something else -------------------------------------------------------

#[test]
fn a_call_that_only_acts_is_done_whatever_the_body() {
    let acts =
        |call: &Call| matches!(call, Call::Subscribe(_) | Call::Set(_) | Call::StartTyping(_) | Call::StopTyping(_));
    for dialect in all() {
        for body in ["", "{}", "null", "true", "OK", "<html></html>", "{\"result\":true}", "\u{feff}"] {
            for call in every_call().iter().filter(|call| acts(call)) {
                let response = response(201, body.as_bytes());
                let answer = dialect.gateway.answer(call, &response).expect("done");
                assert_eq!(answered(&answer), "done", "{body}");
            }
        }
    }
}

#[test]
fn a_read_that_answers_something_else_is_malformed() {
    for dialect in all() {
        for body in ["", "null", "7", "\"x\"", "<html></html>", "\u{fffd}"] {
            let chat = || id("123@c.us");
            let reads = [
                Call::Get(chat()),
                Call::GetAll,
                Call::Session,
                Call::LookUp(chat()),
                Call::Privacy,
                Call::SetPrivacy(Privacy::ReadReceipts(true)),
            ];
            for call in reads.iter().filter(|call| dialect.makes(call)) {
                let error = dialect.gateway.answer(call, &response(200, body.as_bytes())).expect_err(body);
                assert_eq!((error.code, error.status), (ErrorCode::Malformed, Some(200)), "{body}");
                assert!(error.message.starts_with("expected "), "{}", error.message);
            }
        }
    }
}

#[test]
fn a_refusal_without_words_is_named_by_its_status() {
    let html = format!("<html><body>{}</body></html>", "502 Bad Gateway ".repeat(10_000));
    let deep = format!("{{\"message\":{}", "[".repeat(10_000));
    for dialect in all() {
        for body in
            [b"".as_slice(), b"{}", b"[]", b"null", b"\xff\xfe", b"Bad Gateway", html.as_bytes(), deep.as_bytes()]
        {
            for (status, code) in [
                (400, ErrorCode::BadRequest),
                (401, ErrorCode::Unauthorized),
                (403, ErrorCode::Forbidden),
                (404, ErrorCode::NotFound),
                (405, ErrorCode::Unsupported),
                (409, ErrorCode::NotReady),
                (413, ErrorCode::BadRequest),
                (422, ErrorCode::BadRequest),
                (429, ErrorCode::RateLimited),
                (500, ErrorCode::Engine),
                (501, ErrorCode::Unsupported),
                (502, ErrorCode::Network),
                (504, ErrorCode::Network),
            ] {
                let error = dialect.gateway.answer(&Call::GetAll, &response(status, body)).expect_err("a refusal");
                let speaks = body == b"Bad Gateway" && dialect.plain_refusals.contains(&status);
                let message = if speaks { "Bad Gateway".to_owned() } else { format!("HTTP {status}") };
                assert_eq!((error.code, error.message), (code, message));
            }
        }
    }
}

#[test]
fn what_is_no_json_is_malformed_and_says_where() {
    for dialect in all() {
        let message = |body: &str| dialect.gateway.decode(body.as_bytes()).expect_err(body).message;
        assert_eq!(message(""), "expected JSON, found the end of the body at line 1 column 0");
        assert_eq!(message("{\"a\":"), "expected JSON, found the end of the body at line 1 column 5");
        assert_eq!(message("{\n\"a\" 5}"), "expected JSON, found something else at line 2 column 5");
        assert_eq!(message("{} {}"), "expected JSON, found something else at line 1 column 4");
        assert_eq!(message("7"), "expected an object or a list of objects, found a number at line 1 column 1");
        assert_eq!(message(" null"), "expected an object or a list of objects, found null at line 1 column 1");
        assert_eq!(
            message("{\"event\":1,\"event\":2}"),
            "expected every key once, found one twice at line 1 column 18"
        );
        let error = dialect.gateway.decode(b"{\"a\":\"\xff\"}").expect_err("not text");
        assert_eq!(error.message, "expected UTF-8, found something else at byte 6");
        let deep = "[".repeat(1_000_000);
        assert_eq!(dialect.gateway.decode(deep.as_bytes()).expect_err("deep").code, ErrorCode::Malformed);
    }
}

// ---- Hostile bodies ---------------------------------------------------------------------------------------------------

#[test]
fn a_body_cut_anywhere_is_malformed_and_never_a_panic() {
    for dialect in all() {
        for file in dialect.files() {
            let body = dialect.fixture(&file);
            let text = body.trim_ascii_end();
            for end in 0..text.len() {
                let cut = text.get(..end).expect("within");
                assert_eq!(dialect.gateway.decode(cut).expect_err("cut").code, ErrorCode::Malformed, "{file} {end}");
                read_as_everything(&dialect.gateway, cut);
            }
        }
    }
}

#[test]
fn a_flipped_bit_is_never_a_panic() {
    for dialect in all() {
        for (file, _) in dialect.events {
            flip_each(dialect.fixture(file), &|body| drop(dialect.gateway.decode(body)));
        }
        for (file, call, _) in &dialect.answers {
            flip_each(dialect.fixture(file), &|body| drop(dialect.gateway.answer(call, &response(200, body))));
        }
        for (status, file, _, _) in dialect.refusals {
            flip_each(dialect.fixture(file), &|body| {
                let response = response(*status, body);
                let answer = dialect.gateway.answer(&Call::GetAll, &response);
                assert!(answer.is_err() || succeeds(*status), "a refusal stays one");
            });
        }
    }
}

#[test]
fn a_wrong_type_anywhere_spoils_no_more_than_its_own_field() {
    let others =
        ["null", "true", "0", "-1", "1.5", "1e300", "18446744073709551615", "\"\"", "\"x\"", "\"\\u0031@c.us\"", "[]"]
            .into_iter()
            .chain(["{}", "[[]]", "[7]", "{\"a\":{\"b\":[1]}}"])
            .map(|text| serde_json::from_str::<Value>(text).expect("JSON"));
    for other in others {
        for dialect in all() {
            for (file, _) in dialect.events {
                let whole = serde_json::from_slice::<Value>(&unquoted(&dialect.fixture(file))).expect("JSON");
                replace_each(&whole, &other, &mut |body| {
                    let readable = dialect.gateway.decode(body.to_string().as_bytes()).is_ok();
                    let shaped = body.is_object() || body.is_array();
                    assert_eq!(readable, shaped, "{file}: {body}");
                });
            }
            for (status, file, _, _) in dialect.refusals {
                let whole = serde_json::from_slice::<Value>(&dialect.fixture(file)).expect("JSON");
                replace_each(&whole, &other, &mut |body| {
                    let response = response(*status, body.to_string().as_bytes());
                    match dialect.gateway.answer(&Call::GetAll, &response) {
                        Err(error) => {
                            let unread = error.code == ErrorCode::Malformed;
                            assert!(!unread || succeeds(*status), "a refusal stays one: {body}");
                            assert!(!error.message.is_empty(), "{body}");
                        }
                        Ok(_) => assert!(succeeds(*status), "a refusal stays one: {body}"),
                    }
                });
            }
            for (file, call, _) in &dialect.answers {
                let whole = serde_json::from_slice::<Value>(&dialect.fixture(file)).expect("JSON");
                replace_each(&whole, &other, &mut |body| {
                    let response = response(200, body.to_string().as_bytes());
                    let code = dialect.gateway.answer(call, &response).err().map(|error| error.code);
                    assert!(matches!(code, None | Some(ErrorCode::Malformed)), "{file}: {body}");
                });
            }
        }
    }
}

// ---- What must never be shown -----------------------------------------------------------------------------------------

const PHONE: &str = "15550009999";
const TOKEN: &str = "key_CANARY0token";
const QUERY_KEY: &str = "CANARYplain";

fn assert_silent(shown: &str, from: &str) {
    for canary in [PHONE, TOKEN, QUERY_KEY, "CANARY"] {
        assert!(!shown.contains(canary), "{from} shows {canary}: {shown}");
    }
}

/// A body in which somebody has that number.
fn named_by(phone: &str, body: &[u8]) -> String {
    let text = str::from_utf8(body).expect("text");
    ["123@c.us", "15550001111@c.us"].into_iter().fold(text.to_owned(), |text, id| text.replace(id, phone))
}

#[test]
fn no_message_shows_a_number_or_a_key() {
    let canary = format!("to {PHONE}@c.us with {TOKEN} by http://waha.example/ws?session=a&x-api-key={QUERY_KEY}");
    for dialect in all() {
        for file in dialect.files() {
            let whole = serde_json::from_slice::<Value>(&dialect.fixture(&file)).expect("JSON");
            replace_each(&whole, &Value::String(canary.clone()), &mut |body| {
                let body = body.to_string();
                let cut = body.get(..body.len() - 1).expect("the last byte is a bracket or a quote");
                for body in [body.as_str(), cut, &format!("{{\"{canary}\":1,\"{canary}\" 2}}")] {
                    for error in read_as_everything(&dialect.gateway, body.as_bytes()) {
                        assert_silent(&error.message, &file);
                        assert_silent(&format!("{error:?} {error}"), &file);
                    }
                }
            });
        }
    }
}

#[test]
fn no_debug_output_shows_a_number_or_a_key() {
    let key = Secret::new(TOKEN.to_owned());
    for dialect in all() {
        let gateway = (dialect.secretive)(&format!("{QUERY_KEY}.example"), PHONE);
        assert_silent(&format!("{gateway:?}"), dialect.name);
        for call in [Call::Get(id(PHONE)), Call::Set(OwnPresence::Typing(id(PHONE))), Call::LookUp(id(PHONE))] {
            let request = gateway.request(&call, Some(&key));
            assert_silent(&format!("{call:?} {request:?}"), dialect.name);
        }
        for (file, _) in dialect.events {
            let text = named_by(PHONE, &dialect.fixture(file));
            let body = unquoted(text.as_bytes());
            let decoded = dialect.gateway.decode(&body).expect("a body");
            assert_silent(&format!("{decoded:?}"), file);
        }
        for (file, call, _) in &dialect.answers {
            let text = named_by(PHONE, &dialect.fixture(file));
            let response = response(200, text.as_bytes());
            assert_silent(&format!("{response:?} {:?}", dialect.gateway.answer(call, &response)), file);
        }
    }
}
