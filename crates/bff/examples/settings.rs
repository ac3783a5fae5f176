//! Prints the table of all settings, for `cargo xtask codegen settings`.
#![allow(clippy::print_stdout, reason = "it writes for a program that reads its output")]

fn main() {
    print!("{}", digital_key_bff::config::table());
}
