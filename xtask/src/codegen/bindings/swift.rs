//! The fixes of Swift's generated source: no duration ends the process, the package decides what sends
//! HTTP, and the language mode of Swift 6 accepts it.

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
    // Swift 6 refuses to send functions to a task that are not marked as sendable. Each of these is
    // made for one call and passed to one task, which alone calls it.
    Fix {
        found: r"
    let task = Task {
        // Note: it's important",
        times: Times::Exactly(1),
        instead: r"
    nonisolated(unsafe) let (makeCall, handleSuccess, handleError) = (makeCall, handleSuccess, handleError)
    let task = Task { @Sendable in
        // Note: it's important",
    },
    Fix {
        found: r"
    let task = Task {
        // See the note",
        times: Times::Exactly(1),
        instead: r"
    nonisolated(unsafe) let (makeCall, handleSuccess, handleError) = (makeCall, handleSuccess, handleError)
    nonisolated(unsafe) let lowerError = lowerError
    let task = Task { @Sendable in
        // See the note",
    },
];
