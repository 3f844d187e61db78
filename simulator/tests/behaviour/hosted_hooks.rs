//! What the hosted gateways post, and how each signs it.

use serde_json::{Value, json};
use wa_presence_simulator::control;
use wa_presence_simulator::face::waha::Engine;
use wa_presence_simulator::traffic::call::Request;
use wa_presence_simulator::traffic::webhook::{Post, sign, sign_sha256};

use crate::gateway::{ANA, Gateway};

fn hooked(hook: &str) -> Gateway {
    let mut gateway = Gateway::with_ana(Engine::Noweb);
    gateway.subscribe(ANA);
    gateway.advance(300);
    let hook = format!(r#"{{"url":"http://127.0.0.1:9/hook","secret":"s3cret"{hook}}}"#);
    gateway.control("POST", "webhooks", &hook);
    gateway.frames.clear();
    gateway
}

fn bodies(gateway: &Gateway) -> Vec<Value> {
    gateway.posts.iter().map(|(_, post)| serde_json::from_str(&post.body).expect("it is JSON")).collect()
}

fn names(gateway: &Gateway) -> Vec<String> {
    bodies(gateway).iter().map(|body| body["event"].as_str().unwrap_or_default().to_owned()).collect()
}

fn header(post: &Post, name: &str) -> Option<String> {
    post.headers.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone())
}

