//! The API people see. It reads options, calls the driver, converts and returns; it decides nothing.
//!
//! The declarations users program against are in `types/`, written by hand and carried by the wasm file; a golden copy of
//! what comes out is kept in `tests/golden/`.

mod client;
mod composer;
mod connect;
mod conversation;
mod convert;
mod crash;
mod error;
mod ghost;
mod ingest;
mod iterate;
mod log;
mod object;
mod observer;
mod options;
mod own;
mod promises;
mod reply;
mod rest;
mod snapshot;
mod wait;
mod watch;

pub use client::{Presence, connect};
pub use ingest::inbox;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = concat!(
    include_str!("types/state.d.ts"),
    "\n",
    include_str!("types/connection.d.ts"),
    "\n",
    include_str!("types/options.d.ts"),
    "\n",
    include_str!("types/error.d.ts"),
    "\n",
    include_str!("types/own.d.ts"),
    "\n",
    include_str!("types/conversation.d.ts"),
    "\n",
    include_str!("types/rest.d.ts"),
    "\n",
    include_str!("types/client.d.ts"),
);
