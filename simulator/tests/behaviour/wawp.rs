//! Wawp: its two versions, the places of its credentials, its refusals, its leases.

use serde_json::{Value, json};
use wa_presence_simulator::face::waha::Engine;
use wa_presence_simulator::traffic::call::{Answer, Request};

use crate::gateway::{ANA, Gateway};
use crate::hosted::{body, header};

fn access(gateway: &Gateway) -> (String, String) {
    let session = gateway.simulator.session("default").expect("it is there");
    (session.wawp.id.clone(), session.wawp.token.clone())
}

fn with_headers(gateway: &Gateway, request: Request) -> Request {
    let (instance, token) = access(gateway);
    request.with_header("Authorization", &format!("Bearer {token}")).with_header("X-Instance-ID", &instance)
}

/// A GET with the credentials in headers.
pub(crate) fn get(gateway: &mut Gateway, target: &str) -> Answer {
    let request = with_headers(gateway, Request::new("GET", target));
    gateway.ask(request).1
}

/// A POST with the credentials in the body.
pub(crate) fn post(gateway: &mut Gateway, target: &str, body: &str) -> Answer {
    let (instance, token) = access(gateway);
    let mut body: Value = serde_json::from_str(body).expect("a good body");
    body["instance_id"] = instance.into();
    body["access_token"] = token.into();
    gateway.ask(Request::new("POST", target).with_json(&body.to_string())).1
}

fn code(answer: &Answer) -> (u16, String) {
    (answer.status, body(answer)["code"].as_str().unwrap_or_default().to_owned())
}

fn gateway() -> Gateway {
    Gateway::with_ana(Engine::Noweb)
}

