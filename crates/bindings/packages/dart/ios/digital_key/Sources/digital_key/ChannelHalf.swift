import DigitalKey
import Foundation

/// The Dart side of a method channel.
@MainActor
public protocol DartSide: AnyObject {
    /// Calls a method in Dart and waits for its answer.
    func call(_ method: String, _ arguments: Any?) async throws -> Any?
    /// Calls a method in Dart and drops its answer.
    func post(_ method: String, _ arguments: Any?)
}

/// What Dart passes to `start`.
public struct Setup: Equatable, Sendable {
    public let bff: String
    public let account: String
    public let passDescription: String
}

/// The ports that Dart implements or drives.
public struct DartPorts: Sendable {
    public let tokens: any TokenProvider
    public let appLifecycle: any AppLifecycle
}

/// Makes an app that is not started yet.
@MainActor
public protocol Launcher: AnyObject {
    func make(setup: Setup, dart: DartPorts) async throws -> DigitalKeyApp
}

/// The native half of the channel, without Flutter. It is the Kotlin half in Swift.
@MainActor
public final class ChannelHalf {
    private struct Running {
        let app: DigitalKeyApp
        let setup: Setup
        let events: DartLifecycle
    }

    private let dart: any DartSide
    private let launcher: any Launcher
    private var running: Running?
    private var wasStopped = false
    private var isDetached = false
    private var views: Task<Void, Never>?
    /// The last start or stop, for which the next one waits, so that there is never a second app.
    private var changing: Task<Void, any Error>?
    /// The object in Dart that has the core.
    private var session: Int64 = 0

    public init(dart: any DartSide, launcher: any Launcher) {
        self.dart = dart
        self.launcher = launcher
    }

    #if DEBUG
    /// The simulated sheet that is up; nil = none is up.
    private var sheet: SimulatedSheet?
    private var isSimulated = false

    /// With a simulated phone, Dart shows its sheet; the launcher gives its wallet and sheet to the app. A
    /// release build does not compile with it.
    public convenience init(dart: any DartSide, launcher: any Launcher, simulated: SimulatedPhone?) {
        self.init(dart: dart, launcher: launcher)
        guard let simulated else { return }
        isSimulated = true
        Task { @MainActor [weak self] in
            for await sheet in simulated.sheets {
                self?.sheet = sheet
                self?.reportSheet()
            }
        }
    }

    private func reportSheet() {
        let labels = sheet.map { _ in SimulatedAnswer.choices.map(\.label) }
        if isSimulated { report("sheet", labels ?? NSNull()) }
    }

    private func answerSheet(_ choice: Int64) async throws {
        guard let sheet else { throw DigitalKeyError.NoSheet }
        let choices = SimulatedAnswer.choices
        guard choices.indices.contains(Int(choice)) else { throw unknownWire("SimulatedAnswer") }
        // Before the answer, which lets other calls in.
        self.sheet = nil
        await sheet.answer(choices[Int(choice)])
    }
    #else
    private func reportSheet() {}

    private func answerSheet(_ choice: Int64) async throws {
        throw DigitalKeyError.NoSheet
    }
    #endif

    /// The answer to a call of Dart.
    public enum Answer {
        case done
        case bytes(Data)
        /// The method does not exist.
        case notImplemented
    }

    /// Handles a call of Dart.
    public func handle(_ method: String, _ arguments: Any?) async throws -> Answer {
        let caller = try readWire(wirePart(arguments, 0), Int64.self)
        let argument = wirePart(arguments, 1)
        switch method {
        case "start":
            let setup = Setup(
                bff: try readWire(argument, String.self),
                account: try readWire(wirePart(arguments, 2), String.self),
                passDescription: try readWire(wirePart(arguments, 3), String.self)
            )
            try await inTurn { try await self.start(caller, setup) }
        case "shutdown":
            if caller == session { try await inTurn { await self.stop() } }
        case "dispatch":
            try running(caller).app.dispatch(intent: try decodeIntent(argument))
        case "background":
            let running = try running(caller)
            running.events.send(.wentToBackground)
            try await running.app.beginSuspend().wait()
        case "foreground":
            let running = try running(caller)
            running.events.send(.cameToForeground)
            try await running.app.beginResume().wait()
        case "signOut":
            try await running(caller).app.beginSignOut().wait()
        case "refresh":
            try running(caller).app.refresh(vin: try vin(argument))
        case "forget":
            try await running(caller).app.beginForget(vin: try vin(argument)).wait()
        case "recording":
            return try running(caller).app.recording().map { .bytes($0) } ?? .done
        case "lastRecording":
            return try running(caller).app.lastRecording().map { .bytes($0) } ?? .done
        case "answerSheet":
            try await answerSheet(readWire(argument, Int64.self))
        default:
            return .notImplemented
        }
        return .done
    }

    /// Ends the core, since its engine is gone.
    public func detach() async {
        isDetached = true
        // A stop throws no error.
        try? await inTurn { await self.stop() }
    }

