import DigitalKey
import Foundation

/// Lengths of time that Rust does not know: below zero and no number count for zero, and what is too
/// long counts for the longest.
@MainActor
let lengths: [Test] = [
    Test("a length of time below zero") { try await $0.busyFor(-1) },
    Test("a length of time without an end") { try await $0.busyFor(.infinity) },
    Test("a length of time that is no number") { try await $0.busyFor(.nan) },
    Test("deadlines below zero") { world in
        // What takes any time at all has failed.
        let deadlines = Deadlines(phone: -1, cache: -.infinity, sheetGrace: -0.001)
        try await world.launch(deadlines: deadlines)
        try await world.app.idle()
    },
    Test("deadlines without an end") { world in
        let deadlines = Deadlines(phone: .infinity, cache: .greatestFiniteMagnitude, sheetGrace: 1e30)
        try await world.launch(deadlines: deadlines)
        try await world.openWelcome()
    },
]

extension World {
    /// A BFF that wants to be left alone for so long counts as busy.
    fileprivate func busyFor(_ length: TimeInterval) async throws {
        let bff = Backend { throw BffError.Status(status: 503, retryAfter: length) }
        try await launch(ports(bff: bff))
        try await noEntry(retryable: true)
    }
}
