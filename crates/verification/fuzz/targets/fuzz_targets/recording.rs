#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| digital_key_fuzz::run("recording", input));
