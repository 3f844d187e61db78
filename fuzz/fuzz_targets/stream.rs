//! Any bytes as what a relay sends.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| wa_presence_fuzz::stream(input));
