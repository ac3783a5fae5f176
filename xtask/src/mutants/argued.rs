//! Mistakes that no test notices, and why that is right.

/// A mistake as cargo-mutants names it, without line and column, and the argument.
pub(super) const ARGUED: &[(&str, &str)] = &[(
    "crates/domain/src/flow/attempt.rs: replace EndedSheet::generation -> Generation with \
     Default::default()",
    "built for the exploration only, whose tests look after it",
)];
