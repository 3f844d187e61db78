//! A session by way of a relay: what it asks for, what it makes of the relay's words, how it comes back. In virtual time, against a
//! relay that says what the story wants.
#![cfg(not(target_arch = "wasm32"))]

#[path = "relayed/stage.rs"]
mod stage;
mod support;

#[path = "relayed/following.rs"]
mod following;
#[path = "relayed/resuming.rs"]
mod resuming;
#[path = "relayed/sharing.rs"]
mod sharing;
#[path = "relayed/tickets.rs"]
mod tickets;
#[path = "relayed/words.rs"]
mod words;
