//! Any bytes as the answer to every call of every dialect.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| wa_presence_fuzz::answers(input));