#[test]
fn each_face_signs_the_raw_body_its_own_way() {
    for (face, name, signed) in [
        ("waha", "x-webhook-hmac", sign as fn(&str, &str) -> Option<String>),
        ("wawp", "x-webhook-hmac", sign_sha256),
        ("waapi", "x-waapi-hmac", sign_sha256),
    ] {
        let mut gateway = hooked(&format!(r#","face":"{face}""#));
        gateway.ana("typing");
        let post = &gateway.posts[0].1;
        assert_eq!(header(post, name), signed("s3cret", &post.body), "{face}");
        assert!(header(post, name).is_some(), "{face}");
    }
}

#[test]
fn the_digest_of_sha256_is_the_one_that_everybody_computes() {
    let signature = sign_sha256("key", "The quick brown fox jumps over the lazy dog").unwrap_or_default();
    assert_eq!(signature, "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8");
}

#[test]
fn waapi_names_its_instance_in_headers_and_body() {
    let mut gateway = hooked(r#","face":"waapi""#);
    gateway.ana("typing");
    let post = &gateway.posts[0].1;
    let id = gateway.simulator.session("default").map(|session| session.waapi.id);
    assert_eq!(header(post, "x-waapi-instance-id"), id.map(|id| id.to_string()));
    assert!(header(post, "x-waapi-request-id").is_some_and(|id| !id.is_empty()));
    assert_eq!(bodies(&gateway)[0]["instanceId"].as_u64(), id);
}

#[test]
fn a_face_without_a_secret_signs_nothing() {
    for face in ["wawp", "waapi"] {
        let mut gateway = Gateway::with_ana(Engine::Noweb);
        gateway.control("POST", "webhooks", &format!(r#"{{"url":"http://127.0.0.1:9/","face":"{face}"}}"#));
        gateway.ana("message");
        gateway.advance(10);
        let post = &gateway.posts[0].1;
        assert!(post.headers.iter().all(|(name, _)| !name.ends_with("hmac")), "{:?}", post.headers);
    }
}

#[test]
fn wawp_posts_its_engines_envelope_without_the_server() {
    let mut gateway = hooked(r#","face":"wawp""#);
    gateway.ana("typing");
    let (wawp, mut waha) = (bodies(&gateway)[0].clone(), gateway.frames[0].json());
    let server = waha.as_object_mut().and_then(|waha| waha.remove("environment"));
    assert!(server.is_some());
    assert_eq!(wawp, waha);
    assert_eq!(wawp["payload"]["presences"][0]["lastKnownPresence"], "typing");
}

#[test]
fn wawp_posts_what_its_page_shows_when_told() {
    let mut gateway = hooked(r#","face":"wawp","shape":"W2""#);
    for does in ["online", "typing", "recording", "paused", "offline"] {
        gateway.ana(does);
    }
    let payloads: Vec<Value> = bodies(&gateway).iter().map(|body| body["payload"].clone()).collect();
    let kinds = ["available", "composing", "recording", "paused", "unavailable"];
    assert_eq!(payloads, kinds.map(|kind| json!({ "chatId": ANA, "type": kind, "from": ANA })));
}

#[test]
fn waapi_posts_the_whole_presence_whatever_changed() {
    let mut gateway = hooked(r#","face":"waapi""#);
    gateway.ana("online");
    gateway.ana("typing");
    assert_eq!(names(&gateway), ["presence_update", "presence_update"]);
    let typing = bodies(&gateway)[1]["data"]["presence"].clone();
    assert_eq!((&typing["chatId"], &typing["isOnline"]), (&json!(ANA), &json!(true)));
    assert_eq!((&typing["hasData"], &typing["chatstate"]["type"]), (&json!(true), &json!("typing")));
}

#[test]
fn nobody_is_posted_who_was_not_subscribed() {
    for face in ["wawp", "waapi"] {
        let mut gateway = hooked(&format!(r#","face":"{face}""#));
        gateway.control("POST", "people", r#"{"name":"Bo"}"#);
        gateway.control("POST", "act", r#"{"person":"Bo","does":"typing"}"#);
        assert_eq!(names(&gateway), [""; 0], "{face}");
        gateway.control("POST", "act", r#"{"person":"Ana","does":"typing"}"#);
        assert_eq!(names(&gateway).len(), 1, "{face}");
    }
}

#[test]
fn messages_and_their_acknowledgements_have_each_faces_names() {
    for (face, came, sent) in [
        ("wawp", ["message", "message.any"], ["message.any", "message.ack", "message.ack"]),
        ("waapi", ["message", "message_create"], ["message_create", "message_ack", "message_ack"]),
    ] {
        let mut gateway = hooked(&format!(r#","face":"{face}""#));
        gateway.control("POST", "act", r#"{"person":"Ana","does":"message","text":"Hello"}"#);
        gateway.advance(100);
        assert_eq!(names(&gateway), came, "{face}");
        gateway.posts.clear();
        gateway.control("POST", "act", r#"{"person":"Ana","does":"message","fromMe":true}"#);
        gateway.advance(2_000);
        assert_eq!(names(&gateway), sent, "{face}");
    }
}

#[test]
fn waapi_writes_messages_as_the_library_behind_it() {
    let mut gateway = hooked(r#","face":"waapi""#);
    gateway.control("POST", "act", r#"{"person":"Ana","does":"message","text":"Hello"}"#);
    gateway.control("POST", "act", r#"{"person":"Ana","does":"message","fromMe":true}"#);
    gateway.advance(2_000);
    let bodies = bodies(&gateway);
    let message = |name: &str| {
        let body = bodies.iter().find(|body| body["event"] == name).expect("it came");
        body["data"]["message"].clone()
    };
    let came = message("message");
    assert_eq!((&came["from"], &came["fromMe"], &came["body"]), (&json!(ANA), &json!(false), &json!("Hello")));
    assert!(came["id"]["_serialized"].as_str().is_some_and(|id| id.starts_with(&format!("false_{ANA}_"))));
    let acknowledged = message("message_ack");
    assert_eq!((&acknowledged["to"], &acknowledged["from"]), (&json!(ANA), &json!("15550109999@c.us")));
    let last = bodies.last().map(|body| body["data"]["ack"].clone());
    assert_eq!(last, Some(json!(3)));
}

#[test]
fn a_cycle_of_the_connection_is_told_and_takes_the_subscriptions() {
    for (face, told) in [
        ("wawp", &["session.status", "session.status"][..]),
        ("waapi", &["disconnected", "loading_screen", "ready"][..]),
    ] {
        let mut gateway = hooked(&format!(r#","face":"{face}""#));
        gateway.control("POST", "status", r#"{"status":"STARTING","then":"WORKING","afterMs":1000}"#);
        gateway.advance(1_500);
        assert_eq!(names(&gateway), told, "{face}");
        gateway.posts.clear();
        gateway.ana("typing");
        assert_eq!(names(&gateway), [""; 0], "{face}: nobody subscribed since");
        gateway.subscribe(ANA);
        gateway.advance(300);
        gateway.posts.clear();
        gateway.ana("typing");
        assert_eq!(names(&gateway).len(), 1, "{face}");
    }
}

#[test]
fn a_hook_chooses_by_its_own_faces_names() {
    let mut gateway = hooked(r#","face":"waapi","events":["presence_update"]"#);
    gateway.ana("typing");
    gateway.ana("message");
    gateway.advance(100);
    assert_eq!(names(&gateway), ["presence_update"]);
}

#[test]
fn each_hook_hears_its_own_face_only() {
    let mut gateway = hooked(r#","face":"waapi""#);
    for more in [r#""face":"wawp""#, r#""face":"wawp","shape":"W2""#, r#""face":"waha""#] {
        gateway.control("POST", "webhooks", &format!(r#"{{"url":"http://127.0.0.1:9/",{more}}}"#));
    }
    gateway.ana("typing");
    assert_eq!(names(&gateway), ["presence_update", "presence.update", "presence.update", "presence.update"]);
    let bodies = bodies(&gateway);
    let told = |body: &Value| (body["payload"]["presences"].is_array(), body["environment"].is_object());
    assert_eq!(bodies[1..].iter().map(told).collect::<Vec<_>>(), [(true, false), (false, false), (true, true)]);
}

#[test]
fn what_travels_badly_travels_badly_on_every_face() {
    let mut gateway = hooked(r#","face":"waapi""#);
    gateway.control("POST", "delivery", r#"{"dropNext":1}"#);
    gateway.ana("typing");
    gateway.ana("paused");
    assert_eq!(names(&gateway), ["presence_update"]);
    assert_eq!(gateway.frames.len(), 1);
    gateway.control("POST", "inject", r#"{"frames":["no json"],"events":[{"event":"call","payload":{"from":"x"}}]}"#);
    gateway.advance(10);
    assert_eq!(&*gateway.posts[1].1.body, "no json");
    let id = gateway.simulator.session("default").map(|session| session.waapi.id);
    let told: Value = serde_json::from_str(&gateway.posts[2].1.body).expect("it is JSON");
    assert_eq!(told, json!({ "event": "call", "instanceId": id, "data": { "from": "x" } }));
}

// ---- Kept for whoever asks ------------------------------------------------------------------------------------------------

fn kept(gateway: &mut Gateway, after: u64) -> Vec<Value> {
    let posts = gateway.control("GET", &format!("posts?after={after}"), "");
    posts.as_array().cloned().expect("a list")
}

#[test]
fn what_is_kept_is_what_would_have_been_posted() {
    for face in ["waha", "wawp", "waapi"] {
        let mut gateway = hooked(&format!(r#","face":"{face}""#));
        let hook = format!(r#"{{"url":"kept:{face}","secret":"s3cret","face":"{face}"}}"#);
        gateway.control("POST", "webhooks", &hook);
        gateway.ana("typing");
        gateway.ana("paused");
        assert_eq!(gateway.posts.len(), 2, "{face}: what is kept is not posted");
        let kept = kept(&mut gateway, 0);
        assert_eq!(kept.len(), 2, "{face}");
        for (kept, (_, posted)) in kept.iter().zip(&gateway.posts) {
            assert_eq!((&kept["url"], &kept["body"]), (&json!(format!("kept:{face}")), &json!(&*posted.body)));
            let headers = kept["headers"].as_object().expect("an object");
            for (name, value) in &posted.headers {
                let same = name.ends_with("request-id") || headers[*name] == json!(value);
                assert!(same && !headers[*name].is_null(), "{face}: {name}");
            }
            assert_eq!(headers.len(), posted.headers.len(), "{face}");
        }
    }
}

#[test]
fn what_was_fetched_is_not_fetched_again_and_the_oldest_goes_first() {
    let mut gateway = Gateway::with_ana(Engine::Noweb);
    gateway.subscribe(ANA);
    gateway.advance(300);
    gateway.control("POST", "webhooks", r#"{"url":"kept:","events":["presence.update"]}"#);
    assert_eq!(kept(&mut gateway, 0).len(), 0);
    gateway.ana("typing");
    let first = kept(&mut gateway, 0)[0]["number"].as_u64().expect("a number");
    gateway.ana("paused");
    let second = kept(&mut gateway, first);
    assert_eq!(second.len(), 1);
    assert!(second[0]["body"].as_str().is_some_and(|body| body.contains("paused")));
    for _ in 0..600 {
        gateway.ana("typing");
    }
    let all = kept(&mut gateway, 0);
    let numbers: Vec<u64> = all.iter().filter_map(|post| post["number"].as_u64()).collect();
    assert_eq!((numbers.len(), numbers.first(), numbers.last()), (512, Some(&91), Some(&602)));
    assert_eq!(gateway.simulator.pending_posts(), 0, "nothing is on its way");
}

#[test]
fn what_is_kept_is_of_one_session_and_goes_with_it() {
    let mut gateway = Gateway::with_ana(Engine::Noweb);
    let ask = |gateway: &mut Gateway, method: &str, path: &str, body: &str| {
        let request = Request::new(method, path).with_json(body);
        control::handle(&mut gateway.simulator, &request, gateway.now)
    };
    let new = r#"{"name":"other","webhooks":[{"url":"kept:"}]}"#;
    assert_eq!(ask(&mut gateway, "POST", "/_control/sessions", new).status, 200);
    gateway.control("POST", "webhooks", r#"{"url":"kept:"}"#);
    gateway.ana("message");
    gateway.advance(100);
    assert_eq!(kept(&mut gateway, 0).len(), 2);
    assert_eq!(ask(&mut gateway, "GET", "/_control/sessions/other/posts", "").body, "[]");
    assert_eq!(ask(&mut gateway, "GET", "/_control/sessions/default/posts?after=x", "").status, 400);
    ask(&mut gateway, "DELETE", "/_control/sessions/default", "");
    ask(&mut gateway, "POST", "/_control/sessions", r#"{"name":"default"}"#);
    assert_eq!(kept(&mut gateway, 0).len(), 0);
}
