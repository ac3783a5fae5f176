import DigitalKey
import Foundation

private let secret = "sesame-4711"

/// An error that belongs to no port.
private struct Surprise: Error {
    let text = secret
}

/// Waits for ever, also when its task is cancelled.
@Sendable func hang<T>() async throws -> T {
    await withUnsafeContinuation { (_: UnsafeContinuation<T, Never>) in }
}

/// Adapters that throw or hang, and calls in the wrong order.
@MainActor
let badInput: [Test] = [
    Test("a wallet's own error") { try await $0.badWallet { throw WalletError.Unavailable(reason: "locked") } },
    Test("an unexpected error of the wallet") { try await $0.badWallet { throw Surprise() } },
    Test("a wallet that hangs") { try await $0.badWallet(hang) },
    Test("the pairing sheet's own error") { try await $0.badSheet { throw ApplePairingError.NotOffered } },
    Test("an unexpected error of the pairing sheet") { try await $0.badSheet { throw Surprise() } },
    Test("a key without a name") { try await $0.badSheet { PairingAnswer(pass: "") } },
    Test("a sheet that never ends") { test in
        // Coming to the foreground without a sheet counts as an answer (GEN-2).
        try await test.launch(test.ports(applePairing: StubPairing(hang)))
        try await test.openWelcome()
        try await test.startPairing()
        try await test.until { $0.pairingRuns }
        // The check in the foreground needs a sheet that is up: wait until the use is taken.
        try await test.app.idle()
        test.phone.background()
        test.phone.foreground()
        try await test.page("PairingError")
    },
    Test("a BFF's own error") { test in
        let bff = StubBff { throw BffError.Unreachable(reason: "no route") }
        try await test.launch(test.ports(bff: bff))
        try await test.noEntry(retryable: true)
    },
    Test("an unexpected error of the BFF") { test in
        try await test.launch(test.ports(bff: StubBff { throw Surprise() }))
        try await test.noEntry(retryable: false)
    },
    Test("a token provider that throws") { test in
        try await test.launch(test.ports(tokens: Token { throw Surprise() }))
        try await test.noEntry(retryable: false)
    },
    Test("a cache in Swift") { test in
        try await test.launch(test.ports(cache: MemoryCache()))
        try await test.pair()
        try await test.app.signOut()
    },
    Test("a cache that throws") { test in
        // Without a use the pairing does not start (RDY-6).
        try await test.launch(test.ports(cache: MemoryCache(failure: Surprise())))
        try await test.openWelcome()
        try await test.startPairing()
        try await test.page("PairingPasswordUnavailable")
        let failure = try await test.reported(.takeUse)
        try check(failure.port == .cache && failure.retryable, "\(failure)")
        try check(!failure.reason.contains(secret), "\(failure)")
        let requests = await test.phone.requests
        try check(requests.isEmpty, "\(requests)")
        do {
            try await test.app.signOut()
            throw Unexpected(description: "the sign-out succeeded")
        } catch DigitalKeyError.PortFailed(let failure) {
            try check(failure.call == .eraseAll && failure.retryable, "\(failure)")
        }
    },
    Test("a listener that throws", log: Log { throw Surprise() }) { test in
        try await test.listenerIsCalled()
    },
    Test("a listener that hangs", log: Log { DispatchSemaphore(value: 0).wait() }) { test in
        try await test.listenerIsCalled()
    },
    Test("calls before the start") { test in
        try await test.make(test.ports())
        let app = test.app!
        try await expect(.NotStarted) { _ = try app.view() }
        try await expect(.NotStarted) { try app.dispatch(intent: .tap(tap: .entry)) }
        try await expect(.NotStarted) { try await app.signOut() }
    },
    Test("a second start") { test in
        try await test.launch()
        let app = test.app!
        try await expect(.AlreadyStarted) { try app.start() }
        try await test.openWelcome()
    },
    Test("calls after the shutdown") { test in
        try await test.launch()
        let app = test.app!
        let views = try app.views()
        try await test.openWelcome()
        await app.shutdown()
        await app.shutdown()
        for await _ in views {}
        try await expect(.ShutDown) { _ = try app.view() }
        try await expect(.ShutDown) { _ = try app.views() }
        try await expect(.ShutDown) { try app.start() }
        try await expect(.ShutDown) { try app.dispatch(intent: .tap(tap: .entry)) }
        try await expect(.ShutDown) { try await app.signOut() }
        try await expect(.ShutDown) { try await app.suspend() }
        try await expect(.ShutDown) { try await app.idle() }
    },
    Test("arguments") { test in
        try refused("vin") { _ = try Vin(text: "WBA") }
        let vehicle = try Vin(text: "wbadkey0000000001")
        let same = try Vin(text: "WBADKEY0000000001")
        var dumped = ""
        dump(vehicle, to: &dumped)
        let shown = "\(vehicle) \(String(reflecting: vehicle)) \(dumped)"
        try check(shown.hasPrefix("WBA…0001 Vin(WBA…0001) ") && !shown.contains(same.text()), shown)
        try check(Set([vehicle, same]).count == 1 && vehicle.text() == same.text(), shown)
        try check(vehicle != Vin(text: "WBADKEY0000000002"), shown)
        try refused("password") { _ = try PairingPassword(text: "1234567x") }
        try refused("base URL") {
            _ = try BffAdapter.http(baseUrl: "http://bff.example.com", tokens: Token())
        }
        let ports = try await test.ports()
        let config = Config(phone: .ios(machine: "", version: "14.2"))
        try refused("machine") { _ = try DigitalKeyApp(config: config, ports: ports) }
    },
]