    private func vin(_ wire: Any?) throws -> Vin {
        try Vin(text: readWire(wire, String.self))
    }

    /// The app, for a call of the object that has it.
    private func running(_ caller: Int64) throws -> Running {
        guard let running else {
            throw wasStopped ? DigitalKeyError.ShutDown : DigitalKeyError.NotStarted
        }
        guard caller == session else { throw DigitalKeyError.ShutDown }
        return running
    }

    private func inTurn(_ change: @escaping @MainActor () async throws -> Void) async throws {
        let last = changing
        let next = Task { @MainActor in
            _ = await last?.result
            try await change()
        }
        changing = next
        try await next.value
    }

    private func start(_ caller: Int64, _ setup: Setup) async throws {
        guard !isDetached else { throw DigitalKeyError.ShutDown }
        views?.cancel()
        session = caller
        if running?.setup != setup {
            await running?.app.shutdown()
            running = nil
            let events = DartLifecycle()
            let ports = DartPorts(tokens: DartTokens(half: self), appLifecycle: events)
            let app = try await launcher.make(setup: setup, dart: ports)
            try app.start(listener: Reports(half: self))
            running = Running(app: app, setup: setup, events: events)
        }
        // Dart may still have to receive what the last object has not.
        reportSheet()
        guard let stream = try running?.app.views() else { return }
        views = Task { @MainActor [weak self] in
            // A view is sent when Dart has handled the last one; those between are outdated.
            for await view in stream {
                await self?.send("view", caller, encode(view))
            }
            if !Task.isCancelled { await self?.send("ended", caller, nil) }
        }
    }

    private func stop() async {
        await running?.app.shutdown()
        running = nil
        wasStopped = true
        views?.cancel()
    }

    /// Sends what needs no answer: an error of Dart's handler is Dart's own.
    private func send(_ method: String, _ session: Int64, _ argument: Any?) async {
        _ = try? await dart.call(method, [session, argument ?? NSNull()] as [Any])
    }

    /// It waits for no answer: after a hot restart there may never be one.
    fileprivate func report(_ method: String, _ argument: Any) {
        dart.post(method, [session, argument] as [Any])
    }

    /// The core counts every other error as an unexpected one, without its text.
    fileprivate func askForToken(_ method: String) async throws -> BearerToken {
        let answer = try await dart.call(method, [session, NSNull()] as [Any])
        let text = wirePart(answer, 1) as? String
        switch wirePart(answer, 0) as? String {
        case "Token": return try BearerToken(text: readWire(text, String.self))
        case "NotSignedIn": throw TokenError.NotSignedIn(reason: text ?? "")
        case "Offline": throw TokenError.Offline(reason: text ?? "")
        default: throw unknownWire("BearerToken")
        }
    }
}

private final class DartTokens: TokenProvider {
    private let half: WeakHalf

    @MainActor
    init(half: ChannelHalf) {
        self.half = WeakHalf(half)
    }

    func token() async throws -> BearerToken {
        try await ask("token")
    }

    func refresh(rejected: BearerToken) async throws -> BearerToken {
        try await ask("refreshToken")
    }

    @MainActor
    private func ask(_ method: String) async throws -> BearerToken {
        guard let half = half.half else { throw TokenError.NotSignedIn(reason: "the engine is gone") }
        return try await half.askForToken(method)
    }
}

/// A reference that does not keep the half alive, since the core keeps its ports.
@MainActor
private final class WeakHalf {
    weak var half: ChannelHalf?

    init(_ half: ChannelHalf) {
        self.half = half
    }
}

/// The events that Dart reports.
final class DartLifecycle: AppLifecycle {
    private let events = AsyncStream.makeStream(of: LifecycleEvent.self)

    func nextEvent() async throws -> LifecycleEvent? {
        var iterator = events.stream.makeAsyncIterator()
        return await iterator.next()
    }

    func send(_ event: LifecycleEvent) {
        events.continuation.yield(event)
    }
}

/// Passes on, in order, what the core reports on a thread of its own.
private final class Reports: Listener {
    private let queue = AsyncStream.makeStream(of: Report.self)

    private enum Report: Sendable {
        case portFailure(PortFailure)
        case funnel(FunnelEvent)
    }

    @MainActor
    init(half: ChannelHalf) {
        let reports = queue.stream
        Task { @MainActor [weak half] in
            for await report in reports {
                switch report {
                case .portFailure(let failure): half?.report("portFailure", encode(failure))
                case .funnel(let event): half?.report("funnel", encode(event))
                }
            }
        }
    }

    deinit {
        queue.continuation.finish()
    }

    func onView(view: ViewState) {}

    func onPortFailure(failure: PortFailure) {
        queue.continuation.yield(.portFailure(failure))
    }

    func onCacheFailure(failure: CacheFailure) {}

    func onDiagnostic(diagnostic: Diagnostic) {}

    func onFunnel(event: FunnelEvent) {
        queue.continuation.yield(.funnel(event))
    }
}
