//! Many relays on one NATS, each a process of its own, between one simulated gateway and readers of feeds.

mod away;
mod budget;
mod credentials;
mod elsewhere;
mod resume;
mod server;

use std::time::Duration;

use server::Nats;

use crate::process::Relay;
use crate::stage::{Face, PATIENCE, Stage};

/// Two relays on a NATS of their own; the gateway posts to both.
pub(crate) async fn two(face: Face, account: &str, more: &str) -> (Nats, Stage, Relay) {
    let nats = Nats::start().await;
    let stage = Stage::sharing(face, account, more, &[("WA_PRESENCE_RELAY_NATS", &nats.url())]).await;
    until_ready(&stage, &stage.relay).await;
    until_driven_by(&stage.relay).await;
    let other = stage.another();
    until_ready(&stage, &other).await;
    stage.post_to(&other).await;
    (nats, stage, other)
}

/// What a relay says of its being ready.
pub(crate) async fn readiness(stage: &Stage, relay: &Relay) -> (u16, String) {
    let answer = stage.client.get(format!("{}/readyz", relay.url)).send().await.expect("it answers");
    (answer.status().as_u16(), answer.text().await.expect("a body"))
}

pub(crate) async fn until_ready(stage: &Stage, relay: &Relay) {
    let ready = async {
        while readiness(stage, relay).await.0 != 200 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, ready).await.expect("it is ready");
}

/// Waits until this relay drives the account, as its log says.
pub(crate) async fn until_driven_by(relay: &Relay) {
    let drives = async {
        while !drives(relay) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, drives).await.expect("it drives the account");
}

/// Whether it does.
pub(crate) fn drives(relay: &Relay) -> bool {
    let log = relay.logged();
    let holds = |text: &str, line: &str| line.contains(text) && line.contains("\"support\"");
    let last = |text: &str| log.lines().enumerate().filter(|(_, line)| holds(text, line)).map(|(at, _)| at).last();
    last("this relay drives the account") > last("this relay does not drive the account")
}
