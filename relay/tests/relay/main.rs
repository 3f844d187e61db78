//! The relay as its owners run it: the program, between simulated gateways and readers of feeds, on loopback.
//!
//! Whatever is waited for is waited for as a condition, and not for longer than [`stage::PATIENCE`].

mod calls;
mod delivery;
mod feeds;
mod hooks;
mod nats;
mod operation;
mod page;
mod pages;
mod process;
mod reader;
mod secrets;
mod stage;
mod tickets;
