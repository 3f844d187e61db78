//! `WaAPI`: the forms of its refusals, and which of its two statuses counts.

use serde_json::json;
use wa_presence_simulator::control;
use wa_presence_simulator::traffic::call::Request;

use crate::gateway::{ANA, Gateway};
use crate::hosted::body;
use crate::waapi::{access, act, gateway, of, presence};

#[test]
fn an_instance_that_is_not_ready_says_so_in_three_ways() {
    let mut gateway = gateway();
    gateway.control("POST", "status", r#"{"status":"STARTING"}"#);
    let ask = |gateway: &mut Gateway| act(gateway, "get-chat-presence", &of(ANA, ""));
    let outer = ask(&mut gateway);
    assert_eq!((outer.status, body(&outer)), (200, json!({ "status": "error", "message": "instance not ready" })));
    gateway.control("POST", "waapi", r#"{"notReady":"inner"}"#);
    let inner = body(&ask(&mut gateway));
    assert_eq!((&inner["status"], &inner["data"]["status"]), (&json!("success"), &json!("error")));
    assert_eq!(inner["data"]["message"], "instance not ready");
    gateway.control("POST", "waapi", r#"{"notReady":"conflict"}"#);
    assert_eq!(ask(&mut gateway).status, 409);
}

#[test]
fn a_chat_without_a_domain_fails_inside_and_an_unknown_one_is_taken() {
    let mut gateway = gateway();
    let answer = act(&mut gateway, "get-chat-presence", r#"{"chatId":"bogus"}"#);
    let inner = body(&answer)["data"].clone();
    assert_eq!((answer.status, &inner["status"]), (200, &json!("error")));
    assert_eq!(inner["message"], "incorrect chatId format.");
    let answer = act(&mut gateway, "get-chat-presence", &of("15550200001@nowhere", ""));
    assert_eq!(presence(&answer)["hasData"], false, "and delivers nothing");
}

#[test]
fn the_framework_refuses_what_is_missing_or_of_the_wrong_kind() {
    let mut gateway = gateway();
    for (sent, field) in [
        ("{}".to_owned(), "chatId"),
        (r#"{"chatId":7}"#.to_owned(), "chatId"),
        (of(ANA, r#","waitForData":"maybe""#), "waitForData"),
        (of(ANA, r#","timeoutMs":"soon""#), "timeoutMs"),
    ] {
        let answer = act(&mut gateway, "get-chat-presence", &sent);
        assert_eq!(answer.status, 422, "{sent}");
        assert!(body(&answer)["errors"][field][0].is_string(), "{sent}: {}", answer.body);
    }
    assert_eq!(act(&mut gateway, "send-telegram", "{}").status, 400);
}

#[test]
fn tokens_and_instances_have_their_refusals() {
    let mut gateway = gateway();
    let (id, bearer) = access(&gateway);
    let other = r#"{"name":"two","waapi":{"instanceId":7,"token":"of-two"}}"#;
    let request = Request::new("POST", "/_control/sessions").with_json(other);
    assert_eq!(control::handle(&mut gateway.simulator, &request, gateway.now).status, 200);
    let mut ask = |id: u64, bearer: Option<&str>| {
        let request = Request::new("GET", &format!("/api/v1/instances/{id}/client/status"));
        let request = bearer.map_or(request.clone(), |bearer| request.with_header("Authorization", bearer));
        gateway.ask(request).1.status
    };
    assert_eq!(ask(id, Some(&bearer)), 200);
    assert_eq!(ask(id, None), 401);
    assert_eq!(ask(id, Some("Bearer wrong")), 401);
    assert_eq!(ask(id + 1, Some(&bearer)), 404);
    assert_eq!(ask(7, Some("Bearer of-two")), 200);
    assert_eq!(ask(id, Some("Bearer of-two")), 404, "somebody else's");
}

#[test]
fn every_other_form_of_refusal_can_be_had_by_a_fault() {
    let mut gateway = gateway();
    gateway.control("POST", "fail", r#"{"status":403,"body":{"message":"This action is unauthorized."}}"#);
    gateway.control(
        "POST",
        "fail",
        r#"{"status":502,"body":"<html>502</html>","headers":{"content-type":"text/html"}}"#,
    );
    assert_eq!(act(&mut gateway, "send-typing", &of(ANA, "")).status, 403);
    let page = act(&mut gateway, "send-typing", &of(ANA, ""));
    assert_eq!((page.status, page.body.as_str()), (502, "<html>502</html>"));
    assert_eq!(act(&mut gateway, "send-typing", &of(ANA, "")).status, 200);
}
