//! What is mended in Swift's generated source: no length of time ends the process.

use super::mend::{Mend, Times, mend};
use crate::Failure;

pub(super) fn mended(text: String) -> Result<String, Failure> {
    mend(text, MENDS)
}

/// A length below zero, or one that is no number, is none; one beyond the limit is the limit, which is
/// the one of Java's `Duration`.
const MENDS: &[Mend] = &[Mend {
    found: r#"
        if value.rounded(.down) > Double(Int64.max) {
            fatalError("Duration overflow, exceeds max bounds supported by Uniffi")
        }

        if value < 0 {
            fatalError("Invalid duration, must be non-negative")
        }

        let seconds = UInt64(value)
"#,
    times: Times::Once,
    instead: r"
        let value = value > 0 ? min(value, Double(Int64.max).nextDown) : 0
        let seconds = UInt64(value)
",
}];
