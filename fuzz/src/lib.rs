//! What the fuzz targets do with an input: shared by libFuzzer, which looks for new ones, and by `tests/corpora.rs`, which
//! replays the known ones on stable.
//!
//! A target returns when the input was survived, and panics, naming the broken invariant, when it was not.

mod machine;
mod webhook;

/// Any bytes as a webhook body, a feed frame and the answer to every call.
pub fn webhook(input: &[u8]) {
    webhook::run(input);
}

/// Any bytes as a story told to the machine. The language of stories is described in `fuzz/src/machine/ops.rs`.
pub fn machine(input: &[u8]) {
    machine::run(input);
}
