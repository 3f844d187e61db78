//! A simulated WhatsApp gateway with people in it.
//!
//! It is a WAHA server to its clients: the same routes, bodies, waits, sockets, webhooks and flaws; under other paths it is Wawp
//! and `WaAPI`, over the same accounts. Behind it live people who come online, type, forget to pause, send and leave. Everything
//! but [`http`] is free of I/O and clocks and runs in virtual time.
//!
//! It knows the wire and nothing of the SDK that is tested against it.

pub mod chance;
pub mod control;
pub mod face;
pub mod http;
pub mod schedule;
pub mod simulator;
pub mod time;
pub mod traffic;
pub mod world;
