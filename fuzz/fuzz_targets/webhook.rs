//! Any bytes as a webhook body, a feed frame and the answer to every call.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| wa_presence_fuzz::webhook(input));
