import DigitalKey
import Foundation

/// An error that belongs to no port.
private struct Surprise: Error {}

/// Calls from other threads and at other times, and answers that make no sense.
@MainActor
let boundary: [Test] = [
    Test("calls from many threads at once") { test in
        try await test.launch()
        let (app, vin) = (test.app!, try Vin(text: test.vin))
        let surprises = await storm(app, vin) { $0 == .Overloaded }
        try check(surprises.isEmpty, "\(surprises)")
        try await test.app.idle()
        // Whatever page the taps led to, the app answers.
        try await test.app.signOut()
        try await test.until { $0.pageName == "VehicleTab" && $0.vehicle == nil }
    },
    Test("a shutdown while other threads call") { test in
        try await test.launch()
        let (app, vin) = (test.app!, try Vin(text: test.vin))
        let calls = Task.detached { await storm(app, vin) { [.Overloaded, .ShutDown].contains($0) } }
        await app.shutdown()
        let surprises = await calls.value
        try check(surprises.isEmpty, "\(surprises)")
    },
    Test("every call before the start, and after the shutdown") { test in
        try await test.make(test.ports())
        let (app, vin) = (test.app!, try Vin(text: test.vin))
        try await refuses(app, vin, with: .NotStarted)
        try app.start(listener: nil)
        await app.shutdown()
        try await refuses(app, vin, with: .ShutDown)
    },
    Test("a call that has begun ends with the app") { test in
        try await test.launch()
        let calls = [try test.app.beginSuspend(), try test.app.beginResume(), try test.app.beginSignOut()]
        await test.app.shutdown()
        for call in calls {
            let ended = await inTime {
                do {
                    try await call.wait()
                    return true
                } catch {
                    return error is DigitalKeyError
                }
            }
            try check(ended == true, "the call \(ended == nil ? "waits" : "threw another error")")
        }
    },
    Test("a key source that throws") { test in
        // Without a key no password is stored (WEL-6.6).
        try await test.launch(test.ports(keys: NoKeys()))
        let failure = try await test.passwordUnavailable()
        try check(failure.port == .cache && failure.retryable, "\(failure)")
    },
    Test("a wallet that cannot be opened, or hangs") { test in
        for open: @Sendable () async throws -> Void in [{ throw Surprise() }, hang] {
            let wallet = OddWallet(key: "KEY-1", open: open)
            try await test.change(#"{"ownerKey":{"id":"KEY-1","tracked":true}}"#)
            try await test.launch(test.ports(wallet: wallet))
            try await test.openWelcome()
            try test.tap(.continue)
            try await test.page("Overview")
            try test.tap(.cardAction)
            let view = try await test.until { $0.notice == .walletNotOpened }
            try check(view.pageName == "Overview", "\(view)")
            _ = try await test.reported(.openWallet)
            await test.end()
        }
    },
    Test("a wallet that fails to report changes") { test in
        try await test.launch(test.ports(wallet: OddWallet(change: { throw Surprise() })))
        _ = try await test.reported(.nextChange)
        try await test.openWelcome()
    },
    Test("a wallet that reports changes without an end") { test in
        try await test.launch(test.ports(wallet: OddWallet(change: {})))
        try await test.openWelcome()
        try await test.app.idle()
    },
    Test("a lifecycle that throws, or ends") { test in
        for event: @Sendable () async throws -> LifecycleEvent? in [{ throw Surprise() }, { nil }] {
            try await test.launch(test.ports(lifecycle: OddLifecycle(event)))
            try await test.openWelcome()
            await test.end()
        }
        _ = try await test.reported(.nextEvent)
    },
    Test("a pairing API that does not say whether a key can be created") { test in
        try await test.launch(test.ports(applePairing: OddPairing(canCreate: hang)))
        try await test.openWelcome()
        try test.tap(.continue)
        let view = try await test.page("PhoneSoftwareUpdateRequired")
        guard case .error(.blocked(let blocker)) = view.page, blocker.issue == .appleDidNotAnswer else {
            throw Unexpected(description: "\(view)")
        }
        _ = try await test.reported(.canCreateKey)
    },
    Test("late answers that nobody waits for") { test in
        let answer = LateAnswer(vin: try Vin(text: test.vin), answer: PairingAnswer(error: .genericError))
        try await test.launch(test.ports(applePairing: OddPairing(late: answer)))
        let view = try await test.openWelcome()
        try check(view.keyState == .none, "\(view)")
        try await test.app.idle()
    },
    Test("a BFF that hangs") { test in
        let impatient = RetryPolicy(tries: 1, firstWait: 0.01, longestWait: 0.01, total: 0.3)
        try await test.launch(test.ports(bff: StubBff(hang)), retry: impatient)
        try await test.noEntry(retryable: true)
    },
    Test("a BFF whose owner key has no name") { test in
        let status = PairingStatus(
            ownerKey: ReportedKey(id: "", tracked: true), primarySubscriber: true, prepared: true)
        try await test.launch(test.ports(bff: OddBff(status: status)))
        try await test.openWelcome()
        try test.tap(.continue)
        // A status that cannot be read is none (WEL-5).
        try await test.page("BackendError")
        let failure = try await test.reported(.pairingStatus)
        try check(failure.port == .bff, "\(failure)")
    },
    Test("an iPhone's parts elsewhere") { _ in
        let settings = IosSettings(
            keyField: .serialNumber, identifiers: MakerIdentifiers(radioTechnologies: .nfc))
        do {
            _ = try IosPhone(settings: settings, presenter: NoPresenter())
            throw Unexpected(description: "there is an iPhone")
        } catch DigitalKeyError.NotHere(let reason) {
            try check(reason.contains("iPhone"), reason)
        }
    },
]

/// Calls an app from many threads at once, and returns the errors that are not expected.
private func storm(
    _ app: DigitalKeyApp, _ vin: Vin, expected: @escaping @Sendable (DigitalKeyError) -> Bool
) async -> [String] {
    let taps: [Tap] = [.entry, .continue, .back, .tickBox, .untickBox, .retry, .confirmError, .close]
    let surprises = Surprises()
    await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
        DispatchQueue.global().async {
            DispatchQueue.concurrentPerform(iterations: 400) { number in
                do {
                    switch number % 4 {
                    case 0: try app.dispatch(intent: .selectVehicle(vin: vin))
                    case 1: try app.dispatch(intent: .tap(tap: taps[number / 4 % taps.count]))
                    case 2: _ = try app.view()
                    default: try app.refresh(vin: vin)
                    }
                } catch let error as DigitalKeyError where expected(error) {
                } catch {
                    surprises.add("\(error)")
                }
            }
            done.resume()
        }
    }
    return surprises.all
}

