//! The fixes of Swift's generated source: no duration ends the process, and the package decides what
//! sends HTTP.

use super::fix::{Fix, Times};

/// A negative duration, and one that is not a number, count as zero. A duration above the limit counts
/// as the limit, which is that of Java's `Duration`.
pub(super) const FIXES: &[Fix] = &[
    Fix {
        found: r#"
        if value.rounded(.down) > Double(Int64.max) {
            fatalError("Duration overflow, exceeds max bounds supported by Uniffi")
        }

        if value < 0 {
            fatalError("Invalid duration, must be non-negative")
        }

        let seconds = UInt64(value)
"#,
        times: Times::Exactly(1),
        instead: r"
        let value = value > 0 ? min(value, Double(Int64.max).nextDown) : 0
        let seconds = UInt64(value)
",
    },
    // The `http` of the package is in `URLSessionTransport.swift`: its default is URLSession.
    Fix {
        found: "public static func http(baseUrl: ",
        times: Times::Exactly(1),
        instead: "public static func coreHttp(baseUrl: ",
    },
];
