//! Any bytes as a story told to the machine.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| wa_presence_fuzz::machine(input));
