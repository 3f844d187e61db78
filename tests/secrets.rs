//! What a gateway repeats of our credential reaches nobody.
#![cfg(not(target_arch = "wasm32"))]

use wa_presence::gateway::http::{Outcome, Response, Secret};
use wa_presence::gateway::waapi::{self, Waapi};
use wa_presence::gateway::{Call, Gateway};
use wa_presence::machine::Config;
use wa_presence::machine::error::{Error, ErrorCode};
use wa_presence::machine::time::{Instant, UnixMs};
use wa_presence::session::{Session, Setup};

const NOW: Instant = Instant::from_ms(0);
const WALL: UnixMs = UnixMs::from_ms(1_795_000_000_000);

/// The error of a call that was made with this token and answered so.
fn refused(token: &str, status: u16, body: &str) -> Error {
    let waapi = Waapi {
        base_url: String::new(),
        instance_id: "7".to_owned(),
        wait_for_data: true,
        timeout_ms: waapi::TIMEOUT_MS,
    };
    let gateway = Gateway::Waapi(waapi);
    let setup = Setup {
        gateway,
        machine: Config::default(),
        feed: false,
        credential: true,
        log_entries: 200,
        max_body_bytes: 1 << 20,
    };
    let mut session = Session::new(setup, NOW);
    assert!(session.poll_credential());
    session.handle_credential(Some(Secret::new(token.to_owned())), NOW);
    let asked = session.call(Call::Session);
    let (id, _) = session.poll_request(NOW).expect("a request");
    assert_eq!(id, asked);
    let response = Response { status, retry_after_ms: Some(7_000), body: body.as_bytes().to_vec() };
    session.handle_outcome(id, &Outcome::Response(response), WALL, NOW);
    session.poll_reply().expect("a reply").1.expect_err("a refusal")
}

#[test]
fn a_token_is_hidden_although_no_name_stands_beside_it() {
    for (body, message) in [
        (r#"{"message":"the token 4|aB1234567cD is not known"}"#, "the token *** is not known"),
        (r#"{"message":"4|aB1234567cD"}"#, "***"),
        (r#"{"message":"4|aB1234567cD, 4|aB1234567cD!"}"#, "***, ***!"),
        (r#"{"message":"nothing of it"}"#, "nothing of it"),
    ] {
        let error = refused("4|aB1234567cD", 400, body);
        assert_eq!((error.code, error.message.as_str()), (ErrorCode::BadRequest, message));
        assert_eq!((error.status, error.retry_after_ms), (Some(400), Some(7_000)));
    }
}

#[test]
fn a_long_text_is_cut_after_its_token_was_hidden() {
    let body = format!(r#"{{"message":"{}4|aB1234567cD"}}"#, "é".repeat(295));
    assert_eq!(refused("4|aB1234567cD", 400, &body).message, format!("{}***", "é".repeat(295)));
}

#[test]
fn what_a_refusal_means_does_not_hang_on_the_token() {
    for (token, message) in [("message", "HTTP 401"), ("error", "error: no"), ("", "error: no")] {
        let error = refused(token, 401, r#"{"message":"error: no"}"#);
        assert_eq!((error.code, error.message.as_str()), (ErrorCode::Unauthorized, message), "{token}");
    }
}
