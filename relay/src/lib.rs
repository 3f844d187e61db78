//! A relay between hosted WhatsApp gateways and browsers: webhooks in, live presence out, and the keys stay here.
//!
//! It decides nothing about presence: each account is one [`wa_presence::session::Session`], driven by one task. What is said
//! over HTTP is in `relay/PROTOCOL.md`; how it is run, in `docs/relay.md`.

pub mod account;
pub mod clock;
pub mod config;
pub mod error;
pub mod exchange;
pub mod metrics;
pub mod nats;
pub mod pace;
pub mod serve;
pub mod ticket;
mod upstream;
mod web;
mod wire;

pub use serve::Relay;
