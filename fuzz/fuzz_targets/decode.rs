//! Any bytes as a webhook body of unknown origin with its signature.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| wa_presence_fuzz::decode(input));