func expect(
    _ expected: DigitalKeyError, line: Int = #line, _ call: @Sendable () async throws -> Void
) async throws {
    do {
        try await call()
    } catch let error as DigitalKeyError where error == expected {
        return
    }
    throw Unexpected(description: "line \(line): there was no \(expected)")
}

private func refused(_ argument: String, line: Int = #line, _ call: () throws -> Void) throws {
    do {
        try call()
    } catch DigitalKeyError.Invalid(argument: argument, let reason) {
        return try check(!reason.contains("1234567x"), reason)
    }
    throw Unexpected(description: "line \(line): \(argument) was not refused")
}

extension TestApp {
    /// A wallet that cannot say leaves the key on another device (WEL-2).
    fileprivate func badWallet(_ presence: @escaping @Sendable () async throws -> Presence) async throws {
        try await change(#"{"ownerKey":{"id":"KEY-1","tracked":true}}"#)
        try await launch(ports(wallet: StubWallet(presence)))
        try await openWelcome()
        try tap(.continue)
        let view = try await page("Overview")
        try check(view.keyState == .otherDevice, "\(view)")
        let failure = try await reported(.presence)
        try check(failure.port == .wallet && failure.retryable, "\(failure)")
        try check(!failure.reason.contains(secret), "\(failure)")
    }

    /// The failure counts as an answer with neither a pass nor an error (CBK-4).
    fileprivate func badSheet(_ start: @escaping @Sendable () async throws -> PairingAnswer) async throws {
        try await launch(ports(applePairing: StubPairing(start)))
        try await openWelcome()
        try await startPairing()
        let view = try await page("PairingError")
        guard case .pairingError(reason: nil, advice: nil, refreshing: _) = view.page else {
            return try check(false, "\(view)")
        }
        let failure = try await reported(.startPairing)
        try check(failure.port == .applePairing, "\(failure)")
        try check(!failure.reason.contains(secret), "\(failure)")
    }

    /// A listener that fails does not delay the core.
    fileprivate func listenerIsCalled() async throws {
        try await launch()
        try await openWelcome()
        try check(log.views > 0, "the listener was not called")
    }

    /// Without an answer the entry stays hidden (ENT-4).
    func noEntry(retryable: Bool) async throws {
        let failure = try await reported(.support)
        try check(failure.port == .bff && failure.retryable == retryable, "\(failure)")
        try check(!failure.reason.contains(secret), "\(failure)")
        try await app.idle()
        let view = try app.view()
        try check(view.entry == .hidden, "\(view)")
    }
}

/// A wallet with this `presence`.
private final class StubWallet: Wallet {
    private let answer: @Sendable () async throws -> Presence

    init(_ answer: @escaping @Sendable () async throws -> Presence) {
        self.answer = answer
    }

    func presence(key: DigitalKeyId) async throws -> Presence {
        try await answer()
    }

    func openWallet(key: DigitalKeyId) async throws {}

    func nextChange() async throws {
        let _: Void = try await hang()
    }
}

/// A pairing API with this `start`, whose sheet is never up.
private final class StubPairing: ApplePairing {
    private let answer: @Sendable () async throws -> PairingAnswer

    init(_ answer: @escaping @Sendable () async throws -> PairingAnswer) {
        self.answer = answer
    }

    func canCreateKey(vin: Vin) async throws -> Bool {
        true
    }

    func start(request: PairingRequest) async throws -> PairingAnswer {
        try await answer()
    }

    func sheetIsUp() async throws -> Bool {
        false
    }

    func nextLateAnswer() async throws -> LateAnswer? {
        nil
    }
}

/// A BFF with this `support`.
final class StubBff: Bff {
    private let answer: @Sendable () async throws -> SupportAnswer

    init(_ answer: @escaping @Sendable () async throws -> SupportAnswer) {
        self.answer = answer
    }

    func support(vin: Vin) async throws -> SupportAnswer {
        try await answer()
    }

    func pairingStatus(vin: Vin) async throws -> PairingStatus {
        throw BffError.Unauthorized
    }

    func pairingPassword(vin: Vin, idempotencyKey: String) async throws -> PairingPassword? {
        nil
    }
}
