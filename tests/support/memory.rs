//! How many bytes of this process are in use, as its allocator counts them.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::sync::{Mutex, MutexGuard, PoisonError};

use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Memory is counted for the whole process: whoever measures works alone, and so does whoever would be measured.
static ALONE: Mutex<()> = Mutex::new(());

pub(crate) fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// By how many bytes memory peaked above its start while `work` was done.
pub(crate) fn peak_of(work: impl FnOnce()) -> usize {
    let start = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    work();
    MEMORY.peak_usage().saturating_sub(start)
}

/// How many bytes are in use.
pub(crate) fn in_use() -> usize {
    MEMORY.current_usage()
}
