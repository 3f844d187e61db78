//! The package in a browser, without any server: the JavaScript API over bodies that are handed in, with the page's own
//! timers. `wasm-pack test --headless --chrome` runs it as it is.
#![cfg(all(target_arch = "wasm32", feature = "browser"))]

mod browser_support;

#[path = "browser/abort.rs"]
mod abort;
#[path = "browser/closing.rs"]
mod closing;
#[path = "browser/hostile.rs"]
mod hostile;
#[path = "browser/ingest.rs"]
mod ingest;
#[path = "browser/iteration.rs"]
mod iteration;
#[path = "browser/listeners.rs"]
mod listeners;
#[path = "browser/options.rs"]
mod options;
#[path = "browser/patterns.rs"]
mod patterns;
#[path = "browser/privacy.rs"]
mod privacy;
#[path = "browser/silence.rs"]
mod silence;
#[path = "browser/snapshots.rs"]
mod snapshots;
#[path = "browser/timers.rs"]
mod timers;
#[path = "browser/unreachable.rs"]
mod unreachable;
#[path = "browser/watched.rs"]
mod watched;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
