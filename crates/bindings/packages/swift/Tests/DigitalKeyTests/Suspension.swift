import DigitalKey
import Foundation

/// Calls of a host around the background (GEN-10), and at a sign-out (GEN-5).
@MainActor
let suspension: [Test] = [
    Test("1,000 races of suspend and resume leave the cache open in the foreground") { test in
        let cache = try await test.launchWithMemoryCache()
        let app = test.app!
        for race in 1...1000 {
            // Two tasks have no order, and the events come on a way of their own.
            test.phone.background()
            let suspended = Task { try await app.suspend() }
            test.phone.foreground()
            let resumed = Task { try await app.resume() }
            try await suspended.value
            try await resumed.value
            let isOpen = await inTime { await cache.untilOpen() }
            try check(isOpen == true, "race \(race): the cache is closed in the foreground")
        }
    },
    Test("calls that begin at once keep their order") { test in
        let cache = try await test.launchWithMemoryCache()
        for _ in 1...100 {
            let (suspended, resumed) = (try test.app.beginSuspend(), try test.app.beginResume())
            try await resumed.wait()
            try await suspended.wait()
            let isOpen = await cache.isOpen
            try check(isOpen, "the resume began last")
        }
        let (resumed, suspended) = (try test.app.beginResume(), try test.app.beginSuspend())
        try await suspended.wait()
        try await resumed.wait()
        let isOpen = await cache.isOpen
        try check(!isOpen, "the suspend began last")
    },
    Test("a sign-out that begins hides the account") { test in
        try await test.launch()
        try await test.openWelcome()
        let signOut = try test.app.beginSignOut()
        let view = try test.app.view()
        try check(view.vehicle == nil, "\(view)")
        try await signOut.wait()
    },
    Test("a sign-out leaves the mark of an own cache before it returns") { test in
        let mark = CountedMark()
        var ports = try await test.ports()
        ports.cache = CacheAdapter.own(cache: MemoryCache(), mark: mark)
        try await test.launch(ports, deadlines: Deadlines(phone: patience, cache: patience, sheetGrace: 0.05))
        try await test.openWelcome()
        let signOut = try test.app.beginSignOut()
        try check(mark.left == 1, "\(mark.left) marks")
        try await signOut.wait()
    },
]

/// A mark that counts how often it is left.
private final class CountedMark: ErasureMark, @unchecked Sendable {
    private let lock = NSLock()
    private var count = 0

    var left: Int {
        lock.withLock { count }
    }

    func leave() throws {
        lock.withLock { count += 1 }
    }
}

extension TestApp {
    /// Starts with a cache in memory, which has enough time on a busy machine.
    fileprivate func launchWithMemoryCache() async throws -> MemoryCache {
        let cache = MemoryCache()
        let patient = Deadlines(phone: patience, cache: patience, sheetGrace: 0.05)
        try await launch(ports(cache: cache), deadlines: patient)
        try await app.idle()
        return cache
    }
}

extension MemoryCache {
    /// Waits until the cache is open; false when the task is cancelled.
    fileprivate func untilOpen() async -> Bool {
        while !isOpen, !Task.isCancelled {
            try? await sleep(0.001)
        }
        return isOpen
    }
}
