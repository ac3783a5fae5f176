//! What is mended in Swift's generated source: no length of time ends the process.

use super::fix::{Fix, Times};

/// A length below zero, or one that is no number, is none; one beyond the limit is the limit, which is
/// the one of Java's `Duration`.
pub(super) const FIXES: &[Fix] = &[Fix {
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