/// A list that threads fill.
private final class Surprises: @unchecked Sendable {
    private let lock = NSLock()
    private var texts: [String] = []

    var all: [String] {
        lock.withLock { texts }
    }

    func add(_ text: String) {
        lock.withLock { texts.append(text) }
    }
}

/// Each call of an app fails with this error.
private func refuses(_ app: DigitalKeyApp, _ vin: Vin, with error: DigitalKeyError) async throws {
    try await expect(error) { _ = try app.view() }
    try await expect(error) { _ = try app.views() }
    try await expect(error) { try app.dispatch(intent: .selectVehicle(vin: vin)) }
    try await expect(error) { try app.refresh(vin: vin) }
    try await expect(error) { try await app.forget(vin: vin) }
    try await expect(error) { _ = try app.beginForget(vin: vin) }
    try await expect(error) { try await app.signOut() }
    try await expect(error) { _ = try app.beginSignOut() }
    try await expect(error) { try await app.suspend() }
    try await expect(error) { _ = try app.beginSuspend() }
    try await expect(error) { try await app.resume() }
    try await expect(error) { _ = try app.beginResume() }
    try await expect(error) { try await app.idle() }
}

extension TestApp {
    /// Goes on from Welcome to the page about the missing password, and returns the failure behind it.
    fileprivate func passwordUnavailable() async throws -> PortFailure {
        try await openWelcome()
        try tap(.continue)
        try await page("PairingPasswordUnavailable")
        return try await reported(.storePassword)
    }
}

private final class NoKeys: DataKeySource {
    func dataKey() throws -> DataKey {
        throw Surprise()
    }
}

/// A wallet with one key, and with these calls.
private final class OddWallet: Wallet {
    private let key: DigitalKeyId
    private let open: @Sendable () async throws -> Void
    private let change: @Sendable () async throws -> Void

    init(
        key: DigitalKeyId = "", open: @escaping @Sendable () async throws -> Void = {},
        change: @escaping @Sendable () async throws -> Void = hang
    ) {
        (self.key, self.open, self.change) = (key, open, change)
    }

    func presence(key: DigitalKeyId) async throws -> Presence {
        key == self.key ? .present : .absent
    }

    func openWallet(key: DigitalKeyId) async throws {
        try await open()
    }

    func nextChange() async throws {
        try await change()
    }
}

/// A lifecycle with these events.
private final class OddLifecycle: AppLifecycle {
    private let event: @Sendable () async throws -> LifecycleEvent?

    init(_ event: @escaping @Sendable () async throws -> LifecycleEvent?) {
        self.event = event
    }

    func nextEvent() async throws -> LifecycleEvent? {
        try await event()
    }
}

/// A pairing API without a sheet, which answers late without an end.
private final class OddPairing: ApplePairing {
    private let canCreate: @Sendable () async throws -> Bool
    private let late: LateAnswer?

    init(canCreate: @escaping @Sendable () async throws -> Bool = { true }, late: LateAnswer? = nil) {
        (self.canCreate, self.late) = (canCreate, late)
    }

    func canCreateKey(vin: Vin) async throws -> Bool {
        try await canCreate()
    }

    func start(request: PairingRequest) async throws -> PairingAnswer {
        throw ApplePairingError.NotOffered
    }

    func sheetIsUp() async throws -> Bool {
        false
    }

    func nextLateAnswer() async throws -> LateAnswer? {
        late
    }
}

/// A BFF with this status.
private final class OddBff: Bff {
    private let status: PairingStatus

    init(status: PairingStatus) {
        self.status = status
    }

    func support(vin: Vin) async throws -> SupportAnswer {
        decideSupport(
            capability: Capability(state: "ACTIVATED", package: "SMACC_1_5", upgradeRequired: false))
    }

    func pairingStatus(vin: Vin) async throws -> PairingStatus {
        status
    }

    func pairingPassword(vin: Vin, idempotencyKey: String) async throws -> PairingPassword? {
        try PairingPassword(text: "12345678")
    }
}

private final class NoPresenter: SheetPresenter {
    func present(sheet: UInt64) throws -> Bool {
        false
    }
}
