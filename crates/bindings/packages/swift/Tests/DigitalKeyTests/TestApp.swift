import DigitalKey
import Foundation
#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// How long a step may take on a busy machine.
let patience: TimeInterval = 30

/// How long the core waits for an adapter that hangs.
let deadlines = Deadlines(phone: 0.3, cache: 0.3, sheetGrace: 0.05)

/// A test did not see what it expected.
struct Unexpected: Error, CustomStringConvertible {
    let description: String
}

func check(_ holds: Bool, _ what: @autoclosure () -> String, line: Int = #line) throws {
    if !holds {
        throw Unexpected(description: "line \(line): \(what())")
    }
}

/// Sends a request to the control interface of the backend.
func control(_ method: String, _ path: String, _ body: String? = nil) async throws {
    var request = URLRequest(url: URL(string: variable("DIGITAL_KEY_CONTROL") + path)!)
    request.httpMethod = method
    request.httpBody = body?.data(using: .utf8)
    request.setValue("application/json", forHTTPHeaderField: "Content-Type")
    let (_, response) = try await URLSession.shared.data(for: request)
    let status = (response as? HTTPURLResponse)?.statusCode
    try check(status == 204, "\(method) \(path): \(String(describing: status))")
}

func variable(_ name: String) -> String {
    ProcessInfo.processInfo.environment[name] ?? ""
}

/// A token provider that calls this function.
final class Token: TokenProvider {
    private let give: @Sendable () throws -> BearerToken

    init(_ give: @escaping @Sendable () throws -> BearerToken = { try BearerToken(text: "a-token") }) {
        self.give = give
    }

    func token() async throws -> BearerToken {
        try give()
    }

    func refresh(rejected: BearerToken) async throws -> BearerToken {
        try give()
    }
}

final class Keys: DataKeySource {
    func dataKey() throws -> DataKey {
        try DataKey(bytes: Data(0..<32))
    }
}

/// A listener that keeps all failures, and calls a function with each view.
final class Log: Listener, @unchecked Sendable {
    private let lock = NSLock()
    private var kept: [PortFailure] = []
    private var hints: [Diagnostic] = []
    private var events: [FunnelEvent] = []
    private var calls = 0
    private let viewed: @Sendable () throws -> Void

    init(_ viewed: @escaping @Sendable () throws -> Void = {}) {
        self.viewed = viewed
    }

    var failures: [PortFailure] {
        lock.withLock { kept }
    }

    /// The hints for the maker.
    var diagnostics: [Diagnostic] {
        lock.withLock { hints }
    }

    /// What happened on the way to a key.
    var funnel: [FunnelEvent] {
        lock.withLock { events }
    }

    /// The number of views.
    var views: Int {
        lock.withLock { calls }
    }

    func onView(view: ViewState) throws {
        lock.withLock { calls += 1 }
        try viewed()
    }

    func onPortFailure(failure: PortFailure) throws {
        lock.withLock { kept.append(failure) }
    }

    func onCacheFailure(failure: CacheFailure) throws {}

    func onDiagnostic(diagnostic: Diagnostic) throws {
        lock.withLock { hints.append(diagnostic) }
    }

    func onFunnel(event: FunnelEvent) throws {
        lock.withLock { events.append(event) }
    }
}

/// An app on a phone in Swift, with a vehicle of its own for each test.
@MainActor
final class TestApp {
    private static var number = 0

    let vin: String
    let phone = Phone()
    let log: Log
    private(set) var app: DigitalKeyApp!

    init(log: Log = Log()) async throws {
        TestApp.number += 1
        vin = "WBADKEY00000003" + (TestApp.number < 10 ? "0" : "") + String(TestApp.number)
        self.log = log
        try await control("PUT", "/vehicles/\(vin)")
        try await control("DELETE", "/faults")
    }

    func change(_ change: String) async throws {
        try await control("PATCH", "/vehicles/\(vin)", change)
    }

