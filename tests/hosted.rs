//! Every gateway alike in a browser, over the wire: one suite, played at WAHA, at both versions of Wawp and at WaAPI.
//!
//! The hosted gateways have no stream for a page. What they tell reaches it in the two ways that an application has: by calls that
//! read, and as webhook bodies that a backend hands in, which here is [`stage`], fetching what the simulator keeps.
//!
//! Like tests/wire.rs it is over before it begins where no gateway runs; and it needs the feature `hosted`.
#![cfg(all(target_arch = "wasm32", feature = "browser", feature = "hosted"))]

mod browser_support;

#[path = "hosted/calls.rs"]
mod calls;
#[path = "wire/gateway.rs"]
mod gateway;
#[path = "hosted/privacy.rs"]
mod privacy;
#[path = "hosted/recovery.rs"]
mod recovery;
#[path = "hosted/refusals.rs"]
mod refusals;
#[path = "hosted/shown.rs"]
mod shown;
#[path = "hosted/silences.rs"]
mod silences;
#[path = "hosted/stage.rs"]
mod stage;
#[path = "hosted/vendor.rs"]
mod vendor;
#[path = "hosted/watching.rs"]
mod watching;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
