//! A day of many tabs in virtual time. A program of its own: it counts the bytes that it uses.
#![cfg(not(target_arch = "wasm32"))]

#[path = "tabs/browser.rs"]
mod browser;
#[path = "tabs/day.rs"]
mod day;
#[path = "support/memory.rs"]
mod memory;
