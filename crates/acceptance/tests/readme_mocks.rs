//! The README's example with mocks fails when its number of calls is wrong.

use std::panic::catch_unwind;

mod expects_0 {
    include!(concat!(env!("OUT_DIR"), "/expects_0.rs"));
}

mod expects_1 {
    include!(concat!(env!("OUT_DIR"), "/expects_1.rs"));
}

mod expects_5 {
    include!(concat!(env!("OUT_DIR"), "/expects_5.rs"));
}

/// Returns the message of a program's panic.
fn failure<T>(program: fn() -> T) -> String {
    let panic = catch_unwind(|| drop(program())).err();
    panic.and_then(|panic| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}

#[test]
fn the_example_passes_as_it_is() {
    assert!(expects_1::main().is_ok());
}

#[test]
fn the_example_fails_when_a_call_is_missing() {
    let failure = failure(expects_5::main);
    assert!(failure.contains("called 1 time(s) which is fewer than expected 5"), "{failure}");
}

#[test]
fn the_example_fails_when_a_call_is_too_many() {
    let failure = failure(expects_0::main);
    assert!(failure.contains("MockBff::support"), "{failure}");
    assert!(failure.contains("should not have been called"), "{failure}");
}
