//! Mistakes that no test notices, and why that is right.

/// A mistake as cargo-mutants names it, without line and column, and the argument.
pub(super) const ARGUED: &[(&str, &str)] = &[];
