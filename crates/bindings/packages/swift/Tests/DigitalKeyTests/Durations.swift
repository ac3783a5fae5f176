import DigitalKey
import Foundation

/// Durations that Rust does not have: a negative one, and one that is not a number, count as zero, and a
/// longer one counts as the longest.
@MainActor
let durations: [Test] = [
    Test("a negative duration") { try await $0.busyFor(-1) },
    Test("an infinite duration") { try await $0.busyFor(.infinity) },
    Test("a duration that is not a number") { try await $0.busyFor(.nan) },
    Test("negative deadlines") { test in
        // A call that takes any time has failed.
        let deadlines = Deadlines(phone: -1, cache: -.infinity, sheetGrace: -0.001)
        try await test.launch(deadlines: deadlines)
        try await test.app.idle()
    },
    Test("infinite deadlines") { test in
        let deadlines = Deadlines(phone: .infinity, cache: .greatestFiniteMagnitude, sheetGrace: 1e30)
        try await test.launch(deadlines: deadlines)
        try await test.openWelcome()
    },
]

extension TestApp {
    /// A BFF that asks for this pause counts as busy.
    fileprivate func busyFor(_ pause: TimeInterval) async throws {
        let bff = StubBff { throw BffError.Status(status: 503, retryAfter: pause) }
        try await launch(ports(bff: bff))
        try await noEntry(retryable: true)
    }
}
