//! Webhooks: signatures, retries, and the same envelope as on sockets.

use std::time::Duration;

use crate::gateway::{ANA, Gateway};
use wa_presence_simulator::face::waha::Engine;
use wa_presence_simulator::traffic::webhook::{Outcome, sign};

const HOOK: &str = r#"{"url":"http://127.0.0.1:9/hook","secret":"my-secret-key"}"#;

fn posted() -> Gateway {
    let mut gateway = Gateway::with_ana(Engine::Noweb);
    gateway.subscribe(ANA);
    gateway.advance(300);
    gateway.frames.clear();
    gateway.control("POST", "webhooks", HOOK);
    gateway.ana("typing");
    gateway
}

#[test]
fn a_signature_is_the_one_of_the_vendors_example() {
    let body = r#"{"event":"message","session":"default","engine":"WEBJS"}"#;
    let signature = sign("my-secret-key", body).unwrap_or_default();
    assert!(signature.starts_with("208f8a55") && signature.ends_with("fa89") && signature.len() == 128, "{signature}");
}

#[test]
fn a_post_carries_the_envelope_of_the_socket_and_its_signature() {
    let gateway = posted();
    let post = &gateway.posts[0].1;
    assert_eq!(*post.body, *gateway.frames[0].text);
    let header = |name: &str| post.headers.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone());
    assert_eq!(header("x-webhook-hmac"), sign("my-secret-key", &post.body));
    assert_eq!(header("x-webhook-hmac-algorithm").as_deref(), Some("sha512"));
    assert_eq!(header("x-webhook-timestamp"), gateway.frames[0].json()["timestamp"].as_u64().map(|ms| ms.to_string()));
    assert!(header("x-webhook-request-id").is_some_and(|id| id.len() == 17));
}

#[test]
fn a_failed_post_comes_again_after_2_s_and_15_times_at_most() {
    let mut gateway = posted();
    for attempt in 1..=15 {
        assert_eq!(gateway.posts.len(), attempt);
        let number = gateway.posts[0].1.number;
        gateway.report(number, Outcome::Failed(None));
        gateway.advance(2_000);
    }
    assert_eq!(gateway.posts.len(), 15);
    assert_eq!(gateway.simulator.pending_posts(), 0);
    assert_eq!(gateway.posts[1].0 - gateway.posts[0].0, 2_000);
    assert_eq!(gateway.posts[1].1.headers, gateway.posts[0].1.headers);
}

#[test]
fn a_server_may_say_how_long_to_wait_and_a_taken_post_is_over() {
    let mut gateway = posted();
    let number = gateway.posts[0].1.number;
    gateway.report(number, Outcome::Failed(Some(Duration::from_secs(7))));
    gateway.advance(7_000);
    assert_eq!(gateway.posts[1].0 - gateway.posts[0].0, 7_000);
    gateway.report(number, Outcome::Taken);
    gateway.advance(60_000);
    assert_eq!(gateway.posts.len(), 2);
}