    /// The HTTP client, the cache on disk and the phone, unless a test replaces them.
    func ports(
        tokens: TokenProvider = Token(),
        keys: DataKeySource = Keys(),
        lifecycle: AppLifecycle? = nil,
        bff: Bff? = nil,
        http: BffAdapter? = nil,
        wallet: Wallet? = nil,
        applePairing: ApplePairing? = nil,
        cache: Cache? = nil
    ) async throws -> Ports {
        let directory = NSTemporaryDirectory() + "/digital-key-" + UUID().uuidString
        let url = variable("DIGITAL_KEY_BFF")
        let adapter = if let cache {
            CacheAdapter.own(cache: cache)
        } else {
            try await CacheAdapter.sled(directory: directory, keys: keys, account: "account-1")
        }
        return Ports(
            bff: try http ?? bff.map { BffAdapter.own(bff: $0) }
                ?? BffAdapter.http(baseUrl: url, tokens: tokens),
            wallet: WalletAdapter.own(wallet: wallet ?? phone),
            applePairing: ApplePairingAdapter.own(applePairing: applePairing ?? phone),
            cache: adapter,
            appLifecycle: AppLifecycleAdapter.own(appLifecycle: lifecycle ?? phone)
        )
    }

    func make(_ ports: Ports, deadlines: Deadlines = deadlines, retry: RetryPolicy? = nil) throws {
        let config = Config(
            phone: .ios(machine: "iPhone12,1", version: "14.2"), retry: retry, deadlines: deadlines,
            recorder: RecorderOptions())
        app = try DigitalKeyApp(config: config, ports: ports)
    }

    func launch(
        _ ports: Ports? = nil, deadlines: Deadlines = deadlines, retry: RetryPolicy? = nil
    ) async throws {
        let built = if let ports { ports } else { try await self.ports() }
        try make(built, deadlines: deadlines, retry: retry)
        try app.start(listener: log)
        try app.dispatch(intent: .selectVehicle(vin: Vin(text: vin)))
    }

    /// Drops its reference to the app.
    func forget() {
        app = nil
    }

    func end() async {
        await app?.shutdown()
    }

    /// Waits for a view that meets the condition.
    @discardableResult
    func until(_ shown: @escaping @Sendable (ViewState) -> Bool, line: Int = #line) async throws -> ViewState {
        let views = try app.views()
        let found = await inTime {
            for await view in views where shown(view) {
                return view
            }
            return nil
        }
        guard let found else {
            throw Unexpected(description: "line \(line): the last view was \(try app.view())")
        }
        return found
    }

    @discardableResult
    func page(_ name: String, line: Int = #line) async throws -> ViewState {
        try await until({ $0.pageName == name }, line: line)
    }

    /// Waits until the listener has received so many events of the funnel, and compares them.
    func funnel(_ expected: [FunnelEvent], line: Int = #line) async throws {
        let log = log
        _ = await inTime {
            while !Task.isCancelled && log.funnel.count < expected.count {
                try? await sleep(0.01)
            }
            return true
        }
        try check(log.funnel == expected, "line \(line): \(log.funnel)")
    }

    /// Waits until the listener receives a failure of this call.
    func reported(_ call: PortCall, line: Int = #line) async throws -> PortFailure {
        let log = log
        let found = await inTime {
            while !Task.isCancelled {
                if let failure = log.failures.first(where: { $0.call == call }) {
                    return failure
                }
                try? await sleep(0.01)
            }
            return nil
        }
        guard let found else {
            throw Unexpected(description: "line \(line): no failure of \(call) was reported")
        }
        return found
    }

    func tap(_ tap: Tap) throws {
        try app.dispatch(intent: .tap(tap: tap))
    }

    @discardableResult
    func openWelcome() async throws -> ViewState {
        try await until { $0.entry == .digitalKey }
        try tap(.entry)
        return try await until { $0.offers.contains(.continue) && $0.pageName == "Welcome" }
    }

    /// Goes from Welcome to Apple's sheet.
    func startPairing() async throws {
        try tap(.continue)
        try await page("GrabYourTwoKeys")
        try tap(.continue)
        try await page("ReadyToPair")
        try tap(.tickBox)
        try tap(.continue)
    }
}

/// Waits for some seconds. `Task.sleep(for:)` needs a newer system than the package.
func sleep(_ seconds: TimeInterval) async throws {
    try await Task.sleep(nanoseconds: UInt64(seconds * 1_000_000_000))
}

/// Returns the result of the work, or nil when it takes too long. Then the work is cancelled without a
/// wait for its end; a task group would wait also for work that ignores it.
func inTime<T: Sendable>(_ work: @escaping @Sendable () async -> T?) async -> T? {
    let first = Signal<T?>()
    let tasks = [
        Task { first.send(await work()) },
        Task {
            try? await sleep(patience)
            first.send(nil)
        },
    ]
    defer { tasks.forEach { $0.cancel() } }
    return await first.next() ?? nil
}
