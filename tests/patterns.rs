//! What people do with presence: typing at the pace of a person, keeping up appearances, taking turns, waiting for somebody,
//! looking back. One rule a test, in virtual time, at the wire of the gateways; the numbers are those of the vendors' own pages.
#![cfg(not(target_arch = "wasm32"))]

mod support;

#[path = "patterns/cohorts.rs"]
mod cohorts;
#[path = "patterns/composers.rs"]
mod composers;
#[path = "patterns/composers_lost.rs"]
mod composers_lost;
#[path = "patterns/composers_refused.rs"]
mod composers_refused;
#[path = "patterns/gateway.rs"]
mod gateway;
#[path = "patterns/ghost.rs"]
mod ghost;
#[path = "patterns/log.rs"]
mod log;
#[path = "patterns/momentum.rs"]
mod momentum;
#[path = "patterns/others.rs"]
mod others;
#[path = "patterns/own.rs"]
mod own;
#[path = "patterns/page.rs"]
mod page;
#[path = "patterns/policy.rs"]
mod policy;
#[path = "patterns/quiet.rs"]
mod quiet;
#[path = "patterns/routing.rs"]
mod routing;
#[path = "patterns/stage.rs"]
mod stage;
#[path = "patterns/waiting.rs"]
mod waiting;
