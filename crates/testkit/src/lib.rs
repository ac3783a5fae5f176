//! A conformance suite for each port of the digital car key core, and fakes that keep state.

pub mod bff;
pub mod cache;
pub mod fake;
mod run;
pub mod values;
mod violation;

pub use violation::{CaseResult, Violation};

/// What the macros need; not for use by hand.
#[doc(hidden)]
pub mod __private {
    pub use crate::run::run;
}
