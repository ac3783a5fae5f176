import DigitalKey
import Foundation

/// The owner of the core: start, many windows, background.
@MainActor
let host: [Test] = [
    Test("a host starts the core and shuts it down") { test in
        let (host, _) = test.host { try await test.started(MemoryCache()) }
        try check(host.state.name == "stopped", "\(host.state)")
        let states = host.states()
        host.start()
        host.start()
        let app = try await running(host)
        try check(try app.view().pageName == "VehicleTab", "no view")
        await host.shutDown()
        try check(host.state.name == "stopped", "\(host.state)")
        try check((try? app.view()) == nil, "the core runs on")
        for await state in states {
            try check(state.name == "stopped", "the sequence begins with an outdated state")
            break
        }
        host.start()
        try check(try await running(host) !== app, "the same app")
        await host.shutDown()
    },
    Test("a start is tried again, later each time") { test in
        let pauses = Pauses()
        let failures = Failures(4)
        let (host, _) = test.host(pauses) {
            try failures.fail(CocoaError(.fileReadNoPermission))
            return try await test.started(MemoryCache())
        }
        host.start()
        for seconds in [0.5, 1, 2, 5] {
            let asked = await pauses.begun()
            try check(asked == seconds, "\(String(describing: asked)) instead of \(seconds) s")
            guard case .failed(let error, isRetried: true) = host.state else {
                throw Unexpected(description: "\(host.state)")
            }
            try check(error is CocoaError, "\(error)")
            pauses.end()
        }
        _ = try await running(host)
        await host.shutDown()
    },
    Test("a start is tried again at once when a window comes, at the unlock and by hand") { test in
        let pauses = Pauses()
        let failures = Failures(3)
        let (host, system) = test.host(pauses) {
            try failures.fail(CocoaError(.fileReadNoPermission))
            return try await test.started(MemoryCache())
        }
        host.start()
        try check(await pauses.begun() == 0.5, "no pause")
        system.post(.sceneInForeground("A"))
        try check(await pauses.begun() == 1, "the window does not end the pause")
        system.post(.unlocked)
        try check(await pauses.begun() == 2, "the unlock does not end the pause")
        host.start()
        _ = try await running(host)
        await host.shutDown()
    },
    Test("a mistake of the app is no reason to try again") { test in
        let failures = Failures(1)
        let (host, _) = test.host {
            try failures.fail(DigitalKeyError.Invalid(argument: "vin", reason: "no"))
            return try await test.started(MemoryCache())
        }
        host.start()
        let failed = await inTime { await host.until { $0.name == "failed" } }
        guard case .failed(_, isRetried: false) = failed else {
            throw Unexpected(description: "\(String(describing: failed))")
        }
        host.start()
        _ = try await running(host)
        await host.shutDown()
    },
    Test("a shutdown ends a start that waits") { test in
        let pauses = Pauses()
        let (host, _) = test.host(pauses) { throw CocoaError(.fileReadNoPermission) }
        host.start()
        _ = await pauses.begun()
        await host.shutDown()
        try check(host.state.name == "stopped", "\(host.state)")
    },
    Test("a process has one host") { test in
        let (first, _) = test.host { try await test.started(MemoryCache()) }
        let (second, _) = test.host { try await test.started(MemoryCache()) }
        first.start()
        _ = try await running(first)
        second.start()
        guard case .failed(HostError.secondHost, isRetried: false) = second.state else {
            throw Unexpected(description: "\(second.state)")
        }
        await first.shutDown()
        second.start()
        _ = try await running(second)
        await second.shutDown()
    },
    Test("the cache is closed while all windows are in the background") { test in
        let cache = MemoryCache()
        let (host, system) = test.host { try await test.started(cache) }
        system.foregroundScenes = ["A", "B"]
        host.start()
        _ = try await running(host)
        // A scene enters the foreground, and is active afterwards.
        system.post(.sceneInForeground("B"))
        system.post(.sceneInBackground("A"))
        try await host.app?.idle()
        try check(await cache.isOpen, "the other window needs the cache")
        try check(system.begun == 0, "a background task")
        system.post(.sceneInBackground("B"))
        try await cache.wait(isOpen: false)
        _ = await inTime { await system.untilEnded(1) }
        try check(system.ended == [1], "\(system.ended)")
        // The scene is gone for good, which is no second background.
        system.post(.sceneInBackground("B"))
        try check(system.begun == 1, "\(system.begun) tasks")
        system.post(.sceneInForeground("A"))
        try await cache.wait(isOpen: true)
        await host.shutDown()
    },
    Test("a core that starts in the background is suspended until a window comes") { test in
        let cache = MemoryCache()
        let (host, system) = test.host { try await test.started(cache) }
        host.start()
        _ = try await running(host)
        try await cache.wait(isOpen: false)
        system.post(.sceneInForeground("A"))
        try await cache.wait(isOpen: true)
        await host.shutDown()
    },
    Test("a background task that expires ends once") { test in
        let cache = SlowCache()
        let (host, system) = test.host { try await test.started(cache) }
        system.foregroundScenes = ["A"]
        host.start()
        _ = try await running(host)
        system.post(.sceneInBackground("A"))
        await cache.suspending()
        system.expire()
        try check(system.ended == [1], "\(system.ended)")
        cache.go()
        try await host.app?.idle()
        await host.shutDown()
        try check(system.ended == [1], "the task ended twice: \(system.ended)")
    },
    Test("no time in the background is no reason to keep the cache open") { test in
        let cache = MemoryCache()
        let (host, system) = test.host { try await test.started(cache) }
        system.givesTime = false
        host.start()
        _ = try await running(host)
        try await cache.wait(isOpen: false)
        await host.shutDown()
        try check(system.ended.isEmpty, "a task ended that never began")
    },
    Test("a resume that fails is tried again") { test in
        let pauses = Pauses()
        let cache = MemoryCache()
        let (host, system) = test.host(pauses) { try await test.started(cache) }
        host.start()
        _ = try await running(host)
        try await cache.wait(isOpen: false)
        await cache.failResumes(2)
        system.post(.sceneInForeground("A"))
        for _ in 1...2 {
            _ = await pauses.begun()
            pauses.end()
        }
        try await cache.wait(isOpen: true)
        await host.shutDown()
    },
]

