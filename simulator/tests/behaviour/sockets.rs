//! Sockets: who may listen, what they hear, and how they end.

use crate::gateway::{ANA, Gateway, KEY, SCOPED};
use wa_presence_simulator::face::waha::Engine;

#[test]
fn a_bad_key_opens_a_socket_that_is_closed_with_1008() {
    let mut gateway = Gateway::with_ana(Engine::Noweb);
    let wrong = gateway.open("x-api-key=wrong&session=default");
    let none = gateway.open("session=default");
    let other = gateway.open(&format!("x-api-key={SCOPED}&session=other"));
    let close = |reason: &str| Some((1008, reason.to_owned()));
    let expected = [(wrong, close("Unauthorized")), (none, close("Unauthorized")), (other, close("Forbidden"))];
    assert_eq!(gateway.closes, expected);
}

#[test]
fn an_envelope_has_the_fields_of_the_real_one_in_its_order() {
    let mut gateway = Gateway::with_ana(Engine::Noweb);
    gateway.subscribe(ANA);
    gateway.ana("typing");
    let text = gateway.frames[0].text.clone();
    let id = gateway.frames[0].json()["id"].as_str().unwrap_or_default().to_owned();
    assert!(id.starts_with("evt_") && id.len() == 30 && id == id.to_lowercase(), "{id}");
    let timestamp = 1_795_000_000_000 + gateway.frames[0].at_ms;
    let expected = format!(
        r#"{{"id":"{id}","timestamp":{timestamp},"event":"presence.update","session":"default","metadata":{{"user.id":"42"}},"me":{{"id":"15550109999@c.us","pushName":"Harbour Street Shop","lid":"990000009999@lid"}},"payload":{{"id":"{ANA}","presences":[{{"participant":"{ANA}","lastKnownPresence":"typing","lastSeen":null}}]}},"engine":"NOWEB","environment":{{"version":"2026.2.1","engine":"NOWEB","tier":"CORE","browser":null,"platform":"linux/x64","worker":{{"id":null}}}}}}"#
    );
    assert_eq!(text, expected);
}

#[test]
fn events_are_chosen_by_repeating_or_by_commas_and_unknown_ones_are_silent() {
    let mut gateway = Gateway::with_ana(Engine::Noweb);
    let repeated = gateway.open(&format!("X-API-KEY={KEY}&session=*&events=message&events=session.status"));
    let commas = gateway.open(&format!("x-api-key={KEY}&events=message,message.any"));
    let unknown = gateway.open(&format!("x-api-key={KEY}&session=default&events=presence.*"));
    let elsewhere = gateway.open(&format!("x-api-key={KEY}&session=nowhere"));
    let scoped = gateway.open(&format!("x-api-key={SCOPED}&session=*&events=*"));
    gateway.subscribe(ANA);
    gateway.ana("typing");
    gateway.ana("message");
    gateway.advance(20);
    let heard = |socket: u64| {
        gateway.frames.iter().filter(|frame| frame.socket == socket).map(|frame| frame.event()).collect::<Vec<_>>()
    };
    assert_eq!(heard(repeated), ["message"]);
    assert_eq!(heard(commas), ["message", "message.any"]);
    assert!(heard(unknown).is_empty() && heard(elsewhere).is_empty());
    assert_eq!(heard(scoped), ["presence.update", "presence.update", "message", "message.any"]);
}

#[test]
fn a_reconnect_tells_its_statuses_and_loses_the_subscriptions_but_not_the_store() {
    let mut gateway = Gateway::with_ana(Engine::Noweb);
    gateway.subscribe(ANA);
    gateway.advance(300);
    gateway.ana("typing");
    gateway.frames.clear();
    gateway.control("POST", "status", r#"{"status":"STARTING","then":"WORKING","afterMs":2300}"#);
    gateway.advance(3_000);
    let statuses: Vec<_> =
        gateway.events("session.status").iter().map(|frame| frame.json()["payload"]["status"].clone()).collect();
    assert_eq!(statuses, ["STARTING", "WORKING"]);
    let last = gateway.frames.last().expect("it was told").json()["payload"]["statuses"].clone();
    assert_eq!(last.as_array().map(Vec::len), Some(3), "{last}");
    gateway.frames.clear();
    gateway.ana("paused");
    assert!(gateway.frames.is_empty());
    assert!(gateway.get("/api/default/presence").1.body.contains("typing"));
    gateway.control("POST", "status", r#"{"status":"STOPPED"}"#);
    gateway.control("POST", "status", r#"{"status":"WORKING"}"#);
    assert_eq!(gateway.get("/api/default/presence").1.body, "[]");
}

#[test]
fn before_the_session_works_envelopes_do_not_know_me() {
    let mut gateway = Gateway::with_ana(Engine::Noweb);
    gateway.control("POST", "status", r#"{"status":"SCAN_QR_CODE"}"#);
    assert!(!gateway.frames[0].text.contains(r#""me":"#));
}

#[test]
fn pings_come_every_60_s_and_silence_is_dropped_at_the_next() {
    let mut gateway = Gateway::with_ana(Engine::Noweb);
    let deaf = gateway.listen();
    for minute in 1..=2 {
        gateway.advance_to(wa_presence_simulator::time::Instant::from_ms(minute * 60_000));
        let pinged: Vec<u64> =
            gateway.pings.iter().map(|(_, socket)| *socket).filter(|socket| *socket != deaf).collect();
        for socket in pinged {
            gateway.simulator.handle_pong(socket);
        }
    }
    assert_eq!(gateway.closes, [(deaf, None)]);
    assert_eq!(gateway.pings.first().map(|(at, _)| *at), Some(60_000));
}

#[test]
fn a_session_can_lose_its_sockets_and_refuse_new_ones_for_a_while() {
    let mut gateway = Gateway::with_ana(Engine::Noweb);
    let query = format!("x-api-key={KEY}&session=default");
    gateway.control("POST", "disconnect", r#"{"code":1001,"reason":"going","refuseForMs":500}"#);
    assert_eq!(gateway.closes.len(), 1);
    assert!(!gateway.simulator.accepts_socket(&query, gateway.now));
    gateway.advance(501);
    assert!(gateway.simulator.accepts_socket(&query, gateway.now));
}
