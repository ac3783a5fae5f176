//! Mutants that no test catches, and why they may stay.

/// A mutant as cargo-mutants names it, without line and column, and the argument.
pub(super) const ARGUED: &[(&str, &str)] = &[
    (
        "crates/domain/src/flow/attempt.rs: replace EndedSheet::generation -> Generation with \
         Default::default()",
        "built for the exploration only, whose tests look after it",
    ),
    (
        "crates/app/src/bff/single_flight.rs: replace > with >= in Flights<T>::board",
        "differs while one thread joins a request that another one is about to end; then the \
         answer is an error that can be tried again",
    ),
    (
        "crates/app/src/event_loop.rs: replace <impl std::fmt::Display for Chain<'_>>::fmt -> \
         std::fmt::Result with Ok(Default::default())",
        "the text of a line of the log",
    ),
    (
        "crates/app/src/event_loop.rs: replace EventLoop::answer_later with ()",
        "the machine never wants a password stored that did not come with its event",
    ),
    (
        "crates/app/src/sheets.rs: replace - with + in Sheets::start",
        "the machine remembers eight sheets, and drops the answer about a ninth",
    ),
    (
        "crates/app/src/sheets.rs: replace - with / in Sheets::start",
        "the machine remembers eight sheets, and drops the answer about a ninth",
    ),
    (
        "crates/app/src/sheets.rs: replace Sheets::forget with ()",
        "the machine forgets its sheets at the sign-out, too (GEN-5)",
    ),
];