extension TestApp {
    /// A host whose pauses end when the test says so.
    fileprivate func host(
        _ pauses: Pauses = Pauses(), make: @escaping @MainActor () async throws -> DigitalKeyApp
    ) -> (DigitalKeyHost, FakeSystem) {
        let system = FakeSystem()
        return (DigitalKeyHost(system: system, sleep: pauses.sleep, make: make), system)
    }

    /// An app that is started with this cache.
    fileprivate func started(_ cache: any Cache) async throws -> DigitalKeyApp {
        let patient = Deadlines(phone: patience, cache: patience, sheetGrace: 0.05)
        let config = Config(phone: .ios(machine: "iPhone12,1", version: "14.2"), deadlines: patient)
        let app = try DigitalKeyApp(config: config, ports: try await ports(cache: cache))
        try app.start(listener: nil)
        return app
    }
}

@MainActor
private func running(_ host: DigitalKeyHost) async throws -> DigitalKeyApp {
    let state = await inTime { await host.until { $0.name == "running" } }
    guard case .running(let app)? = state else { throw Unexpected(description: "\(host.state)") }
    return app
}

extension DigitalKeyHost {
    fileprivate func until(_ reached: (State) -> Bool) async -> State? {
        for await state in states() where reached(state) { return state }
        return nil
    }
}

extension DigitalKeyHost.State {
    fileprivate var name: String {
        switch self {
        case .stopped: "stopped"
        case .starting: "starting"
        case .running: "running"
        case .failed: "failed"
        }
    }
}

/// Fails this often.
@MainActor
private final class Failures {
    private var left: Int

    init(_ count: Int) {
        left = count
    }

    func fail(_ error: any Error) throws {
        guard left > 0 else { return }
        left -= 1
        throw error
    }
}

/// Pauses between the tries, which the test ends.
private final class Pauses: Sendable {
    private let asked = Signal<TimeInterval>()
    private let ends = Signal<Void>()

    var sleep: @Sendable (TimeInterval) async throws -> Void {
        { [self] seconds in
            asked.send(seconds)
            _ = await ends.next()
        }
    }

    /// Waits until a pause begins, and returns its length.
    func begun() async -> TimeInterval? {
        await inTime { [asked] in await asked.next() }
    }

    func end() {
        ends.send(())
    }
}

/// An operating system in which the test moves the windows.
@MainActor
private final class FakeSystem: HostSystem {
    var foregroundScenes: Set<SceneId> = []
    var givesTime = true
    private(set) var begun = 0
    private(set) var ended: [Int] = []
    private var receive: (@MainActor (SystemEvent) -> Void)?
    private var expired: (@MainActor @Sendable () -> Void)?
    private let ends = Signal<Void>()

    func observe(_ receive: @escaping @MainActor (SystemEvent) -> Void) {
        self.receive = receive
    }

    func beginBackgroundTask(expired: @escaping @MainActor @Sendable () -> Void) -> Int? {
        guard givesTime else { return nil }
        begun += 1
        self.expired = expired
        return begun
    }

    func endBackgroundTask(_ task: Int) {
        ended.append(task)
        ends.send(())
    }

    func post(_ event: SystemEvent) {
        receive?(event)
    }

    func expire() {
        expired?()
    }

    func untilEnded(_ count: Int) async -> Bool {
        while ended.count < count, !Task.isCancelled { _ = await ends.next() }
        return true
    }
}

/// A cache whose `suspend` takes until the test lets it go.
private final class SlowCache: Cache {
    private let memory = MemoryCache()
    private let began = Signal<Void>()
    private let goes = Signal<Void>()

    func suspending() async {
        _ = await inTime { [began] in await began.next() }
    }

    func go() {
        goes.send(())
    }

    func suspend() async throws {
        began.send(())
        _ = await goes.next()
        try await memory.suspend()
    }

    func resume() async throws { try await memory.resume() }

    func load(vin: Vin) async throws -> VehicleRecord { try await memory.load(vin: vin) }

    func store(vin: Vin, change: RecordChange) async throws {
        try await memory.store(vin: vin, change: change)
    }

    func storePassword(
        vin: Vin, password: PairingPassword, generation: Generation
    ) async throws -> StoredPassword {
        try await memory.storePassword(vin: vin, password: password, generation: generation)
    }

    func takeUse(vin: Vin) async throws -> Take { try await memory.takeUse(vin: vin) }

    func erase(vin: Vin) async throws { try await memory.erase(vin: vin) }

    func eraseAll() async throws { try await memory.eraseAll() }
}

extension MemoryCache {
    fileprivate func wait(isOpen: Bool, line: Int = #line) async throws {
        let reached = await inTime { await self.until(isOpen) }
        try check(reached == true, "line \(line): the cache is \(isOpen ? "closed" : "open")")
    }

    private func until(_ isOpen: Bool) async -> Bool {
        while self.isOpen != isOpen, !Task.isCancelled { try? await sleep(0.001) }
        return self.isOpen == isOpen
    }
}
