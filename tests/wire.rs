//! The package in a browser, over the wire: real fetches and WebSockets against the simulated gateway.
//!
//! `cargo xtask test` starts the gateway and names it in `SIMULATOR_URL` and `SIMULATOR_API_KEY` while this is compiled.
//! Without them every test here is over before it begins, so that `wasm-pack test` passes as it is.
#![cfg(all(target_arch = "wasm32", feature = "browser"))]

mod browser_support;

#[path = "wire/budget.rs"]
mod budget;
#[path = "wire/calls.rs"]
mod calls;
#[path = "wire/credentials.rs"]
mod credentials;
#[path = "wire/gateway.rs"]
mod gateway;
#[path = "wire/in_flight.rs"]
mod in_flight;
#[path = "wire/privacy.rs"]
mod privacy;
#[path = "wire/recovery.rs"]
mod recovery;
#[path = "wire/refusals.rs"]
mod refusals;
#[path = "wire/watching.rs"]
mod watching;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