#[test]
fn what_acts_is_answered_with_an_empty_201_in_either_version() {
    let mut gateway = gateway();
    let chat = format!(r#"{{"chatId":"{ANA}"}}"#);
    for (target, body) in [
        ("/wp-json/awp/v1/presence", r#"{"presence":"online"}"#),
        ("/wp-json/awp/v1/startTyping", chat.as_str()),
        ("/wp-json/awp/v1/stopTyping", chat.as_str()),
        ("/v2/presence", r#"{"status":"unavailable"}"#),
        ("/v2/presence/15550200001%40c.us/subscribe", "{}"),
        ("/v2/send/start-typing", chat.as_str()),
        ("/v2/send/stop-typing", chat.as_str()),
    ] {
        let answer = post(&mut gateway, target, body);
        assert_eq!((answer.status, answer.body.as_str()), (201, ""), "{target}");
    }
}

#[test]
fn the_own_presence_has_two_names_and_two_vocabularies() {
    let mut gateway = gateway();
    for (body, online) in [
        (r#"{"presence":"unavailable"}"#, false),
        (r#"{"status":"available"}"#, true),
        (r#"{"status":"offline"}"#, false),
        (r#"{"presence":"online"}"#, true),
    ] {
        assert_eq!(post(&mut gateway, "/v2/presence", body).status, 201, "{body}");
        assert_eq!(gateway.control("GET", "log", "")["ownPresence"], online, "{body}");
    }
    let composing = post(&mut gateway, "/v2/presence", r#"{"presence":"composing"}"#);
    assert_eq!(
        (composing.status, body(&composing)),
        (400, json!({ "detail": "'typing' presence requires 'chatId' field." })),
        "its engine's own words"
    );
    assert_eq!(
        code(&post(&mut gateway, "/v2/presence", r#"{"presence":"dancing"}"#)),
        (400, "rest_invalid_param".to_owned())
    );
}

#[test]
fn a_read_subscribes_and_waits_for_what_its_engine_hears() {
    let mut gateway = gateway();
    gateway.ana("online");
    for target in ["/wp-json/awp/v1/presence/15550200001%40c.us", "/v2/presence/15550200001@c.us"] {
        let answer = body(&get(&mut gateway, target));
        let presence = json!({ "participant": ANA, "lastKnownPresence": "online", "lastSeen": null });
        assert_eq!(answer, json!({ "id": ANA, "presences": [presence] }));
    }
    assert_eq!(gateway.control("GET", "log", "")["watching"], json!([ANA]));
}

#[test]
fn version_1_has_no_subscription_of_its_own() {
    let mut gateway = gateway();
    let answer = post(&mut gateway, &format!("/wp-json/awp/v1/presence/{ANA}/subscribe"), "{}");
    assert_eq!(code(&answer), (404, "rest_no_route".to_owned()));
    assert_eq!(body(&answer)["data"]["status"], 404);
    assert_eq!(gateway.control("GET", "log", "")["watching"], json!([]));
}

#[test]
fn the_session_is_described_whether_it_works_or_not() {
    let mut gateway = gateway();
    gateway.control("POST", "status", r#"{"status":"SCAN_QR_CODE"}"#);
    for path in ["/v2/session/info", "/wp-json/awp/v1/session/info"] {
        for answer in [get(&mut gateway, path), post(&mut gateway, path, "{}")] {
            assert_eq!((answer.status, body(&answer)["status"].as_str()), (200, Some("SCAN_QR_CODE")), "{path}");
        }
    }
}

#[test]
fn credentials_are_found_in_query_body_and_headers_but_not_in_a_form() {
    let mut gateway = gateway();
    let (id, token) = access(&gateway);
    let query = format!("instance_id={id}&access_token={token}");
    let target = format!("/v2/presence/{ANA}/subscribe");
    let post = |target: &str| Request::new("POST", target);
    for request in [
        post(&format!("{target}?{query}")),
        post(&target).with_json(&format!(r#"{{"instance_id":"{id}","access_token":"{token}"}}"#)),
        post(&target).with_header("Authorization", &format!("Bearer {token}")).with_header("X-Instance-ID", &id),
        post(&format!("{target}?instance_id={id}")).with_header("access-token", &token),
    ] {
        assert_eq!(gateway.ask(request.clone()).1.status, 201, "{request:?}");
    }
    let (_, answer) = gateway.ask(post(&target).with_form(&query));
    assert_eq!((answer.status, body(&answer)["message"].as_str()), (401, Some("Missing access_token")));
}

#[test]
fn wrong_credentials_have_their_refusals() {
    let mut gateway = gateway();
    let (id, token) = access(&gateway);
    let mut ask = |query: String| code(&gateway.ask(Request::new("GET", &format!("/v2/session/info?{query}"))).1);
    assert_eq!(ask(format!("instance_id={id}")), (401, "missing_access_token".to_owned()));
    assert_eq!(ask(format!("instance_id={id}&access_token=x")), (401, "invalid_access_token".to_owned()));
    assert_eq!(ask(format!("instance_id=x&access_token={token}")), (404, "invalid_session".to_owned()));
    assert_eq!(ask(format!("access_token={token}")), (400, "missing_parameter".to_owned()));
}

#[test]
fn an_account_that_is_not_connected_is_no_session() {
    for status in ["STOPPED", "STARTING", "SCAN_QR_CODE", "FAILED"] {
        let mut gateway = gateway();
        gateway.control("POST", "status", &format!(r#"{{"status":"{status}"}}"#));
        let answer = get(&mut gateway, &format!("/v2/presence/{ANA}"));
        assert_eq!(code(&answer), (404, "invalid_session".to_owned()), "{status}");
        gateway.control("POST", "status", r#"{"status":"WORKING"}"#);
        assert_eq!(get(&mut gateway, &format!("/v2/presence/{ANA}")).status, 200);
    }
}

#[test]
fn a_missing_parameter_is_told_in_json_xml_or_a_sentence() {
    let mut gateway = gateway();
    let told = |gateway: &mut Gateway| post(gateway, "/v2/send/start-typing", "{}");
    assert_eq!(code(&told(&mut gateway)), (400, "missing_parameter".to_owned()));
    gateway.control("POST", "wawp", r#"{"missing":"xml"}"#);
    let xml = told(&mut gateway);
    assert_eq!((xml.status, header(&xml, "content-type")), (400, Some("application/xml; charset=utf-8")));
    assert!(xml.body.contains("<message>Missing required parameter(s): chatId</message>"), "{}", xml.body);
    gateway.control("POST", "wawp", r#"{"missing":"text"}"#);
    let text = told(&mut gateway);
    assert_eq!((text.status, text.body.as_str()), (400, "Missing required parameter(s): chatId"));
}

#[test]
fn refusals_may_come_under_200_with_their_own_status_inside() {
    let mut gateway = gateway();
    gateway.control("POST", "wawp", r#"{"errorsUnder200":true}"#);
    gateway.control("POST", "status", r#"{"status":"STOPPED"}"#);
    let answer = get(&mut gateway, &format!("/v2/presence/{ANA}"));
    assert_eq!(code(&answer), (200, "invalid_session".to_owned()));
    assert_eq!(body(&answer)["data"]["status"], 404);
    gateway.control("POST", "status", r#"{"status":"WORKING"}"#);
    assert_eq!(
        post(&mut gateway, &format!("/v2/presence/{ANA}/subscribe"), "{}").status,
        201,
        "success stays what it is"
    );
}

#[test]
fn any_other_refusal_can_be_had_by_a_fault_and_does_nothing() {
    let mut gateway = gateway();
    gateway.control(
        "POST",
        "fail",
        r#"{"status":200,"body":{"wawp_upstream_error":"timed out"},"route":"/v2/presence"}"#,
    );
    let answer = post(&mut gateway, &format!("/v2/presence/{ANA}/subscribe"), "{}");
    assert_eq!((answer.status, body(&answer)), (200, json!({ "wawp_upstream_error": "timed out" })));
    assert_eq!(gateway.control("GET", "log", "")["watching"], json!([]));
    assert_eq!(code(&get(&mut gateway, "/v2/session/webhook")), (403, "subscription_required".to_owned()));
}

#[test]
fn a_subscription_ends_without_a_word_after_20_to_60_s() {
    let mut gateway = gateway();
    let watches = |gateway: &mut Gateway| gateway.control("GET", "log", "")["watching"] == json!([ANA]);
    let mut lived = Vec::new();
    for _ in 0..8 {
        post(&mut gateway, &format!("/v2/presence/{ANA}/subscribe"), "{}");
        let began = gateway.now.as_ms();
        // For longer than the longest may take, so that one without end fails instead of hanging.
        for _ in 0..130 {
            if watches(&mut gateway) {
                gateway.advance(500);
            }
        }
        lived.push(gateway.now.as_ms() - began);
    }
    assert!(lived.iter().all(|ms| (20_000..=60_500).contains(ms)), "{lived:?}");
    lived.dedup();
    assert!(lived.len() > 2, "at random: {lived:?}");
    post(&mut gateway, &format!("/v2/presence/{ANA}/subscribe"), "{}");
    assert!(hears(&mut gateway));
    gateway.advance(60_000);
    assert!(!hears(&mut gateway));
}

/// Whether anybody is told what Ana does. Sockets would not do here: this one answers no pings.
fn hears(gateway: &mut Gateway) -> bool {
    gateway.control("POST", "act", r#"{"person":"Ana","does":"typing"}"#)["watched"] == true
}

#[test]
fn a_renewal_in_time_keeps_a_subscription() {
    let mut gateway = gateway();
    for _ in 0..10 {
        post(&mut gateway, &format!("/v2/presence/{ANA}/subscribe"), "{}");
        gateway.advance(19_000);
        assert!(hears(&mut gateway));
    }
}
