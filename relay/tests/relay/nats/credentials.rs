//! A NATS that does not take in everybody.

use std::time::Duration;

use super::server::Nats;
use super::{readiness, until_ready};
use crate::stage::{Face, PATIENCE, Stage};

/// What an owner writes into the configuration of `nats-server`: one user for the relays, who may do what they need and no more.
const PROTECTED: &str = r#"
authorization {
  users = [{
    user: "relay"
    password: "nats-password-of-the-tests"
    permissions: {
      publish: ["wa.>", "$JS.API.>", "$JS.ACK.>", "$JS.FC.>", "$KV.wa-presence-lead.>", "$KV.wa-presence-follow.>",
                "$KV.wa-presence-memory.>", "$KV.wa-presence-claims.>", "_INBOX.>"]
      subscribe: ["wa.ask.>", "_INBOX.>"]
    }
  }]
}
"#;
const PASSWORD: &str = "nats-password-of-the-tests";

#[tokio::test]
async fn wrong_credentials_leave_it_not_ready_and_are_not_repeated() {
    let nats = Nats::with(PROTECTED).await;
    let url = nats.url_as("relay:another-password-of-the-tests");
    let stage = Stage::sharing(Face::Wawp, "", "", &[("WA_PRESENCE_RELAY_NATS", &url)]).await;
    let refused = async {
        loop {
            let (status, said) = readiness(&stage, &stage.relay).await;
            assert_eq!(status, 503);
            if said.contains("refuses the credentials") {
                return said;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let said = tokio::time::timeout(PATIENCE, refused).await.expect("it says why");
    let log = stage.relay.logged();
    assert!(log.contains("refuses the credentials"), "{log}");
    for secret in ["another-password", "relay:another", "nats://"] {
        assert!(!log.contains(secret) && !said.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn right_ones_are_taken_from_the_address_or_the_environment_and_are_not_repeated() {
    let nats = Nats::with(PROTECTED).await;
    let (plain, full) = (nats.url(), nats.url_as(&format!("relay:{PASSWORD}")));
    let apart = [
        ("WA_PRESENCE_RELAY_NATS", plain.as_str()),
        ("WA_PRESENCE_RELAY_NATS_USER", "relay"),
        ("WA_PRESENCE_RELAY_NATS_PASSWORD", PASSWORD),
    ];
    for environment in [&apart[..], &[("WA_PRESENCE_RELAY_NATS", full.as_str())]] {
        let stage = Stage::sharing(Face::Wawp, "", "", environment).await;
        until_ready(&stage, &stage.relay).await;
        let mut reader = stage.feed(&crate::stage::ticket(), &[crate::stage::ANA], None).await;
        reader.until_leased(&[crate::stage::ANA]).await;
        stage.act("Ana", "typing").await;
        reader.until_word(crate::stage::ANA, "typing").await;
        assert!(!stage.relay.logged().contains(PASSWORD));
    }
}

#[tokio::test]
async fn a_token_is_as_good() {
    let nats = Nats::with("authorization { token: \"nats-token-of-the-tests\" }").await;
    let environment = [
        ("WA_PRESENCE_RELAY_NATS", nats.url()),
        ("WA_PRESENCE_RELAY_NATS_TOKEN", "nats-token-of-the-tests".to_owned()),
    ];
    let environment = environment.each_ref().map(|(name, value)| (*name, value.as_str()));
    let stage = Stage::sharing(Face::Wawp, "", "", &environment).await;
    until_ready(&stage, &stage.relay).await;
}
