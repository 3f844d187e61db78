//! The only place that touches a browser: clock, timer, fetch, socket, and the loop that drives a session.
//!
//! It decides nothing about presence. Everything it starts is undone when its handle is dropped.

mod appearance;
mod claims;
mod clock;
pub(crate) mod driver;
mod feed;
mod fetch;
pub(crate) mod globals;
mod kept;
mod ledger;
pub(crate) mod listeners;
mod lock;
pub(crate) mod manner;
mod outward;
mod storage;
#[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
mod stream;
mod tabs;
#[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
mod tickets;
mod wakers;

pub(crate) use globals::report;
pub(crate) use storage::is_missing as storage_is_missing;

/// Constant time, and seven kilobytes of wasm less than the standard allocator.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();
