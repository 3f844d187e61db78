//! What the fuzz targets do with an input: shared by libFuzzer, which looks for new ones, and by `tests/corpora.rs`, which
//! replays the known ones on stable.
//!
//! A target returns when the input was survived, and panics, naming the broken invariant, when it was not.

mod answers;
mod decode;
mod echo;
mod fit;
mod input;
mod machine;
mod said;
mod signature;
mod stream;
mod webhook;
// There is no receiver beside the client, which `tests/corpora.rs` has unless told otherwise.
#[cfg(all(feature = "webhook", not(feature = "browser")))]
mod written;

/// Any bytes as a webhook body, a feed frame and the answer to every call of WAHA's, and what a session makes of them.
pub fn webhook(input: &[u8]) {
    webhook::run(input);
}

/// Any bytes as a webhook body of unknown origin with its signature; [`input`] has the format.
pub fn decode(input: &[u8]) {
    decode::run(input);
}

/// Any bytes as the answer to every call of every dialect; [`input`] has the format.
pub fn answers(input: &[u8]) {
    answers::run(input);
}

/// Any bytes as what a relay sends; [`stream`] has the format.
pub fn stream(input: &[u8]) {
    stream::run(input);
}

/// Any bytes as a story told to the machine. The language of stories is described in `fuzz/src/machine/ops.rs`.
pub fn machine(input: &[u8]) {
    machine::run(input);
}
