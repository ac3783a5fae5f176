import Foundation

/// The owner of the core in an app: one for the process, however many windows the app has.
///
/// It starts the core and tries again when that fails, suspends it when all windows are in the background,
/// and opens it again when one returns. What the app shows is in ``states``: a core that runs, or the error
/// of a start.
///
/// Make one host for the life of the process, outside of any scene: a second core would find the cache
/// busy. On an iPhone `init(settings:)` brings the wallet and the pairing sheet along.
@MainActor
public final class DigitalKeyHost {
    /// What the host does.
    public enum State: Sendable {
        /// It was not started, or it was shut down.
        case stopped
        /// It starts the core.
        case starting
        /// The core runs, also while it is suspended.
        case running(DigitalKeyApp)
        /// The start failed. With `isRetried` the host tries again by itself; otherwise call
        /// ``DigitalKeyHost/start()`` when the reason is gone.
        case failed(any Error, isRetried: Bool)
    }

    /// The newest state.
    public private(set) var state = State.stopped {
        didSet { watchers.values.forEach { $0.yield(state) } }
    }

    /// The phone that `init(settings:)` brings, for its diagnosis and its local keys.
    public internal(set) var phone: IosPhone?

    /// The host that owns the core of this process.
    private static weak var owner: DigitalKeyHost?

    private let system: any HostSystem
    private let sleep: @Sendable (TimeInterval) async throws -> Void
    private let make: @MainActor () async throws -> DigitalKeyApp
    private var scenes = ForegroundScenes()
    private var isObserving = false
    private var watchers: [UUID: AsyncStream<State>.Continuation] = [:]
    private var starting: Task<Void, Never>?
    private var pause: Task<Void, Never>?
    private var resuming: Task<Void, Never>?

    /// Creates a host, which is stopped.
    ///
    /// - Parameters:
    ///   - system: The scenes and background tasks of the app.
    ///   - sleep: Waits for some seconds before a further try.
    ///   - make: Returns an app that is started. It is called again after a failure, and after a shutdown.
    public init(
        system: any HostSystem,
        sleep: @escaping @Sendable (TimeInterval) async throws -> Void = { seconds in
            try await Task.sleep(nanoseconds: UInt64(seconds * 1_000_000_000))
        },
        make: @escaping @MainActor () async throws -> DigitalKeyApp
    ) {
        self.system = system
        self.sleep = sleep
        self.make = make
    }

    deinit {
        watchers.values.forEach { $0.finish() }
    }

    /// The app, while the core runs.
    public var app: DigitalKeyApp? {
        if case .running(let app) = state { app } else { nil }
    }

    /// The states as a sequence, which begins with the newest and skips those that are outdated. Each call
    /// returns a sequence of its own.
    public func states() -> AsyncStream<State> {
        let (states, watcher) = AsyncStream.makeStream(of: State.self, bufferingPolicy: .bufferingNewest(1))
        let id = UUID()
        watchers[id] = watcher
        watcher.onTermination = { [weak self] _ in
            Task { @MainActor in self?.watchers[id] = nil }
        }
        watcher.yield(state)
        return states
    }

    /// Starts the core. While a start waits for its next try, it tries at once; while the core runs, it
    /// does not do anything.
    public func start() {
        guard app == nil else { return }
        guard starting == nil else {
            pause?.cancel()
            return
        }
        guard Self.owner == nil || Self.owner === self else {
            state = .failed(HostError.secondHost, isRetried: false)
            return
        }
        Self.owner = self
        observe()
        state = .starting
        starting = Task { await run() }
    }

    /// Ends the core after its pending writes. Afterwards ``start()`` begins anew, for example for the next
    /// account.
    public func shutDown() async {
        let (starting, app) = (starting, app)
        starting?.cancel()
        pause?.cancel()
        resuming?.cancel()
        await starting?.value
        await (self.app ?? app)?.shutdown()
        state = .stopped
        if Self.owner === self { Self.owner = nil }
    }

    // The start.

    private func run() async {
        var failures = 0
        while !Task.isCancelled {
            do {
                began(try await make())
                break
            } catch {
                let isRetried = error.isWorthRetry
                state = .failed(error, isRetried: isRetried)
                guard isRetried else { break }
                await wait(after: failures)
                failures += 1
                if !Task.isCancelled { state = .starting }
            }
        }
        starting = nil
    }

    private func began(_ app: DigitalKeyApp) {
        state = .running(app)
        if scenes.isEmpty { suspend(app) }
    }

    /// Waits before the next try, until the time is over or a reason to try at once appears.
    private func wait(after failures: Int) async {
        let waiting = Task { [sleep] () -> Void in
            try? await sleep(Self.waits[min(failures, Self.waits.count - 1)])
        }
        pause = waiting
        await withTaskCancellationHandler {
            await waiting.value
        } onCancel: {
            waiting.cancel()
        }
        pause = nil
    }

    /// The pauses in seconds between the tries of a start or a resume. The last one repeats.
    private static let waits: [TimeInterval] = [0.5, 1, 2, 5, 10, 30]

    // The background.

    private func observe() {
        guard !isObserving else { return }
        isObserving = true
        for scene in system.foregroundScenes { _ = scenes.add(scene) }
        system.observe { [weak self] in self?.receive($0) }
    }

    private func receive(_ event: SystemEvent) {
        let change: ForegroundScenes.Change?
        switch event {
        case .unlocked:
            pause?.cancel()
            return
        case .sceneInForeground(let scene): change = scenes.add(scene)
        case .sceneInBackground(let scene): change = scenes.remove(scene)
        }
        switch change {
        case nil: break
        case .appInForeground:
            pause?.cancel()
            if let app { resume(app) }
        case .appInBackground:
            if let app { suspend(app) }
        }
    }

    /// Closes the cache in the time that the system gives. The call begins before this function returns:
    /// a task may begin late.
    private func suspend(_ app: DigitalKeyApp) {
        resuming?.cancel()
        var waiting: Task<Void, Never>?
        let task = BackgroundTask(system: system) { waiting?.cancel() }
        let closing = try? app.beginSuspend()
        waiting = Task {
            try? await closing?.wait()
            task.end()
        }
    }

    /// Opens the cache. A call that fails is repeated while the app is in the foreground.
    private func resume(_ app: DigitalKeyApp) {
        resuming?.cancel()
        var opening = try? app.beginResume()
        resuming = Task { [sleep] in
            var failures = 0
            while let call = opening {
                do {
                    return try await call.wait()
                } catch {
                    try? await sleep(Self.waits[min(failures, Self.waits.count - 1)])
                    failures += 1
                    opening = Task.isCancelled ? nil : try? app.beginResume()
                }
            }
        }
    }
}

/// Why a ``DigitalKeyHost`` does not start.
public enum HostError: Error, Hashable {
    /// Another host of this process owns the core. Use that one, or shut it down before.
    case secondHost
}

extension HostError: LocalizedError, CustomStringConvertible {
    public var description: String {
        "another DigitalKeyHost of this process owns the core: make one host, outside of any scene"
    }

    public var errorDescription: String? { description }
}

extension Error {
    /// Whether the same start may succeed later. An error of the app's own may be gone at the next try.
    fileprivate var isWorthRetry: Bool {
        switch self as? DigitalKeyError {
        case .Invalid, .NotHere, .NotStarted, .AlreadyStarted, .ShutDown: false
        case .PortFailed(let failure): failure.retryable
        default: true
        }
    }
}
